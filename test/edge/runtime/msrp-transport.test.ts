import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { joinCarriers, type MsrpInput } from '../../../edge/runtime/msrp-carrier.ts';
import { MsrpTransport } from '../../../edge/runtime/msrp-transport.ts';
import type { StreamLimits } from '../../../edge/runtime/stream-host.ts';

const closers: (() => Promise<unknown>)[] = [];
const setting = 'REJOIN_MSRP_PORT (msrp.port)';

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Heard = { readonly input: MsrpInput; readonly heard: string[]; text: string };

function recorder(): Heard {
  const all: Heard = {
    heard: [],
    text: '',
    input: {
      accepted: (name) => all.heard.push(`accepted ${name}`),
      connected: (name) => all.heard.push(`connected ${name}`),
      connectFailed: (name) => all.heard.push(`connectFailed ${name}`),
      closed: (name, loss) => all.heard.push(`${loss ?? 'closed'} ${name}`),
      received: (_name, bytes) => {
        all.text += Buffer.from(bytes).toString('latin1');
      },
      backlog: (name, bytes) => all.heard.push(`backlog ${name} ${bytes > 0 ? 'some' : 'none'}`),
    },
  };
  return all;
}

async function start(limits: Partial<StreamLimits> = {}, isEnded?: () => Promise<boolean>) {
  const all = recorder();
  const transport = new MsrpTransport({
    input: all.input,
    ...(isEnded && { isEnded }),
    limits: { lingerMs: 100, sweepMs: 10, ...limits },
  });
  closers.push(() => transport.close());
  const port = await transport.listen({ host: '127.0.0.1', port: 0, setting });
  return { transport, port, all };
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  closers.push(async () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

function parts(count: number, size: number): { parts: Buffer[]; bytes: number } {
  const all = Array.from({ length: count }, (_, index) =>
    Buffer.alloc(size, String.fromCharCode(97 + (index % 26))),
  );
  return { parts: all, bytes: count * size };
}

describe('the end of an MSRP connection', () => {
  it.each([
    [true, 'way-ended'],
    [false, 'closed'],
  ])('from an edge that has ended (%s) is told as %s [design 7]', async (isEnded, told) => {
    const { port, all } = await start({}, () => Promise.resolve(isEnded));
    const socket = await client(port);
    await vi.waitFor(() => expect(all.heard).toEqual(['accepted tcp:1']));
    socket.destroy();
    await vi.waitFor(() => expect(all.heard.at(-1)).toBe(`${told} tcp:1`));
  });

  it('that we have opened is the peer’s', async () => {
    const { port } = await start();
    const isEnded = vi.fn(() => Promise.resolve(true));
    const { transport, all } = await start({}, isEnded);
    const io = { kind: 'connect', connection: 'out/1', host: '127.0.0.1', port } as const;
    transport.execute({ ...io, isTls: false });
    await vi.waitFor(() => expect(all.heard).toEqual(['connected out/1']));
    transport.execute({ kind: 'close', connection: 'out/1' });
    await vi.waitFor(() => expect(all.heard.at(-1)).toBe('closed out/1'));
    expect(isEnded).not.toHaveBeenCalled();
  });
});

describe('MSRP over TCP', () => {
  it('bytes go both ways over an accepted connection', async () => {
    const { transport, port, all } = await start();
    const socket = await client(port);
    socket.write('hello');
    await vi.waitFor(() => expect(all.text).toBe('hello'));
    expect(all.heard).toEqual(['accepted tcp:1']);
    let got = '';
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
    });
    const out = parts(64, 600);
    transport.execute({ kind: 'write', connection: 'tcp:1', ...out });
    transport.execute({ kind: 'write', connection: 'tcp:1', ...parts(1, 5) });
    transport.execute({ kind: 'write', connection: 'tcp:1', ...parts(2, 3) });
    const expected = `${Buffer.concat(out.parts).toString('latin1')}aaaaaaaabbb`;
    await vi.waitFor(() => expect(got).toBe(expected));
  });

  it('many writes without a turn between them arrive unmixed', async () => {
    const { transport, port, all } = await start();
    const socket = await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    const hash: Buffer[] = [];
    socket.on('data', (bytes) => hash.push(bytes));
    const expected: Buffer[] = [];
    for (let round = 0; round < 300; round++) {
      const out = Array.from({ length: 8 }, (_, part) =>
        Buffer.alloc(700, 33 + ((round + part) % 90)),
      );
      expected.push(...out);
      transport.execute({ kind: 'write', connection: 'tcp:1', parts: out, bytes: 5_600 });
    }
    const whole = Buffer.concat(expected);
    await vi.waitFor(() => expect(Buffer.concat(hash).length).toBe(whole.length));
    expect(Buffer.concat(hash).equals(whole)).toBe(true);
  });

  it('an outgoing connection is told when it is up, and what was written before goes over it', async () => {
    const there = await start();
    const here = await start();
    const { transport } = here;
    transport.execute({
      kind: 'connect',
      connection: 'out',
      host: '127.0.0.1',
      port: there.port,
      isTls: false,
    });
    transport.execute({ kind: 'write', connection: 'out', ...parts(2, 2) });
    await vi.waitFor(() => expect(there.all.text).toBe('aabb'));
    expect(here.all.heard).toEqual(['connected out']);
    transport.execute({ kind: 'close', connection: 'out' });
    await vi.waitFor(() => expect(here.all.heard).toEqual(['connected out', 'closed out']));
    await vi.waitFor(() => expect(there.all.heard).toEqual(['accepted tcp:1', 'closed tcp:1']));
  });

  it('a connection that is refused fails', async () => {
    const { transport, all } = await start();
    transport.execute({
      kind: 'connect',
      connection: 'out',
      host: '127.0.0.1',
      port: 1,
      isTls: false,
    });
    await vi.waitFor(() => expect(all.heard).toEqual(['connectFailed out']));
    expect(transport.owns('out')).toBe(false);
  });

  it('a connection that is not answered in time fails', async () => {
    const { transport, all } = await start({ connectMs: 30 });
    // TEST-NET-1 (RFC 5737) answers nothing, or refuses at once; either way the connection fails.
    transport.execute({
      kind: 'connect',
      connection: 'out',
      host: '192.0.2.1',
      port: 9,
      isTls: false,
    });
    await vi.waitFor(() => expect(all.heard).toEqual(['connectFailed out']), 3_000);
  });

  it('more connections than the limit fail', async () => {
    const { transport, port, all } = await start({ connectionsMax: 1 });
    await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    transport.execute({
      kind: 'connect',
      connection: 'out',
      host: '127.0.0.1',
      port,
      isTls: false,
    });
    await vi.waitFor(() => expect(all.heard.at(-1)).toBe('connectFailed out'));
    const another = await client(port);
    await new Promise<void>((resolve) => another.once('close', () => resolve()));
    expect(transport.connections).toBe(1);
  });

  it('a connection that gets no answer from us in time is closed', async () => {
    const { port, all } = await start({ firstMessageMs: 30 });
    const socket = await client(port);
    socket.write('MSRP');
    await vi.waitFor(() => expect(all.heard).toEqual(['accepted tcp:1', 'closed tcp:1']));
  });

  it('a connection that we have answered may be silent', async () => {
    const { transport, port, all } = await start({ firstMessageMs: 40 });
    await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    transport.execute({ kind: 'write', connection: 'tcp:1', ...parts(1, 4) });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(all.heard).toEqual(['accepted tcp:1']);
  });

  it('a paused connection hands nothing over until it resumes', async () => {
    const { transport, port, all } = await start();
    const socket = await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    transport.execute({ kind: 'pause', connection: 'tcp:1' });
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(all.text).toBe('');
    transport.execute({ kind: 'resume', connection: 'tcp:1' });
    await vi.waitFor(() => expect(all.text).toBe('x'));
  });

  it('a peer that does not read makes a backlog, which is told, and told again when it is gone', async () => {
    const { transport, port, all } = await start();
    const socket = await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    transport.execute({ kind: 'write', connection: 'tcp:1', ...parts(15, 1_000_000) });
    await vi.waitFor(() => expect(all.heard.at(-1)).toBe('backlog tcp:1 some'));
    socket.resume();
    await vi.waitFor(() => expect(all.heard.at(-1)).toBe('backlog tcp:1 none'));
  });

  it('a peer that never reads is given up, by size or by time', async () => {
    const { transport, port, all } = await start({ stalledWriteMs: 50 });
    await client(port);
    await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(2));
    transport.execute({ kind: 'write', connection: 'tcp:1', ...parts(12, 1_000_000) });
    transport.execute({ kind: 'write', connection: 'tcp:2', ...parts(40, 1_000_000) });
    await vi.waitFor(() => expect(all.heard).toContain('closed tcp:2'));
    await vi.waitFor(() => expect(all.heard).toContain('closed tcp:1'));
  });

  it('the end of the process ends everything, paused connections too', async () => {
    const { transport, port, all } = await start();
    await client(port);
    await vi.waitFor(() => expect(all.heard).toHaveLength(1));
    transport.execute({ kind: 'pause', connection: 'tcp:1' });
    await transport.close();
    expect(transport.connections).toBe(0);
  });

  it('a port that is taken is told with the name of its setting', async () => {
    const { port } = await start();
    const other = new MsrpTransport({ input: recorder().input });
    await expect(other.listen({ host: '127.0.0.1', port, setting })).rejects.toThrow(
      `REJOIN_MSRP_PORT (msrp.port) is ${port}: 127.0.0.1:${port} is taken`,
    );
    await expect(other.listen({ host: '192.0.2.1', port: 0, setting })).rejects.toThrow(
      'this machine has no address 192.0.2.1',
    );
  });
});

it('several carriers act as one: the first that reaches an address connects', async () => {
  const here = await start();
  const there = await start();
  const nowhere = {
    ...here.transport,
    execute: () => undefined,
    owns: () => false,
    reaches: () => false,
  };
  const joined = joinCarriers(
    [{ ...nowhere, close: async () => undefined }, here.transport],
    here.all.input,
  );
  joined.execute({
    kind: 'connect',
    connection: 'out',
    host: '127.0.0.1',
    port: there.port,
    isTls: false,
  });
  await vi.waitFor(() => expect(here.all.heard).toEqual(['connected out']));
  expect([joined.owns('out'), joined.owns('x')]).toEqual([true, false]);
  expect(joined.reaches('127.0.0.1', 1, true)).toBe(false);
  joined.execute({ kind: 'write', connection: 'out', ...parts(1, 1) });
  joined.execute({ kind: 'write', connection: 'x', ...parts(1, 1) });
  await vi.waitFor(() => expect(there.all.text).toBe('a'));
  joined.execute({ kind: 'connect', connection: 'tls', host: '127.0.0.1', port: 1, isTls: true });
  await vi.waitFor(() => expect(here.all.heard.at(-1)).toBe('connectFailed tls'));
  await joined.close();
});
