import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Caller, type MsrpEdge, Town } from './msrp-edge.ts';

const callerPath = 'msrp://127.0.0.1:9/c;tcp';
let town: Town;
let wrong: MsrpEdge;
let right: MsrpEdge;
const callers: Caller[] = [];

beforeEach(async () => {
  town = new Town();
  wrong = await town.open('edge-wrong');
  // What the paths name is where the balancer leads: not to the edge that has the session.
  town.shownPort = wrong.port;
  right = await town.open('edge-right');
});

afterEach(async () => {
  for (const { socket } of callers.splice(0)) socket.destroy();
  await town.close();
});

function call(edge: MsrpEdge): Caller {
  const caller = new Caller(edge.port);
  callers.push(caller);
  return caller;
}

/** A client in a session of an edge that it has reached by another. */
async function inSession(): Promise<{ client: MsrpEdge; here: string; there: string }> {
  const client = await town.open();
  const session = client.host.open();
  const there = right.offer(client.host.path(session));
  client.step(() =>
    client.host.start(0, session, { path: [right.host.path(there)], isActive: true }),
  );
  await vi.waitFor(() => expect(right.host.isBound(there)).toBe(true));
  return { client, here: session, there };
}

describe('MSRP for another edge', () => {
  it('reaches it with a thousand messages each way, all answered and in order [design 7]', async () => {
    const { client, here, there } = await inSession();
    const expected = Array.from({ length: 1_000 }, (_, number) => `message ${number}`);
    for (let at = 0; at < 1_000; at += 50) {
      for (let number = at; number < at + 50; number++) {
        client.send(here, number, `message ${number}`);
        right.send(there, number, `message ${number}`);
      }
      await vi.waitFor(() =>
        expect([client.answered.length, right.answered.length]).toEqual([at + 50, at + 50]),
      );
    }
    expect(right.received.get(there)).toEqual(expected);
    expect(client.received.get(here)).toEqual(expected);
    expect(wrong.host.counts).toMatchObject({ messagesReceived: 0, connections: 0 });
    expect([wrong.sockets.relayed, wrong.sockets.connections]).toEqual([1, 0]);
    expect([right.sockets.relayed, right.sockets.connections]).toEqual([0, 1]);
  });

  it('comes with chunks of 64 KB as they were sent [RFC 4975 5.1]', async () => {
    const there = right.offer(callerPath);
    const caller = call(wrong);
    const bodies = Array.from({ length: 40 }, (_, number) => String(number % 10).repeat(65_536));
    for (const [number, body] of bodies.entries()) {
      caller.send(`chunk${number}`, right.host.path(there), body);
    }
    await vi.waitFor(() => expect(right.received.get(there)).toHaveLength(40));
    expect(right.received.get(there)).toEqual(bodies);
    await vi.waitFor(() => expect(caller.text.match(/ 200 OK/g)).toHaveLength(40));
  });

  it('is found however its first bytes are cut, empty lines before them too', async () => {
    const there = right.offer(callerPath);
    const caller = call(wrong);
    caller.socket.setNoDelay(true);
    const text = `\r\nMSRP a1b2c3d4 SEND\r\nTo-Path: ${right.host.path(there)}\r\n`;
    for (const char of text) {
      caller.socket.write(char);
      await new Promise((resolve) => setImmediate(resolve));
    }
    caller.socket.write(`From-Path: ${callerPath}\r\nMessage-ID: 1234\r\n-------a1b2c3d4$\r\n`);
    await vi.waitFor(() => expect(caller.text).toContain('MSRP a1b2c3d4 200 OK'));
  });

  it('ends for the client when its edge ends, and for the edge when the client does', async () => {
    const first = await inSession();
    await first.client.close();
    await vi.waitFor(() => expect(right.lost).toEqual([first.there]));
    await vi.waitFor(() => expect(wrong.sockets.relayed).toBe(0));
    const second = await inSession();
    await right.close();
    await vi.waitFor(() => expect(second.client.lost).toEqual([second.here]));
    await vi.waitFor(() => expect(wrong.sockets.relayed).toBe(0));
  });

  it('ends with the edge that passes it on', async () => {
    const { client, here, there } = await inSession();
    await wrong.close();
    await vi.waitFor(() => expect([client.lost, right.lost]).toEqual([[here], [there]]));
  });

  it('still gets its answers when the client has nothing more to say', async () => {
    const there = right.offer(callerPath);
    right.isMute = true;
    const caller = call(wrong);
    caller.send('last1234', right.host.path(there), 'the last');
    await vi.waitFor(() => expect(right.received.get(there)).toEqual(['the last']));
    caller.socket.end();
    await vi.waitFor(() => expect(right.lost).toEqual([there]));
    await vi.waitFor(() => expect(caller.isEnded).toBe(true));
    await vi.waitFor(() => expect(wrong.sockets.relayed).toBe(0));
  });
});

describe('MSRP that comes to an edge', () => {
  it('for a session of its own stays there, of the focus too', async () => {
    const [ours, focus] = [wrong.offer(callerPath), wrong.offer(callerPath, 'controlling')];
    const [caller, other] = [call(wrong), call(wrong)];
    caller.send('ours1234', wrong.host.path(ours), 'to us');
    other.send('focus123', wrong.side('controlling').path(focus), 'to the focus');
    await vi.waitFor(() => expect(wrong.received.get(ours)).toEqual(['to us']));
    await vi.waitFor(() => expect(wrong.received.get(focus)).toEqual(['to the focus']));
    await vi.waitFor(() => expect(other.text).toContain('200 OK'));
    expect(wrong.sockets.relayed).toBe(0);
    expect(wrong.sockets.transports.controlling.connections).toBe(1);
  });

  it('for a session of nobody gets 481, whatever it names [RFC 4975 7.3]', async () => {
    const caller = call(wrong);
    caller.send('nobody12', 'msrp://127.0.0.1:1/0123456789;tcp');
    await vi.waitFor(() => expect(caller.text).toContain('MSRP nobody12 481'));
    caller.send('nobody13', `msrp://127.0.0.1:1/0123456789.edge-wrong;tcp`);
    await vi.waitFor(() => expect(caller.text).toContain('MSRP nobody13 481'));
    expect(caller.isEnded).toBe(false);
  });

  it('for an edge that is not there gets 481 and its end [RFC 4975 7.3]', async () => {
    const caller = call(wrong);
    caller.send('gone1234', 'msrp://127.0.0.1:1/0123456789.edge-gone;tcp', 'x'.repeat(40_000));
    await vi.waitFor(() => expect(caller.text).toContain('MSRP gone1234 481'));
    await vi.waitFor(() => expect(caller.isEnded).toBe(true));
  });

  it('for an edge whose port is closed gets 481 and its end, and the edge is told of [design 7]', async () => {
    const place = town.places.get('edge-right');
    const there = right.offer(callerPath);
    const path = right.host.path(there);
    await right.close();
    if (place !== undefined) town.places.set('edge-right', place);
    const caller = call(wrong);
    caller.send('dead1234', path);
    await vi.waitFor(() => expect(caller.text).toContain('MSRP dead1234 481'));
    await vi.waitFor(() => expect(caller.isEnded).toBe(true));
    expect(town.unreached).toEqual([right.port]);
  });

  it('for an edge that has just begun waits for a look at the edges', async () => {
    const [there, left] = [right.offer(callerPath), right.offer(callerPath)];
    const place = town.places.get('edge-right');
    town.places.delete('edge-right');
    const look = Promise.withResolvers<void>();
    town.looked = () => look.promise;
    const [caller, leaver] = [call(wrong), call(wrong)];
    leaver.send('leave123', right.host.path(left));
    caller.send('early123', right.host.path(there), 'early');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(caller.text).toBe('');
    leaver.socket.resetAndDestroy();
    if (place !== undefined) town.places.set('edge-right', place);
    look.resolve();
    await vi.waitFor(() => expect(right.received.get(there)).toEqual(['early']));
  });

  it('is not passed on by the edge that it was passed on to, whatever that is called [design 7]', async () => {
    town.places.set('edge-other', { host: '127.0.0.1', sipPort: 1, msrpPort: right.port });
    const caller = call(wrong);
    caller.send('tofro123', 'msrp://127.0.0.1:1/0123456789.edge-other;tcp');
    await vi.waitFor(() => expect(caller.text).toContain('MSRP tofro123 481'));
    await vi.waitFor(() => expect(caller.isEnded).toBe(true));
    expect(right.sockets.relayed).toBe(0);
  });

  it('for a second session of another edge gets 481 there: a connection has one edge', async () => {
    const [there, ours] = [right.offer(callerPath), wrong.offer(callerPath)];
    const caller = call(wrong);
    caller.send('first123', right.host.path(there));
    caller.send('second12', wrong.host.path(ours));
    await vi.waitFor(() => expect(caller.text).toContain('MSRP first123 200'));
    await vi.waitFor(() => expect(caller.text).toContain('MSRP second12 481'));
  });

  it('is closed if it is no MSRP', async () => {
    const caller = call(wrong);
    caller.socket.write('GET / HTTP/1.1\r\n\r\n');
    await vi.waitFor(() => expect(caller.isEnded).toBe(true));
    expect(caller.text).toBe('');
  });
});
