import { describe, expect, it } from 'vitest';
import type { MsrpEffect } from '../../../edge/msrp/effect.ts';
import { idsOf, Peer, peerPath, textHeaders } from './peer.ts';
import { eventsOf, message, messagesOf, newHost, pairOfHosts, World, written } from './world.ts';

function kinds(effects: readonly MsrpEffect[]): string[] {
  return effects.map((effect) => (effect.kind === 'msrp-event' ? effect.event.kind : effect.kind));
}

describe('sessions and connections', () => {
  it('a session’s name is the session-id of its path [RFC 4975 6]', () => {
    const host = newHost('h.example.com');
    const session = host.open();
    expect(host.path(session)).toBe(`msrp://h.example.com:2855/${session};tcp`);
    const secure = newHost('2001:db8::1', { isTls: true });
    expect(secure.path(secure.open({ transport: 'ws' }))).toMatch(
      /^msrps:\/\/\[2001:db8::1\]:2855\/.*;ws$/,
    );
  });

  it('the active side connects and at once sends a SEND without a body; both are bound [RFC 4975 5.4]', () => {
    const { world, a, b } = pairOfHosts();
    expect(world.a.events).toEqual([{ kind: 'bound', session: a }]);
    expect(world.b.events).toEqual([{ kind: 'bound', session: b }]);
    expect(world.a.host.isBound(a)).toBe(true);
    expect(kinds(world.b.effects)).toEqual(['write', 'bound']);
    const connect = world.a.effects.find(({ kind }) => kind === 'connect');
    expect(connect).toEqual({
      kind: 'connect',
      connection: 'out/1',
      host: 'b.example.com',
      port: 2855,
      isTls: false,
    });
  });

  it('sessions to the same host and port share a connection, which is closed with the last [RFC 4975 5.4]', () => {
    const { world, a, b } = pairOfHosts();
    const host = world.a.host;
    const [other, third] = [world.b.host.open(), world.b.host.open()];
    for (const session of [other, third]) {
      world.b.host.start(0, session, { path: ['msrp://x.example.com/x;tcp'], isActive: false });
      host.start(0, host.open(), {
        path: [
          world.b.host
            .path(session)
            .toUpperCase()
            .replace(/\/[^/;]*;TCP/, `/${session};tcp`),
        ],
        isActive: true,
      });
    }
    world.settle();
    expect(world.a.host.counts).toMatchObject({ sessions: 3, connections: 1 });
    expect(world.b.host.isBound(other) && world.b.host.isBound(third)).toBe(true);
    world.b.host.close(0, other);
    world.settle();
    expect(world.b.host.counts).toMatchObject({ sessions: 2, connections: 1 });
    host.send(0, a, message(1, 'still here'));
    world.settle();
    expect(messagesOf(world.b.effects)).toMatchObject([{ session: b }]);
  });

  it('sessions that wait for the same connection are all bound by it', () => {
    const host = newHost('h.example.com');
    const sessions = [host.open(), host.open()];
    for (const session of sessions) host.start(0, session, { path: [peerPath], isActive: true });
    expect(kinds(host.drain())).toEqual(['connect']);
    host.start(0, sessions[0]!, { path: [peerPath], isActive: true });
    expect(host.isBound(sessions[0]!)).toBe(false);
    host.connected(0, 'out/1');
    host.connected(0, 'out/1');
    expect(kinds(host.drain())).toEqual(['write', 'set-timer', 'bound', 'set-timer', 'bound']);
  });

  it.each([
    ['the path', 'msrps://[::1]/x;tcp', undefined, { host: '::1', port: 2855, isTls: true }],
    [
      'its relay',
      'msrp://relay.example.com:99/r;tcp msrp://x/y;tcp',
      undefined,
      { host: 'relay.example.com', port: 99, isTls: false },
    ],
    [
      'the SDP',
      'msrp://x:1/y;tcp',
      { host: '10.0.0.1', port: 7 },
      { host: '10.0.0.1', port: 7, isTls: false },
    ],
  ])('where to connect is said by %s [RFC 4975 5.4, RFC 6714]', (_what, path, target, wanted) => {
    const host = newHost('h.example.com');
    host.start(0, host.open(), {
      path: path.split(' '),
      isActive: true,
      ...(target && { target }),
    });
    expect(host.drain()).toMatchObject([{ kind: 'connect', ...wanted }]);
  });

  it('a path that is none fails at once, and what waited comes back in order', () => {
    const host = newHost('h.example.com');
    const session = host.open();
    for (const reference of [7, 3, 5]) host.send(0, session, message(reference, 'x'));
    expect(host.unanswered(session)).toEqual([7, 3, 5]);
    host.start(0, session, { path: [], isActive: true });
    expect(eventsOf(host.drain())).toEqual([
      { kind: 'lost', session, loss: 'connect-failed', references: [7, 3, 5] },
    ]);
    expect(host.unanswered(session)).toEqual([]);
  });

  it('a connection that fails loses its sessions; each may be started again', () => {
    const world = new World();
    const { host } = world.a;
    const b = world.b.host.open();
    world.b.host.start(0, b, { path: [peerPath], isActive: false });
    world.isListening = false;
    const a = host.open();
    host.send(0, a, message(1, 'x'));
    host.start(0, a, { path: [world.b.host.path(b)], isActive: true });
    world.settle();
    expect(world.a.events).toEqual([
      { kind: 'lost', session: a, loss: 'connect-failed', references: [1] },
    ]);
    world.isListening = true;
    host.start(0, a, { path: [world.b.host.path(b)], isActive: true });
    host.send(0, a, message(2, 'y'));
    world.settle();
    expect(messagesOf(world.b.effects)).toMatchObject([{ messageId: 'message.2' }]);
  });

  it('a connection that goes takes all its sessions, with what they have sent, in order', () => {
    const peer = new Peer();
    peer.bind();
    const { host, session } = peer;
    for (const reference of [4, 2]) host.send(0, session, message(reference, 'x'));
    peer.receive(peer.request({ headers: textHeaders, body: 'hi' }));
    host.send(0, session, message(9, 'not even written'));
    host.closed(0, 'in');
    expect(host.drain()).toEqual([
      { kind: 'clear-timer', timer: `response/${session}` },
      {
        kind: 'msrp-event',
        event: { kind: 'lost', session, loss: 'closed', references: [4, 2, 9] },
      },
    ]);
    expect(host.isBound(session)).toBe(false);
    host.answer(0, 1, 200);
    expect(host.drain()).toEqual([]);
  });

  it('a lost session does not exist for the peer until it is started again [RFC 4975 7.3]', () => {
    const peer = new Peer();
    peer.bind();
    peer.host.closed(0, 'in');
    peer.host.accepted(0, 'next');
    expect(peer.ask({}, 'next')).toBe(peer.response('481 Session Does Not Exist'));
    peer.host.start(0, peer.session, { path: [peerPath], isActive: false });
    expect(peer.ask({}, 'next')).toBe(peer.response('200 OK'));
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('a peer that is faster than its SDP is served; the session is bound when its path is known [RFC 6135 4]', () => {
    const host = newHost('h.example.com');
    const peer = new Peer();
    const early = host.open();
    host.accepted(0, 'in');
    host.received(
      0,
      'in',
      Buffer.from(peer.request({ toPath: host.path(early), headers: textHeaders, body: 'hi' })),
    );
    expect(kinds(host.drain())).toEqual(['message']);
    expect(host.isBound(early)).toBe(false);
    host.send(0, early, message(1, 'x'));
    expect(host.drain()).toEqual([]);
    host.start(0, early, { path: [peerPath], isActive: true });
    expect(kinds(host.drain())).toEqual(['write', 'bound', 'set-timer']);
  });

  it('a peer that comes while we connect is taken, and our connection is not needed', () => {
    const peer = new Peer();
    const session = peer.host.open();
    peer.host.start(0, session, { path: [peerPath], isActive: true });
    peer.host.drain();
    const effects = peer.receive(peer.request({ toPath: peer.host.path(session) }));
    expect(kinds(effects)).toEqual(['write', 'close', 'bound']);
    peer.host.connected(0, 'out/1');
    peer.host.connectFailed(0, 'out/1');
    expect(peer.host.drain()).toEqual([]);
  });

  it('a new path of the peer is used from then on, without another connection', () => {
    const peer = new Peer();
    peer.bind();
    const path = 'msrp://peer.example.com:9/other;tcp';
    peer.host.start(0, peer.session, { path: [path], isActive: true });
    peer.host.send(0, peer.session, message(1, 'x'));
    const effects = peer.host.drain();
    expect(kinds(effects)).toEqual(['write', 'set-timer']);
    expect(written(effects, 'in')).toContain(`To-Path: ${path}\r\n`);
  });

  it('a closed session is unknown, its output is written first, and its owner hears nothing more', () => {
    const peer = new Peer();
    peer.bind();
    peer.receive(peer.request({ headers: textHeaders, body: 'hi' }));
    peer.host.send(0, peer.session, message(1, 'x'));
    peer.host.close(0, peer.session);
    const effects = peer.host.drain();
    expect(kinds(effects)).toEqual(['write', 'set-timer', 'close', 'clear-timer']);
    expect(peer.host.counts).toMatchObject({ sessions: 0, connections: 0 });
    const { host, session } = peer;
    host.answer(0, 1, 200);
    host.timer(0, `response/${session}`);
    host.timer(0, 'go-on/in');
    host.closed(0, 'in');
    host.backlog(0, 'in', 1);
    host.received(0, 'in', new Uint8Array(1));
    host.start(0, session, { path: [peerPath], isActive: true });
    host.report(0, session, 'x', 200, 1);
    host.pauseReading(session);
    host.close(0, session);
    expect(host.send(0, session, message(1, 'x'))).toBe(true);
    expect([host.path(session), host.isBound(session), host.unanswered(session)]).toEqual([
      '',
      false,
      [],
    ]);
    expect(host.drain()).toEqual([]);
  });

  it('a session without a connection is closed without a trace', () => {
    const peer = new Peer();
    peer.host.close(0, peer.session);
    expect(peer.host.drain()).toEqual([]);
    expect(peer.ask({ toPath: 'msrp://h.example.com/x;tcp' })).toContain(' 481 ');
  });

  it('bytes that are not MSRP end the connection; what came before is answered', () => {
    const peer = new Peer();
    const effects = peer.receive(`${peer.request({})}nonsense${peer.request({})}`);
    expect(kinds(effects)).toEqual(['write', 'bound', 'lost', 'close']);
    expect(peer.host.counts).toMatchObject({ malformed: 1, lost: 1, connections: 0 });
  });

  it('reading stops while any session of a connection asks for it', () => {
    const peer = new Peer();
    const other = peer.host.open();
    peer.host.start(0, other, { path: [peerPath], isActive: false });
    peer.host.pauseReading(peer.session);
    expect(peer.host.drain()).toEqual([]);
    expect(kinds(peer.bind())).toEqual(['write', 'pause', 'bound']);
    peer.receive(peer.request({ toPath: peer.host.path(other) }));
    peer.host.pauseReading(other);
    peer.host.pauseReading(other);
    peer.host.resumeReading(peer.session);
    expect(peer.host.drain()).toEqual([]);
    peer.host.resumeReading(other);
    expect(peer.host.drain()).toEqual([{ kind: 'resume', connection: 'in' }]);
    peer.host.pauseReading(other);
    peer.host.close(0, other);
    expect(kinds(peer.host.drain())).toEqual(['pause', 'resume']);
  });

  it('transaction-ids are good ones, whatever tokens are made of [RFC 4975 9]', () => {
    const host = newHost('h.example.com', { newToken: () => '_~-A9z0123456789abcdefghij' });
    const session = host.open();
    host.start(0, session, { path: [peerPath], isActive: true });
    host.connected(0, 'out/1');
    expect(idsOf(written(host.drain(), 'out/1'))).toEqual(['t...A9z0123456789abcd.2']);
  });
});
