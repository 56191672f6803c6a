import { expect, test } from 'vitest';
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import { emptyBody, type SipResponse } from '../../../../edge/sip/message.ts';
import { a, b, called, calling } from './established.ts';
import { Peer, written } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

function alone(options: Partial<UserAgentOptions> = {}) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  const got = () => peer.received.map((message) => nameOf({ message }));
  const last = () => peer.responses().at(-1)!;
  return { world, side, peer, got, last };
}

test('a method that is not allowed gets 405 with those that are [RFC 3261 8.2.1]', () => {
  const { side, peer, last } = alone({ allow: ['INVITE', 'MESSAGE'] });
  peer.send(a, written('PUBLISH', b, a));
  expect(last().status).toBe(405);
  expect(headerValues(last(), 'Allow')).toEqual(['INVITE', 'MESSAGE']);
  expect(side.events).toEqual([]);
});

test('a method that the owner does not take gets those that are allowed, too [RFC 3261 21.4.6]', () => {
  const { world, side, send, got, answered } = called({ allow: ['INVITE', 'MESSAGE'] });
  send('MESSAGE');
  const { transaction } = side.last('request');
  side.do((agent, now) => agent.respond(now, transaction, { status: 405 }));
  world.run(2);
  expect(got()).toEqual(['405 MESSAGE']);
  // What is allowed elsewhere is not allowed there.
  expect(headerValues(answered(), 'Allow')).toEqual(['INVITE']);
});

test('a NOTIFY in a dialog that has no subscription gets 481 [RFC 6665 4.1.3]', () => {
  const { side, send, got } = called();
  send('NOTIFY');
  expect([got(), side.kinds]).toEqual([['481 NOTIFY'], []]);
});

test('a requirement that is not met gets 420 with what is missing [RFC 3261 8.2.2.3]', () => {
  const { side, peer, last } = alone();
  peer.send(a, written('INVITE', b, a, { more: ['Require: 100rel, TIMER', 'Require: x'] }));
  expect(last().status).toBe(420);
  expect(headerValues(last(), 'Unsupported')).toEqual(['100rel', 'x']);
  peer.send(a, written('MESSAGE', b, a, { more: ['Require: timer'] }));
  expect(side.kinds).toEqual(['request']);
});

test('an INVITE that is refused for its body hears which types are read [RFC 3261 21.4.13]', () => {
  const { world, side, peer, last } = alone();
  const refused = (more: readonly string[], branch: string): SipResponse => {
    peer.send(a, written('INVITE', b, a, { callId: branch, branch, more }));
    const { dialog } = side.last('invite');
    side.do((agent, now) => agent.respond(now, dialog, { status: 415 }));
    world.run(2);
    return last();
  };
  expect(header(refused([], 'x'), 'Accept')).toBe('application/sdp');
  expect(header(refused(['Content-Encoding: identity'], 'y'), 'Accept')).toBeUndefined();
});

test('a body in an encoding gets 415 with those that are understood: none [RFC 3261 8.2.3]', () => {
  const { side, peer, last } = alone();
  for (const more of ['Content-Encoding: gzip', 'e: identity, gzip']) {
    peer.send(
      a,
      written('MESSAGE', b, a, {
        more: [more],
        callId: more.slice(0, 1),
        branch: more.slice(0, 1),
      }),
    );
    expect(last().status).toBe(415);
    expect(header(last(), 'Accept-Encoding')).toBe('identity');
  }
  expect(side.events).toEqual([]);
  const more = ['Content-Encoding: Identity'];
  peer.send(a, written('MESSAGE', b, a, { more, callId: 'x', branch: 'x' }));
  expect(side.kinds).toEqual(['request']);
});

test('an agent that supports nothing says so', () => {
  const { peer, last } = alone({ supported: [] });
  peer.send(a, written('OPTIONS', b, a));
  expect(header(last(), 'Supported')).toBeUndefined();
});

test('OPTIONS is answered with what the agent can do [RFC 3261 11.2]', () => {
  const { side, peer, last } = alone({ accept: ['application/sdp', 'message/cpim'] });
  peer.send(a, written('OPTIONS', b, a));
  expect(last().status).toBe(200);
  expect(headerValues(last(), 'Allow')).toContain('INVITE');
  expect(headerValues(last(), 'Supported')).toContain('timer');
  expect(headerValues(last(), 'Accept')).toEqual(['application/sdp', 'message/cpim']);
  expect(side.events).toEqual([]);
});

test('the same request by two ways is merged with 482 [RFC 3261 8.2.2.2]', () => {
  const { side, peer, got } = alone();
  peer.send(a, written('MESSAGE', b, a, { branch: 'one' }));
  peer.send(a, written('MESSAGE', b, a, { branch: 'two' }));
  expect(got()).toEqual(['482 MESSAGE']);
  expect(side.kinds).toEqual(['request']);
});

test('once the first is over the same request is new again [RFC 3261 8.2.2.2]', () => {
  const { world, side, peer } = alone();
  peer.send(a, written('MESSAGE', b, a, { branch: 'one' }));
  world.run(40_000);
  peer.send(a, written('MESSAGE', b, a, { branch: 'two' }));
  expect(side.kinds).toEqual(['request', 'request']);
});

test.each(['BYE', 'UPDATE', 'NOTIFY', 'INFO'])(
  '%s outside a dialog gets 481 [RFC 3261 12.2.2]',
  (method) => {
    const { side, peer, got } = alone();
    peer.send(a, written(method, b, a));
    peer.send(a, written(method, b, a, { toTag: 'unknown', sequence: 2 }));
    expect(got()).toEqual([`481 ${method}`, `481 ${method}`]);
    expect(side.events).toEqual([]);
  },
);

test('an INVITE for an unknown dialog gets 481, and its ACK is absorbed [RFC 3261 12.2.2, 17.2.1]', () => {
  const { world, side, peer, got } = alone();
  peer.send(a, written('INVITE', b, a, { toTag: 'unknown' }));
  peer.send(a, written('ACK', b, a, { toTag: 'unknown', branch: 'INVITE1' }));
  world.run(10_000);
  expect(got()).toEqual(['481 INVITE']);
  expect(side.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('an ACK of nothing is dropped [RFC 3261 17.2.3]', () => {
  const { side, peer, got } = alone();
  peer.send(a, written('ACK', b, a, { toTag: 'unknown' }));
  expect([got(), side.events]).toEqual([[], []]);
});

test('a request within a dialog that is not in order gets 500 [RFC 3261 12.2.2]', () => {
  const { side, send, got } = called();
  send('INFO', { sequence: 7 });
  send('INFO', { sequence: 6 });
  send('INFO', { sequence: 7, branch: 'again' });
  expect(got()).toEqual(['500 INFO', '500 INFO']);
  expect(side.of('request').map(({ request }) => header(request, 'CSeq'))).toEqual(['7 INFO']);
});

test('a request within a dialog names it, and its answer comes from the owner [RFC 3261 12.2.2]', () => {
  const { world, side, send, got, dialog, answered } = calling();
  send('MESSAGE');
  expect(side.last('request')).toMatchObject({ dialog });
  const { transaction } = side.last('request');
  side.do((agent, now) => agent.respond(now, transaction, { status: 100 }));
  side.do((agent, now) => agent.respond(now, transaction, { status: 200, reason: 'Fine' }));
  world.run(2);
  expect(got()).toEqual(['100 MESSAGE', '200 MESSAGE']);
  expect(answered().reason).toBe('Fine');
  send('REFER', { sequence: 11 });
  side.do((agent, now) => agent.respond(now, side.last('request').transaction, { status: 202 }));
  world.run(2);
  expect(header(answered(), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
});

test('a dialog whose owner does not answer takes no more than it can hold', () => {
  const { send, got, side } = calling({ limits: { pendingMax: 2 } });
  for (const sequence of [10, 11, 12]) send('INFO', { sequence });
  expect(got()).toEqual(['503 INFO']);
  expect(side.of('request')).toHaveLength(2);
});

test('a full agent refuses new requests with a time to wait, and keeps nothing of them', () => {
  const { side, peer, got, last } = alone({ limits: { transactionsMax: 0 } });
  peer.send(a, written('MESSAGE', b, a));
  expect(got()).toEqual(['503 MESSAGE']);
  expect(header(last(), 'Retry-After')).toBe('10');
  expect(side.agent.counts.transactions).toBe(0);
});

test('an agent without room for a dialog refuses what would make one', () => {
  const { side, peer, got } = alone({ limits: { dialogsMax: 0 } });
  peer.send(a, written('INVITE', b, a));
  peer.send(a, written('SUBSCRIBE', b, a, { callId: 'other' }));
  peer.send(a, written('MESSAGE', b, a, { callId: 'third' }));
  expect(got()).toEqual(['503 INVITE', '503 SUBSCRIBE']);
  expect(side.kinds).toEqual(['request']);
});

test('too short a session interval gets 422 with the least one [RFC 4028 9]', () => {
  const { side, peer, last } = alone({ minSessionExpiresS: 200 });
  const more = ['Supported: timer', 'Session-Expires: 100'];
  peer.send(a, written('INVITE', b, a, { more }));
  expect(last().status).toBe(422);
  expect(header(last(), 'Min-SE')).toBe('200');
  expect(side.events).toEqual([]);
});

test('a repeated request gets the same answer and is told once [RFC 3261 17.2.2]', () => {
  const { side, peer, got } = alone();
  peer.send(a, written('MESSAGE', b, a));
  side.do((agent, now) => agent.respond(now, side.last('request').transaction, { status: 200 }));
  peer.send(a, written('MESSAGE', b, a));
  expect(got()).toEqual(['200 MESSAGE', '200 MESSAGE']);
  expect(side.kinds).toEqual(['request']);
});

test('branches without the cookie are matched by everything else [RFC 3261 17.2.3]', () => {
  const { side, peer, got } = alone();
  const old = (method: string, toTag = '') =>
    written(method, b, a, { toTag }).map((line) =>
      line.startsWith('Via') ? `Via: SIP/2.0/UDP ${b}` : line,
    );
  peer.send(a, old('INVITE'));
  peer.send(a, old('INVITE'));
  expect(side.kinds).toEqual(['invite']);
  peer.send(a, old('CANCEL'));
  peer.send(a, old('ACK', 'x'));
  expect(got()).toEqual(['100 INVITE', '200 CANCEL', '487 INVITE']);
  expect(side.kinds).toEqual(['invite', 'cancelled']);
});

test('a branch that is the cookie alone names nothing [RFC 3261 17.2.3]', () => {
  const { side, peer } = alone();
  const bare = (callId: string) => written('MESSAGE', b, a, { branch: '', callId });
  peer.send(a, bare('one'));
  peer.send(a, bare('two'));
  peer.send(a, bare('one'));
  expect(side.kinds).toEqual(['request', 'request']);
});

test('a request without a readable Via or CSeq is dropped', () => {
  const { side } = alone();
  const flow = { id: 'x', transport: 'udp', host: b, port: 5060 } as const;
  const via = { name: 'Via', value: `SIP/2.0/UDP ${b};branch=z9hG4bKx` };
  for (const headers of [[], [via]]) {
    const request = {
      kind: 'request',
      method: 'MESSAGE',
      uri: 'sip:a',
      headers,
      body: emptyBody,
    } as const;
    side.receive(request, flow);
    expect(side.agent.hasTransaction(request)).toBe(false);
  }
  expect(side.events).toEqual([]);
});

test('Max-Forwards 0 is no obstacle for the one who is meant [RFC 3261 8.2]', () => {
  const { side, peer } = alone();
  const lines = written('MESSAGE', b, a).map((line) => line.replace('Forwards: 70', 'Forwards: 0'));
  peer.send(a, lines);
  expect(side.kinds).toEqual(['request']);
});

test('a peer that has moved to another connection is followed there [RFC 5626 5.3]', () => {
  const { side, peer, tags, dialog } = called();
  peer.send(a, written('INVITE', b, a, { ...tags, sequence: 10 }), { transport: 'tcp' });
  expect(side.agent.dialogState(dialog)?.target).toEqual({
    transport: 'tcp',
    host: b,
    port: 5060,
    flow: 'tcp:10.0.0.2:5060',
  });
  const proxied = ['Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKz', 'Contact: <sip:b@10.0.0.8>'];
  const lines = written('UPDATE', b, a, { ...tags, sequence: 11, more: proxied });
  peer.send(a, lines, { transport: 'tcp' });
  expect(side.agent.dialogState(dialog)?.target.host).toBe(b);
});
