import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MsrpTransport } from '../../../edge/runtime/msrp-transport.ts';
import type { StreamLimits, TlsMaterial } from '../../../edge/runtime/stream-host.ts';

const setting = 'REJOIN_MSRP_TLS_PORT (msrp.tlsPort)';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A certificate made on the spot, or undefined where there is no openssl to make one. */
function selfSigned(): TlsMaterial | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const files = ['-keyout', key, '-out', cert, '-nodes', '-subj', '/CN=localhost', '-days', '1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  try {
    execFileSync('openssl', ['req', '-x509', ...curve, ...files], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tls = selfSigned();

async function start(limits: Partial<StreamLimits> = {}) {
  const heard: string[] = [];
  let text = '';
  const tell = (what: string) => (name: string) => {
    heard.push(`${what} ${name}`);
  };
  const transport = new MsrpTransport({
    ...(tls === undefined ? {} : { tls }),
    limits: { lingerMs: 100, sweepMs: 10, ...limits },
    input: {
      accepted: tell('accepted'),
      connected: tell('connected'),
      connectFailed: tell('connectFailed'),
      closed: tell('closed'),
      received: (_name, bytes) => {
        text += Buffer.from(bytes).toString('latin1');
      },
      backlog: () => undefined,
    },
  });
  closers.push(() => transport.close());
  const port = await transport.listen({ host: '127.0.0.1', port: 0, setting });
  return { transport, port, heard, text: () => text };
}

// Without openssl on the machine there is no certificate to listen with.
describe.skipIf(tls === undefined)('streams over TLS', () => {
  it('carry bytes as TCP does, also what was written before the handshake [RFC 4975 14.4]', async () => {
    const here = await start();
    const there = await start();
    const { transport } = here;
    const parts = Array.from({ length: 64 }, (_, index) => Buffer.alloc(600, 65 + (index % 26)));
    const connection = 'out';
    expect(transport.reaches('127.0.0.1', there.port, false)).toBe(false);
    transport.execute({
      kind: 'connect',
      connection,
      host: '127.0.0.1',
      port: there.port,
      isTls: true,
    });
    transport.execute({ kind: 'write', connection, parts, bytes: 38_400 });
    transport.execute({ kind: 'write', connection, parts, bytes: 38_400 });
    const whole = Buffer.concat(parts).toString('latin1');
    await vi.waitFor(() => expect(there.text()).toBe(whole + whole));
    expect(here.heard).toEqual(['connected out']);
    transport.execute({ kind: 'close', connection });
    await vi.waitFor(() => expect(there.heard).toEqual(['accepted tls:1', 'closed tls:1']));
  });

  it('a peer that does not speak TLS is no connection', async () => {
    const { port, heard } = await start({ connectMs: 50 });
    const garbage = connect(port, '127.0.0.1', () => garbage.write('MSRP abcd SEND\r\n\r\n'));
    const silent = connect(port, '127.0.0.1');
    const ends = [garbage, silent].map(
      (socket) =>
        new Promise<void>((resolve) =>
          socket.on('error', () => undefined).on('close', () => resolve()),
        ),
    );
    await Promise.all(ends);
    expect(heard).toEqual([]);
  });
});
