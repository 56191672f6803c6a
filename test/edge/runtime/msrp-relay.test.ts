import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MsrpTarget } from '../../../edge/msrp/host-state.ts';
import { MsrpRelay } from '../../../edge/runtime/msrp-relay.ts';
import type { StreamLimits } from '../../../edge/runtime/stream-host.ts';

const host = '127.0.0.1';
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** A listener, and the first connection to it. */
async function listener(
  allowHalfOpen: boolean,
): Promise<{ port: number; accepted: Promise<Socket> }> {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer({ allowHalfOpen, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    accepted.resolve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, accepted: accepted.promise };
}

async function caller(port: number): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.on('error', () => {});
  closers.push(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

/** A client and an edge, and a relay between them. */
async function joined(limits: Partial<StreamLimits> = {}, first = 'first ') {
  const relay = new MsrpRelay({ limits: { lingerMs: 50, sweepMs: 10, ...limits } });
  closers.push(() => void relay.close());
  const [front, back] = [await listener(false), await listener(true)];
  const client = await caller(front.port);
  const socket = await front.accepted;
  const to = { host, port: back.port };
  relay.pass({ socket, first: Buffer.from(first), to, failed: () => {} });
  const edge = await back.accepted;
  await vi.waitFor(() => expect(socket.isPaused()).toBe(false));
  return { relay, client, edge };
}

/** A connection has ended, or is gone. */
async function over(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.resume().once('end', resolve).once('close', resolve);
  await promise;
  socket.destroy();
}

function text(socket: Socket): () => string {
  let all = '';
  socket.resume().on('data', (bytes) => {
    all += bytes.toString('latin1');
  });
  return () => all;
}

function hashed(socket: Socket): { bytes: number; digest: () => string } {
  const hash = createHash('sha256');
  const seen = { bytes: 0, digest: () => hash.digest('hex') };
  socket.resume().on('data', (bytes) => {
    seen.bytes += bytes.length;
    hash.update(bytes);
  });
  return seen;
}

describe('a connection that is passed on', () => {
  it('carries the same bytes both ways at once, in pieces of any size', async () => {
    const { client, edge } = await joined({}, '');
    const [atEdge, atClient] = [hashed(edge), hashed(client)];
    const sent = [createHash('sha256'), createHash('sha256')] as const;
    let bytes = 0;
    for (let round = 0; round < 200; round++) {
      const piece = randomBytes(1 + ((round * 7_919) % 65_536));
      bytes += piece.length;
      for (const [index, socket] of [client, edge].entries()) {
        sent[index]?.update(piece);
        socket.write(piece);
      }
    }
    await vi.waitFor(() => expect([atEdge.bytes, atClient.bytes]).toEqual([bytes, bytes]), 5_000);
    expect([atEdge.digest(), atClient.digest()]).toEqual(sent.map((hash) => hash.digest('hex')));
  });

  it('begins with what was read of it before', async () => {
    const { client, edge } = await joined();
    const got = text(edge);
    client.write('and the rest');
    await vi.waitFor(() => expect(got()).toBe('first and the rest'));
  });

  it.each(['the edge', 'the client'])(
    'holds no more than a few reads while %s does not read [design 6.8]',
    async (who) => {
      // More than that, and the relay gives the connection up.
      const { client, edge } = await joined({ backlogBytesMax: 4 * 65_536 }, '');
      const [writer, reader] = who === 'the edge' ? [client, edge] : [edge, client];
      const bytes = 30_000_000;
      reader.pause();
      for (let at = 0; at < bytes; at += 1_000_000) writer.write(Buffer.alloc(1_000_000, 'x'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(writer.writableLength).toBeGreaterThan(10_000_000);
      const got = hashed(reader);
      await vi.waitFor(() => expect(got.bytes).toBe(bytes), 5_000);
    },
  );

  it('is given up if one side takes nothing for too long', async () => {
    for (const who of ['client', 'edge'] as const) {
      const { relay, client, edge } = await joined({ stalledWriteMs: 50 }, '');
      const [writer, reader] = who === 'edge' ? [client, edge] : [edge, client];
      reader.pause();
      for (let at = 0; at < 20; at++) writer.write(Buffer.alloc(1_000_000, 'x'));
      await over(writer);
      await vi.waitFor(() => expect(relay.size).toBe(0));
    }
  });

  it('goes on in one direction when the other has ended, whoever ended it', async () => {
    for (const who of ['client', 'edge'] as const) {
      const { relay, client, edge } = await joined({}, '');
      const [ender, other] = who === 'client' ? [client, edge] : [edge, client];
      const [heard, got] = [text(other), text(ender)];
      const ended = new Promise<void>((resolve) => other.once('end', () => resolve()));
      ender.end('the last word');
      await ended;
      expect(heard()).toBe('the last word');
      other.write('an answer ');
      await vi.waitFor(() => expect(got()).toBe('an answer '));
      expect(relay.size).toBe(1);
      other.end('and another');
      await vi.waitFor(() => expect(got()).toBe('an answer and another'));
      await vi.waitFor(() => expect(relay.size).toBe(0));
    }
  });

  it('takes the other one along when it is reset, whoever reset it', async () => {
    for (const who of ['client', 'edge'] as const) {
      const { relay, client, edge } = await joined();
      const [one, other] = who === 'client' ? [client, edge] : [edge, client];
      one.resetAndDestroy();
      await over(other);
      await vi.waitFor(() => expect(relay.size).toBe(0));
    }
  });

  it('ends with the process', async () => {
    const { relay, client, edge } = await joined();
    await Promise.all([relay.close(), over(client), over(edge)]);
    expect(relay.size).toBe(0);
  });
});

describe('a connection to another edge', () => {
  /** What a connection that can't be passed on is: the caller's again, with nothing lost of it. */
  async function failing(relay: MsrpRelay, to: MsrpTarget): Promise<void> {
    const front = await listener(false);
    const client = await caller(front.port);
    const socket = await front.accepted;
    const given = await new Promise<Socket>((failed) => {
      relay.pass({ socket, first: Buffer.from('first'), to, failed });
    });
    const got = text(given);
    client.write('and the rest');
    await vi.waitFor(() => expect(got()).toBe('and the rest'));
  }

  function newRelay(limits: Partial<StreamLimits>): MsrpRelay {
    const relay = new MsrpRelay({ limits: { sweepMs: 10, ...limits } });
    closers.push(() => void relay.close());
    return relay;
  }

  it('that is refused, or does not come up in time, gives its client back', async () => {
    const relay = newRelay({ connectMs: 30 });
    await failing(relay, { host, port: 1 });
    // TEST-NET-1 (RFC 5737) answers nothing, or refuses at once; either way the connection fails.
    await failing(relay, { host: '192.0.2.1', port: 9 });
    expect(relay.size).toBe(0);
  });

  it('is not opened when there are too many [design 6.8]', async () => {
    const relay = newRelay({ connectionsMax: 1 });
    await failing(relay, { host, port: (await listener(true)).port });
    expect(relay.size).toBe(0);
  });

  it('is given up with its client', async () => {
    const relay = newRelay({});
    const front = await listener(false);
    const client = await caller(front.port);
    const socket = await front.accepted;
    const failed = vi.fn();
    relay.pass({ socket, first: Buffer.from('first'), to: { host: '192.0.2.1', port: 9 }, failed });
    socket.destroy();
    await vi.waitFor(() => expect(relay.size).toBe(0));
    relay.pass({ socket, first: Buffer.from('first'), to: { host, port: 1 }, failed });
    expect(relay.size).toBe(0);
    expect(failed).not.toHaveBeenCalled();
    client.destroy();
  });

  it('may be silent for as long as it likes once it is up', async () => {
    const { client, edge } = await joined({ connectMs: 30, firstMessageMs: 30 }, '');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const got = text(edge);
    client.write('after all');
    await vi.waitFor(() => expect(got()).toBe('after all'));
  });
});
