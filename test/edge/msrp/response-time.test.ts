import { describe, expect, it } from 'vitest';
import { inFlightMax } from '../../../edge/msrp/limit.ts';
import { idsOf, Peer, peerPath } from './peer.ts';
import { eventsOf, message, newHost, written } from './world.ts';

const limitMs = 30_000;

function boundPeer(): Peer {
  const peer = new Peer();
  peer.bind();
  return peer;
}

function fire(peer: Peer, nowMs: number): ReturnType<Peer['host']['drain']> {
  peer.nowMs = nowMs;
  peer.host.timer(nowMs, `response/${peer.session}`);
  return peer.host.drain();
}

describe('waiting for responses', () => {
  it('a SEND without a response for so long loses the session (decision D-02 b) [RFC 4975 7.1.1]', () => {
    const peer = boundPeer();
    peer.host.send(0, peer.session, message(1, 'x'));
    expect(peer.host.drain()).toContainEqual({
      kind: 'set-timer',
      timer: `response/${peer.session}`,
      delayMs: limitMs,
    });
    const effects = fire(peer, limitMs);
    expect(eventsOf(effects)).toEqual([
      { kind: 'lost', session: peer.session, loss: 'timeout', references: [1] },
    ]);
    expect(effects.at(-1)).toEqual({ kind: 'close', connection: 'in' });
  });

  it('one timer watches all SENDs; when it fires it waits for what the oldest has left', () => {
    const peer = boundPeer();
    const { host, session } = peer;
    host.send(0, session, message(1, 'x'));
    const [first] = idsOf(written(host.drain(), 'in'));
    host.send(10_000, session, message(2, 'x'));
    host.send(20_000, session, message(3, 'x'));
    expect(host.drain().map(({ kind }) => kind)).toEqual(['write']);
    peer.answerAll(`MSRP ${first} SEND\r\n`, '200 OK');
    expect(fire(peer, limitMs)).toEqual([
      { kind: 'set-timer', timer: `response/${session}`, delayMs: 10_000 },
    ]);
    expect(eventsOf(fire(peer, limitMs + 10_000))).toMatchObject([
      { loss: 'timeout', references: [2, 3] },
    ]);
  });

  it('with nothing under way the timer rests', () => {
    const peer = boundPeer();
    peer.host.send(0, peer.session, message(1, 'x'));
    peer.answerAll(written(peer.host.drain(), 'in'), '200 OK');
    expect(fire(peer, limitMs)).toEqual([]);
    expect(fire(peer, 2 * limitMs)).toEqual([]);
    peer.host.send(2 * limitMs, peer.session, message(2, 'x'));
    expect(peer.host.drain().map(({ kind }) => kind)).toEqual(['write', 'set-timer']);
  });

  it('the time begins when the last byte is written [RFC 4975 7.1.1]', () => {
    const peer = boundPeer();
    peer.host.send(0, peer.session, message(1, 'x'));
    peer.host.drain();
    peer.host.backlog(0, 'in', 1);
    expect(fire(peer, limitMs)).toEqual([
      { kind: 'set-timer', timer: `response/${peer.session}`, delayMs: limitMs },
    ]);
    peer.host.backlog(limitMs, 'in', 0);
    expect(eventsOf(fire(peer, 2 * limitMs))).toMatchObject([{ loss: 'timeout' }]);
  });

  it('Failure-Report partial: silence is success, an error is told [RFC 4975 7.1.1]', () => {
    const peer = boundPeer();
    const { host, session } = peer;
    for (const reference of [1, 2])
      host.send(0, session, message(reference, 'x', { failureReport: 'partial' }));
    const [, second] = idsOf(written(host.drain(), 'in'));
    const effects = peer.answerAll(`MSRP ${second} SEND\r\n`, '413 Stop');
    expect(eventsOf(effects)).toEqual([{ kind: 'failed', session, reference: 2, status: 413 }]);
    expect(eventsOf(fire(peer, limitMs))).toEqual([{ kind: 'delivered', session, reference: 1 }]);
  });

  it('silence that is fine makes room for what waits', () => {
    const peer = boundPeer();
    const { host, session } = peer;
    for (let reference = 0; reference <= inFlightMax; reference++) {
      host.send(0, session, message(reference, 'x', { failureReport: 'partial' }));
    }
    host.drain();
    host.timer(0, 'go-on/in');
    host.drain();
    const effects = fire(peer, limitMs);
    expect(idsOf(written(effects, 'in'))).toHaveLength(1);
    expect(eventsOf(effects)).toHaveLength(inFlightMax);
  });

  it('a peer that takes a connection and says nothing is lost, too', () => {
    const host = newHost('h.example.com');
    const session = host.open();
    host.start(0, session, { path: [peerPath], isActive: true });
    host.connected(0, 'out/1');
    host.drain();
    host.timer(limitMs, `response/${session}`);
    expect(eventsOf(host.drain())).toEqual([
      { kind: 'lost', session, loss: 'timeout', references: [] },
    ]);
  });

  it('a binding SEND that is refused ends the session; other errors on it don’t matter [RFC 4975 7.3]', () => {
    const peer = new Peer();
    const { host } = peer;
    const sessions = [host.open(), host.open()];
    for (const session of sessions) host.start(0, session, { path: [peerPath], isActive: true });
    host.drain();
    host.connected(0, 'out/1');
    const ids = idsOf(written(host.drain(), 'out/1'));
    const answers = [400, 481].map((status, index) =>
      peer.response(`${status} x`, { id: ids[index]!, toPath: host.path(sessions[index]!) }),
    );
    expect(eventsOf(peer.receive(answers.join(''), 'out/1'))).toMatchObject([
      { session: sessions[1], loss: 'refused' },
    ]);
    expect(sessions.map((session) => host.isBound(session))).toEqual([true, false]);
  });
});
