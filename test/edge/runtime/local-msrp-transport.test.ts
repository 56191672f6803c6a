import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LocalMsrpTransport } from '../../../edge/runtime/local-msrp-transport.ts';
import type { MsrpCarrier, MsrpInput } from '../../../edge/runtime/msrp-carrier.ts';

const near = { host: '192.0.2.1', port: 1 };
const far = { host: '192.0.2.2', port: 2 };

function recorder(): { readonly input: MsrpInput; readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    input: {
      accepted: (name) => heard.push(`accepted ${name}`),
      connected: (name) => heard.push(`connected ${name}`),
      connectFailed: (name) => heard.push(`connectFailed ${name}`),
      closed: (name) => heard.push(`closed ${name}`),
      received: (name, bytes) => heard.push(`received ${name} ${Buffer.from(bytes).toString()}`),
      backlog: (name, bytes) => heard.push(`backlog ${name} ${bytes}`),
    },
  };
}

function write(carrier: MsrpCarrier, connection: string, ...texts: readonly string[]): void {
  const parts = texts.map((text) => Buffer.from(text));
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  carrier.execute({ kind: 'write', connection, parts, bytes });
}

function connect(carrier: MsrpCarrier, connection: string, to: typeof far): void {
  carrier.execute({ kind: 'connect', connection, host: to.host, port: to.port, isTls: false });
}

async function turns(count = 4): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

async function pair(backlogBytes?: number) {
  const transport = new LocalMsrpTransport(backlogBytes);
  const left = recorder();
  const right = recorder();
  const a = transport.join(near, left.input);
  const b = transport.join(far, right.input);
  connect(a, 'out', far);
  await turns();
  return { transport, a, b, left: left.heard, right: right.heard };
}

describe('MSRP within the process', () => {
  it('a connection comes up on both sides and carries bytes in order', async () => {
    const { a, b, left, right } = await pair();
    expect(left).toEqual(['connected out']);
    expect(right).toEqual(['accepted local:1']);
    write(a, 'out', 'one', ' two');
    write(a, 'out', 'three');
    write(b, 'local:1', 'back');
    expect(right).toHaveLength(1);
    await turns();
    expect(right.slice(1)).toEqual(['received local:1 one two', 'received local:1 three']);
    expect(left.slice(1)).toEqual(['received out back']);
    expect([a.owns('out'), a.owns('local:1'), b.owns('local:1')]).toEqual([true, false, true]);
  });

  it('an address that nobody has joined fails to connect', async () => {
    const { a, left } = await pair();
    expect(a.reaches('192.0.2.9', 9, false)).toBe(false);
    connect(a, 'none', { host: '192.0.2.9', port: 9 });
    expect(left).toHaveLength(1);
    await turns();
    expect(left[1]).toBe('connectFailed none');
  });

  it('an end that closes is heard on the other side after what it wrote', async () => {
    const { a, left, right } = await pair();
    write(a, 'out', 'last');
    a.execute({ kind: 'close', connection: 'out' });
    a.execute({ kind: 'close', connection: 'out' });
    write(a, 'out', 'too late');
    await turns();
    expect(right.slice(1)).toEqual(['received local:1 last', 'closed local:1']);
    expect(left.slice(1)).toEqual(['closed out']);
    expect(a.owns('out')).toBe(false);
  });

  it('a paused end gets its bytes when it resumes', async () => {
    const { a, b, right } = await pair();
    b.execute({ kind: 'pause', connection: 'local:1' });
    write(a, 'out', 'one');
    await turns();
    expect(right).toHaveLength(1);
    b.execute({ kind: 'resume', connection: 'local:1' });
    await turns();
    expect(right[1]).toBe('received local:1 one');
  });

  it('a writer is told when much waits, and again when it has gone', async () => {
    const { a, b, left } = await pair(10);
    b.execute({ kind: 'pause', connection: 'local:1' });
    write(a, 'out', '0123456');
    write(a, 'out', '789abc');
    write(a, 'out', 'd');
    await turns();
    expect(left.slice(1)).toEqual(['backlog out 14']);
    // A writer that waits for room hears of it although it does not read.
    a.execute({ kind: 'pause', connection: 'out' });
    b.execute({ kind: 'resume', connection: 'local:1' });
    await turns();
    expect(left.slice(2)).toEqual(['backlog out 0']);
  });

  it('a function that leaves closes its connections', async () => {
    const { a, b, right } = await pair();
    await a.close();
    await turns();
    expect(right.at(-1)).toBe('closed local:1');
    expect(b.reaches(near.host, near.port, false)).toBe(false);
  });

  it('an address has one function', async () => {
    const { transport } = await pair();
    expect(() => transport.join(near, recorder().input)).toThrow('192.0.2.1:1');
  });
});
