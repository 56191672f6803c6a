import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SipTransport } from '../../../edge/runtime/sip-transport.ts';
import { client, closeAll, fail, options, setting, start, to } from './sip-sockets.ts';

afterEach(closeAll);

describe('bounds of SIP connections', () => {
  it('a connection that says nothing is closed, one that has said something stays', async () => {
    const { port, heard } = await start({ firstMessageMs: 60 });
    const silent = await client(port);
    const dripping = await client(port);
    const speaking = await client(port);
    speaking.socket.write(options(1));
    dripping.socket.write('\r\n');
    const drip = setInterval(() => dripping.socket.write('O'), 10);
    await vi.waitFor(() => expect(silent.socket.destroyed).toBe(true));
    await vi.waitFor(() => expect(dripping.socket.destroyed).toBe(true));
    clearInterval(drip);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(speaking.socket.destroyed).toBe(false);
    expect(heard.closed).toHaveLength(2);
  });

  it('a message that does not get whole is given up, keep-alives between messages are not', async () => {
    const { port, heard } = await start({ partialMessageMs: 60 });
    const stuck = await client(port);
    const alive = await client(port);
    stuck.socket.write(`${options(1)}OPTIONS sip:x SIP`);
    alive.socket.write(options(2));
    const headOnly = await client(port);
    headOnly.socket.write(
      options(3) + options(4).replace('Content-Length: 0', 'Content-Length: 5'),
    );
    const half = await client(port);
    half.socket.write(`${options(5)}\r\n`);
    const pings = setInterval(() => alive.socket.write('\r\n\r\n'), 15);
    await vi.waitFor(() => expect(stuck.socket.destroyed).toBe(true));
    await vi.waitFor(() => expect(headOnly.socket.destroyed).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    clearInterval(pings);
    expect(alive.socket.destroyed).toBe(false);
    expect(half.socket.destroyed).toBe(false);
    expect(heard.messages).toHaveLength(4);
  });

  it('a peer that does not read is given up when too much waits for it', async () => {
    const { transport, port, heard } = await start();
    const { socket } = await client(port);
    socket.pause();
    socket.write(options(1));
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
    const failed = vi.fn();
    for (let index = 0; index < 100; index++) {
      transport.send(Buffer.alloc(100_000), to(9, 'tcp', 'tcp:1'), failed);
    }
    await vi.waitFor(() => expect(heard.closed).toEqual(['tcp:1']));
    expect(failed).toHaveBeenCalled();
  });

  it('connections beyond the limit are refused, those that are open stay', async () => {
    const { transport, port } = await start({ connectionsMax: 2 });
    await client(port);
    await client(port);
    const third = await client(port);
    await vi.waitFor(() => expect(third.socket.destroyed).toBe(true));
    expect(transport.connections).toBe(2);
  });

  it('a taken port is told with the name of its setting', async () => {
    const { port } = await start();
    const other = new SipTransport({
      handler: { onMessage: fail, onRefused: fail, onFlowClosed: fail },
    });
    await expect(other.listen({ host: '127.0.0.1', port, setting })).rejects.toThrow(
      `REJOIN_SIP_PORT (sip.port) is ${port}: 127.0.0.1:${port} is taken`,
    );
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    const taken = udp.address().port;
    await expect(other.listen({ host: '127.0.0.1', port: taken, setting })).rejects.toThrow(
      `${taken} is taken`,
    );
    udp.close();
  });

  it('the end of the process ends connections and takes no more', async () => {
    const { transport, port, heard } = await start();
    const { socket } = await client(port);
    socket.write(options(1));
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1));
    await transport.close();
    expect(transport.connections).toBe(0);
    expect(heard.closed).toEqual(['tcp:1']);
    const failed = vi.fn();
    transport.send(Buffer.from(options(2)), to(port), failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
  });
});
