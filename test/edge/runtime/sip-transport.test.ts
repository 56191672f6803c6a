import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { client, closeAll, fail, options, start, to, udpClient } from './sip-sockets.ts';

afterEach(closeAll);

/** Its CSeq names another method: wrong, yet understood well enough to be answered. */
const halfRead = options(9).replace('CSeq: 9 OPTIONS', 'CSeq: 9 INVITE');

describe('SIP over UDP', () => {
  it('datagrams go both ways on the port that TCP has too [RFC 3261 18.2.1]', async () => {
    const { transport, port, heard } = await start();
    const peer = await udpClient();
    peer.send(options(1, 'UDP'), port);
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
    expect(heard.messages[0]?.flow).toEqual({
      id: `udp:127.0.0.1:${peer.port}`,
      transport: 'udp',
      host: '127.0.0.1',
      port: peer.port,
    });
    transport.send(Buffer.from('answer'), to(peer.port, 'udp'), fail);
    await vi.waitFor(() => expect(peer.texts).toEqual(['answer']));
    await client(port);
  });

  it('keep-alive datagrams are no messages', async () => {
    const { port, heard } = await start();
    const peer = await udpClient();
    for (const text of ['\r\n\r\n', '\r\n', '\0\0\0\0', '']) peer.send(text, port);
    peer.send(options(1, 'UDP'), port);
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
    expect(heard.refused).toEqual([]);
  });

  it('what can be understood in part is answered, other bytes are dropped [RFC 3261 8.2.7]', async () => {
    const { port, heard } = await start();
    const peer = await udpClient();
    peer.send('nonsense', port);
    await vi.waitFor(() => expect(heard.refused).toHaveLength(1));
    peer.send(
      options(7, 'UDP', 'Content-Length: 900\r\n').replace(/Content-Length: 0\r\n/, ''),
      port,
    );
    await vi.waitFor(() => expect(peer.texts).toHaveLength(1));
    expect(peer.texts[0]).toMatch(/^SIP\/2\.0 400 /);
    expect(peer.texts[0]).toContain('branch=z9hG4bK7');
    expect(peer.texts[0]).toMatch(/To: <sip:rejoin\.test>;tag=[0-9a-f]+/);
    expect(heard.messages).toEqual([]);
  });

  it('what asks to be secured all the way gets 416: no datagram is [RFC 3261 8.2.2.1, 26.2.2]', async () => {
    const { port, heard } = await start();
    const peer = await udpClient();
    peer.send(options(3, 'UDP').replace('OPTIONS sip:', 'OPTIONS SIPS:'), port);
    await vi.waitFor(() => expect(peer.texts).toHaveLength(1));
    expect(peer.texts[0]).toMatch(/^SIP\/2\.0 416 /);
    expect(peer.texts[0]).toContain('send it over TLS');
    expect(heard.messages).toEqual([]);
    // A stream may come from what ends TLS before us.
    const { socket } = await client(port);
    socket.write(options(4).replace('OPTIONS sip:', 'OPTIONS sips:'));
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
  });

  it.each(['udp', 'tcp'] as const)(
    'over %s nothing can be sent to a port that is none',
    async (by) => {
      const { transport } = await start();
      const failed = vi.fn();
      for (const port of [0, 65_536, Number.NaN])
        transport.send(Buffer.from('x'), to(port, by), failed);
      await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(3));
    },
  );

  it('what can not be sent is told', async () => {
    const { transport } = await start();
    const failed = vi.fn();
    transport.send(Buffer.alloc(70_000), to(9, 'udp'), failed);
    transport.send(Buffer.from('x'), { transport: 'ws', host: 'x', port: 1 }, failed);
    expect(failed).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
  });
});

/** Whether the platform looks after the connections of a local port: the kernel's list has 02 where a keep-alive is due. */
function isWatched(port: number): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01';
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  return rows.some((row) => {
    const [, from, , state, , timer] = row.trim().split(/\s+/);
    return from?.endsWith(local) === true && state === established && timer?.startsWith('02:');
  });
}

describe('SIP over TCP', () => {
  // Only Linux tells of it.
  it.runIf(process.platform === 'linux')(
    'a client that is gone without a word is found out [RFC 5626 4.4]',
    async () => {
      const { port, heard } = await start();
      const { socket } = await client(port);
      socket.write(options(1));
      await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
      await vi.waitFor(() => expect(isWatched(port)).toBe(true));
    },
  );

  it('messages of a connection come in order however they are cut [RFC 3261 18.3]', async () => {
    const { port, heard } = await start();
    const { socket } = await client(port);
    socket.setNoDelay(true);
    const text = options(1) + options(2) + options(3);
    for (let at = 0; at < text.length; at += 37) {
      socket.write(text.slice(at, at + 37));
      if (at % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(heard.messages).toHaveLength(3));
    const ids = heard.messages.map(
      ({ message }) => message.headers.find((one) => one.name === 'Call-ID')?.value,
    );
    expect(ids).toEqual(['call-1', 'call-2', 'call-3']);
    expect(new Set(heard.messages.map(({ flow }) => flow.id))).toEqual(new Set(['tcp:1']));
  });

  it('a double CRLF is answered with a single one [RFC 5626 4.4.1]', async () => {
    const { port } = await start();
    const { socket, text } = await client(port);
    socket.write('\r\n\r\n');
    await vi.waitFor(() => expect(text()).toBe('\r\n'));
  });

  it('an answer goes over the connection the request came by, also when the port says otherwise [RFC 3261 18.2.2]', async () => {
    const { transport, port, heard } = await start();
    const { socket, text } = await client(port);
    socket.write(options(1));
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
    transport.send(Buffer.from('answer'), to(9, 'tcp', 'tcp:1'), fail);
    await vi.waitFor(() => expect(text()).toBe('answer'));
    socket.destroy();
    await vi.waitFor(() => expect(heard.closed).toEqual(['tcp:1']));
    const failed = vi.fn();
    transport.send(Buffer.from('late'), to(9, 'tcp', 'tcp:1'), failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
  });

  it('one connection is made to an address and used again [RFC 3261 18]', async () => {
    const here = await start();
    const there = await start();
    const message = (number: number) => Buffer.from(options(number));
    here.transport.send(message(1), to(there.port), fail);
    here.transport.send(message(2), to(there.port), fail);
    await vi.waitFor(() => expect(there.heard.messages).toHaveLength(2));
    here.transport.send(message(3), to(there.port), fail);
    await vi.waitFor(() => expect(there.heard.messages).toHaveLength(3));
    expect(there.transport.connections).toBe(1);
    const back = there.heard.messages[0]?.flow;
    there.transport.send(message(4), to(back?.port ?? 0, 'tcp', back?.id ?? ''), fail);
    await vi.waitFor(() => expect(here.heard.messages).toHaveLength(1));
    expect(here.transport.connections).toBe(1);
    await there.transport.close();
    await vi.waitFor(() => expect(here.heard.closed).toHaveLength(1));
  });

  it('each message for an address that refuses is told', async () => {
    const { transport } = await start();
    const failed = vi.fn();
    transport.send(Buffer.from('one'), to(1), failed);
    transport.send(Buffer.from('two'), to(1), failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
  });

  it('bytes that are no SIP end the connection', async () => {
    const { port, heard } = await start();
    const { socket } = await client(port);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${'x'.repeat(200_000)}`);
    await closed;
    expect(heard.refused.length).toBeGreaterThan(0);
    expect(heard.messages).toEqual([]);
  });

  it('a request that is wrong is answered as far as it was understood [RFC 3261 8.2.7]', async () => {
    const { port, heard } = await start();
    const { socket, text } = await client(port);
    socket.write(halfRead);
    await vi.waitFor(() => expect(text()).toMatch(/^SIP\/2\.0 400 /));
    expect(heard.refused).toHaveLength(1);
    expect(heard.messages).toEqual([]);
  });
});
