import { describe, expect, it } from 'vitest';
import type { FailureReport, MsrpEffect } from '../../../edge/msrp/effect.ts';
import {
  backlogBytesMax,
  chunkBytesMax,
  inFlightMax,
  queueMessagesMax,
  uninterruptibleBytesMax,
} from '../../../edge/msrp/limit.ts';
import { readAll, type Said } from './grammar.ts';
import { idsOf, Peer, peerPath } from './peer.ts';
import { bytesOf, eventsOf, message, written } from './world.ts';

function boundPeer(): Peer {
  const peer = new Peer();
  peer.bind();
  return peer;
}

/** What a peer makes of what has been written. */
function said(effects: readonly MsrpEffect[]): readonly Said[] {
  return readAll([bytesOf(written(effects, 'in'))]).said;
}

function send(
  peer: Peer,
  reference: number,
  size: number,
  failureReport: FailureReport = 'yes',
): boolean {
  return peer.host.send(
    peer.nowMs,
    peer.session,
    message(reference, 'x'.repeat(size), { failureReport }),
  );
}

describe('sending messages', () => {
  it('a message goes out at once and is delivered with its 200 [RFC 4975 7.1]', () => {
    const peer = boundPeer();
    const { host, session } = peer;
    expect(host.send(0, session, message(5, 'hi', { isSuccessReportWanted: true }))).toBe(true);
    const effects = host.drain();
    expect(said(effects)).toMatchObject([
      {
        head: {
          toPath: peerPath,
          fromPath: peer.path,
          messageId: 'message.5',
          rangeEnd: 2,
          total: 2,
          isSuccessReportWanted: true,
          contentType: 'text/plain',
        },
        body: 'hi',
        flag: '$',
      },
    ]);
    expect(host.unanswered(session)).toEqual([5]);
    const answer = peer.answerAll(written(effects, 'in'), '200 OK');
    expect(eventsOf(answer)).toEqual([{ kind: 'delivered', session, reference: 5 }]);
    expect(host.unanswered(session)).toEqual([]);
    expect(host.counts).toMatchObject({ messagesSent: 1 });
  });

  it('messages wait until the session is bound, and keep their order', () => {
    const peer = new Peer();
    send(peer, 1, 2);
    send(peer, 2, 2);
    const effects = peer.bind();
    expect(said(effects).map((one) => ('head' in one ? one.head.messageId : one.status))).toEqual([
      200,
      'message.1',
      'message.2',
    ]);
  });

  it('a chunk of more than 2048 bytes says that it may be interrupted [RFC 4975 5.1]', () => {
    const peer = boundPeer();
    send(peer, 1, uninterruptibleBytesMax);
    send(peer, 2, uninterruptibleBytesMax + 1);
    expect(said(peer.host.drain())).toMatchObject([
      { head: { rangeEnd: 2048 } },
      { head: { rangeEnd: undefined, total: 2049 } },
    ]);
  });

  it('a large message goes in chunks, each answered; the last makes it delivered [RFC 4975 5.1]', () => {
    const peer = boundPeer();
    send(peer, 1, chunkBytesMax * 2 + 10);
    const effects = peer.host.drain();
    expect(said(effects)).toMatchObject([
      { head: { rangeStart: 1, total: 32778 }, flag: '+' },
      { head: { rangeStart: 16385 }, flag: '+' },
      { head: { rangeStart: 32769, rangeEnd: 32778 }, flag: '$' },
    ]);
    const ids = idsOf(written(effects, 'in'));
    const events = [2, 0, 1].map((index) =>
      eventsOf(peer.answerAll(`MSRP ${ids[index]} SEND\r\n`, '200 OK')),
    );
    expect(events).toEqual([[], [], [{ kind: 'delivered', session: peer.session, reference: 1 }]]);
  });

  it('the sessions of a connection take turns with their chunks [RFC 4975 5.1]', () => {
    const peer = new Peer();
    const other = peer.host.open();
    peer.host.start(0, other, { path: ['msrp://peer.example.com:9/other;tcp'], isActive: false });
    peer.bind();
    peer.receive(peer.request({ toPath: peer.host.path(other) }));
    peer.host.backlog(0, 'in', backlogBytesMax);
    send(peer, 1, chunkBytesMax * 3);
    peer.host.send(0, other, message(2, 'y'.repeat(chunkBytesMax + 1)));
    peer.host.send(0, other, message(3, 'z'));
    expect(peer.host.drain()).toEqual([]);
    peer.host.backlog(0, 'in', 0);
    const order = said(peer.host.drain()).map((one) => ('head' in one ? one.head.messageId : ''));
    expect(order).toEqual([1, 2, 1, 2, 1, 3].map((id) => `message.${id}`));
  });

  it('a transaction-id whose end-line is in the body is not used [RFC 4975 7.1]', () => {
    const peer = boundPeer();
    send(peer, 1, 1);
    const [id] = idsOf(written(peer.host.drain(), 'in'));
    const next = id!.slice(0, -1) + (Number.parseInt(id!.slice(-1), 36) + 1).toString(36);
    peer.host.send(0, peer.session, message(2, `\r\n-------${next}$\r\n`));
    const effects = peer.host.drain();
    expect(idsOf(written(effects, 'in'))).not.toEqual([next]);
    expect(said(effects)).toHaveLength(1);
  });

  it('a refusal is told; the session stands [RFC 4975 7.2]', () => {
    const peer = boundPeer();
    send(peer, 1, 1);
    const effects = peer.answerAll(written(peer.host.drain(), 'in'), '415 Unsupported Media Type');
    expect(eventsOf(effects)).toEqual([
      { kind: 'failed', session: peer.session, reference: 1, status: 415 },
    ]);
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('413 in mid-message ends it with "#", and the next one goes on [RFC 4975 7.2]', () => {
    const peer = boundPeer();
    expect(send(peer, 1, backlogBytesMax * 2)).toBe(false);
    send(peer, 2, 1);
    const sent = written(peer.host.drain(), 'in');
    peer.host.backlog(0, 'in', backlogBytesMax);
    const [first, second] = idsOf(sent);
    const effects = peer.answerAll(`MSRP ${first} SEND\r\n`, '413 Stop');
    expect(eventsOf(effects)).toEqual([
      { kind: 'room', session: peer.session },
      { kind: 'failed', session: peer.session, reference: 1, status: 413 },
    ]);
    expect(said(effects)).toMatchObject([
      { head: { messageId: 'message.1', total: backlogBytesMax * 2 }, body: '', flag: '#' },
    ]);
    expect(eventsOf(peer.answerAll(`MSRP ${second} SEND\r\n`, '413 Stop'))).toEqual([]);
    expect(eventsOf(peer.answerAll(written(effects, 'in'), '200 OK'))).toEqual([]);
    peer.host.backlog(0, 'in', 0);
    expect(said(peer.host.drain())).toMatchObject([{ head: { messageId: 'message.2' } }]);
    expect(peer.host.unanswered(peer.session)).toEqual([2]);
  });

  it.each([408, 481, 506])(
    '%s ends the session, and what has no answer comes back in order [RFC 4975 10]',
    (status) => {
      const peer = boundPeer();
      for (const reference of [3, 1, 2]) send(peer, reference, 1);
      const ids = idsOf(written(peer.host.drain(), 'in'));
      peer.answerAll(`MSRP ${ids[1]} SEND\r\n`, '200 OK');
      const effects = peer.answerAll(`MSRP ${ids[2]} SEND\r\n`, String(status));
      expect(eventsOf(effects)).toEqual([
        { kind: 'lost', session: peer.session, loss: 'refused', references: [3, 2] },
      ]);
      expect(effects.at(-1)).toEqual({ kind: 'close', connection: 'in' });
    },
  );

  it('a response that matches nothing means nothing', () => {
    const peer = boundPeer();
    peer.receive(peer.response('481', { toPath: peer.path, fromPath: peerPath }));
    peer.receive(peer.response('481', { toPath: 'msrp://h/x;tcp' }));
    peer.host.accepted(0, 'other');
    peer.receive(peer.response('481', { toPath: peer.path }), 'other');
    expect(peer.host.counts.strayResponses).toBe(3);
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('Failure-Report no: a message is delivered when it is written [RFC 4975 7.1.1]', () => {
    const peer = boundPeer();
    send(peer, 1, chunkBytesMax + 1, 'no');
    const effects = peer.host.drain();
    expect(said(effects)).toMatchObject([{ head: { failureReport: 'no' } }, {}]);
    expect(eventsOf(effects)).toEqual([{ kind: 'delivered', session: peer.session, reference: 1 }]);
    expect(peer.host.unanswered(peer.session)).toEqual([]);
    expect(effects.some(({ kind }) => kind === 'set-timer')).toBe(false);
  });

  it('a REPORT is sent on a session that is bound [RFC 4975 7.1.2]', () => {
    const peer = new Peer();
    peer.host.report(0, peer.session, 'peer.1', 200, 2);
    peer.bind();
    peer.host.report(0, peer.session, 'peer.1', 408, 2);
    expect(said(peer.host.drain())).toMatchObject([
      {
        head: { method: 'REPORT', toPath: peerPath, messageId: 'peer.1', rangeEnd: 2, status: 408 },
      },
    ]);
  });
});

describe('back-pressure', () => {
  it('one step writes so much; the rest follows when the runtime has had its turn', () => {
    const peer = boundPeer();
    const isGood = send(peer, 1, backlogBytesMax * 2 + 1);
    expect(isGood).toBe(false);
    const first = peer.host.drain();
    expect(written(first, 'in').length).toBeGreaterThan(backlogBytesMax);
    expect(written(first, 'in').length).toBeLessThan(backlogBytesMax + 2 * chunkBytesMax);
    expect(first).toContainEqual({ kind: 'set-timer', timer: 'go-on/in', delayMs: 0 });
    peer.host.timer(0, 'go-on/in');
    const second = peer.host.drain();
    expect(second.map(({ kind }) => kind)).toEqual(['write', 'set-timer']);
    peer.host.timer(0, 'go-on/in');
    const third = peer.host.drain();
    expect(said(third).at(-1)).toMatchObject({ flag: '$' });
    expect(eventsOf(third)).toEqual([{ kind: 'room', session: peer.session }]);
  });

  it('with much unwritten SENDs are held back, responses are not', () => {
    const peer = boundPeer();
    peer.host.backlog(0, 'in', backlogBytesMax);
    send(peer, 1, 1);
    expect(peer.ask({})).toBe(peer.response('200 OK'));
    peer.host.backlog(0, 'in', backlogBytesMax - 1);
    expect(said(peer.host.drain())).toHaveLength(1);
  });

  it('a full queue is told, and when it is half empty', () => {
    const peer = new Peer();
    const answers = Array.from({ length: queueMessagesMax + 1 }, (_, index) =>
      send(peer, index, 1),
    );
    expect(answers.indexOf(false)).toBe(queueMessagesMax - 1);
    expect(answers.at(-1)).toBe(false);
    const events = eventsOf(peer.bind());
    expect(events.map(({ kind }) => kind)).toEqual(['bound', 'room']);
  });

  it('so many SENDs are under way at most; a response lets the next one go', () => {
    const peer = boundPeer();
    for (let index = 0; index < inFlightMax + 2; index++) send(peer, index, 1);
    const first = peer.host.drain();
    peer.host.timer(0, 'go-on/in');
    expect(said(first).length + said(peer.host.drain()).length).toBe(inFlightMax);
    expect(said(peer.answerAll(written(first, 'in').slice(0, 100), '200 OK'))).toHaveLength(1);
    expect(peer.host.unanswered(peer.session)).toHaveLength(inFlightMax + 1);
  });

  it('a connection that is closed needs no turn any more', () => {
    const peer = boundPeer();
    send(peer, 1, backlogBytesMax * 2);
    peer.host.close(0, peer.session);
    expect(peer.host.drain()).toContainEqual({ kind: 'clear-timer', timer: 'go-on/in' });
  });
});
