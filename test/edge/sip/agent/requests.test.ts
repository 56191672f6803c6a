import { expect, test } from 'vitest';
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header } from '../../../../edge/sip/header.ts';
import { at, inviteDraft } from './draft.ts';
import { a, b, calling } from './established.ts';
import { Peer } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

const draft = { method: 'MESSAGE', uri: 'sip:b@x', headers: [{ name: 'From', value: 'sip:a@x' }] };
const long = { ...draft, body: new Uint8Array(1300) };

function alone(options: Partial<UserAgentOptions> = {}) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  const ask = (what = draft, target = at(b)) => {
    const handle = side.do((agent, now) => agent.request(now, what, target));
    world.run(5);
    return handle;
  };
  return { world, side, peer, ask };
}

test('a request is repeated over UDP until its answer, which is told once [RFC 3261 17.1.2]', () => {
  const { world, side, peer, ask } = alone();
  const handle = ask();
  world.run(3600);
  expect(peer.requests()).toHaveLength(4);
  peer.answer(a, peer.requests()[0]!, 100);
  peer.answer(a, peer.requests()[0]!, 200);
  peer.answer(a, peer.requests()[0]!, 200);
  expect(side.events).toMatchObject([{ kind: 'response', transaction: handle, status: 200 }]);
});

test('silence is 408 and a failed send 503, both without a response [RFC 3261 17.1.2]', () => {
  const { world, side, ask } = alone();
  const silent = ask();
  world.run(33_000);
  world.isBroken = () => true;
  const broken = ask(draft, at(b, 'tcp'));
  expect(side.events).toEqual([
    { kind: 'response', transaction: silent, status: 408 },
    { kind: 'response', transaction: broken, status: 503 },
  ]);
});

test('what is too long for a datagram goes over TCP, with that in Via [RFC 3261 18.1.1]', () => {
  const { world, side, peer, ask } = alone();
  ask(long);
  expect(world.carried.map(({ transport }) => transport)).toEqual(['tcp']);
  expect(header(peer.requests()[0]!, 'Via')).toMatch(/^SIP\/2.0\/TCP /);
  world.run(5000);
  expect(peer.requests()).toHaveLength(1);
  peer.answer(a, peer.requests()[0]!, 200);
  expect(side.kinds).toEqual(['response']);
});

test('if TCP can not be had it goes over UDP after all, once [RFC 3261 18.1.1]', () => {
  const { world, side, peer, ask } = alone();
  world.isBroken = ({ transport }) => transport === 'tcp';
  const handle = ask(long);
  expect(world.carried.map(({ transport }) => transport)).toEqual(['udp']);
  expect(header(peer.requests()[0]!, 'Via')).toMatch(/^SIP\/2.0\/UDP /);
  expect(side.timers.length).toBe(2);
  peer.answer(a, peer.requests()[0]!, 200);
  expect(side.events).toMatchObject([{ transaction: handle, status: 200 }]);
  world.isBroken = () => true;
  ask(long);
  expect(side.last('response').status).toBe(503);
});

test('a failed send after an answer has come is nothing to try again', () => {
  const { world, side, peer, ask } = alone();
  ask(long);
  const via = header(peer.requests()[0]!, 'Via') ?? '';
  const branch = /branch=([^;]+)/.exec(via)?.[1] ?? '';
  peer.answer(a, peer.requests()[0]!, 100);
  side.do((agent, now) => agent.sendFailed(now, branch));
  expect(side.last('response').status).toBe(503);
  side.do((agent, now) => agent.sendFailed(now, branch));
  side.do((agent, now) => agent.sendFailed(now, ''));
  world.run(40_000);
  expect(side.kinds).toEqual(['response']);
});

test('a large INVITE that needs UDP after all can still be cancelled [RFC 3261 9.1, 18.1.1]', () => {
  const { world, side, peer } = alone();
  world.isBroken = ({ transport }) => transport === 'tcp';
  const invite = { ...inviteDraft(a, b), body: new Uint8Array(1300) };
  const dialog = side.do((agent, now) => agent.invite(now, invite, at(b)));
  world.run(5);
  peer.answer(a, peer.requests('INVITE')[0]!, 180);
  side.do((agent, now) => agent.cancel(now, dialog));
  world.run(5);
  expect(peer.received.map((message) => nameOf({ message }))).toEqual(['INVITE', 'CANCEL']);
  const vias = peer.requests().map((request) => header(request, 'Via'));
  expect(vias[0]).toBe(vias[1]);
});

test('a response with two Vias has been misrouted and is dropped [RFC 3261 8.1.3.3]', () => {
  const { side, peer, ask } = alone();
  ask();
  const own = header(peer.requests()[0]!, 'Via');
  peer.answer(a, peer.requests()[0]!, 200, [`Via: ${own}`, 'Via: SIP/2.0/UDP 10.9.9.9']);
  expect(side.events).toEqual([]);
});

test('a response to another method or branch belongs to no one [RFC 3261 17.1.3]', () => {
  const { side, peer, ask } = alone();
  ask();
  const request = peer.requests()[0]!;
  peer.answer(a, request, 200, ['CSeq: 1 BYE']);
  peer.answer(a, request, 200, ['CSeq: 1 CANCEL']);
  peer.answer(a, request, 200, ['Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKother']);
  peer.answer(a, request, 200, ['Via: SIP/2.0/UDP 10.0.0.1:5060']);
  expect(side.events).toEqual([]);
});

test('a full agent answers its owner with 503', () => {
  const { side, ask } = alone({ limits: { transactionsMax: 0 } });
  ask();
  side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  side.do((agent, now) => agent.subscribe(now, inviteDraft(a, b), at(b)));
  expect(side.events).toMatchObject([
    { kind: 'response', status: 503 },
    { kind: 'refused', status: 503 },
    { kind: 'response', status: 503 },
  ]);
});

test('requests within a dialog follow one another in number [RFC 3261 12.2.1.1]', () => {
  const { world, side, dialog, asked, answer } = calling();
  const numbers = ['INFO', 'MESSAGE'].map((method) => {
    const handle = side.do((agent, now) => agent.requestInDialog(now, dialog, { method }));
    world.run(5);
    answer(method, 200);
    expect(side.last('response')).toMatchObject({ transaction: handle, status: 200, dialog });
    return header(asked(method), 'CSeq');
  });
  expect(numbers).toEqual(['2 INFO', '3 MESSAGE']);
});

test.each([481, undefined])(
  'a request within a call that gets %s ends it by BYE [RFC 3261 12.2.1.2]',
  (status) => {
    const { world, side, dialog, answer, got } = calling();
    side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'INFO' }));
    world.run(5);
    if (status !== undefined) answer('INFO', status);
    world.run(33_000);
    expect(side.last('dialog-lost')).toEqual({ kind: 'dialog-lost', dialog, loss: 'gone' });
    expect(got()).toContain('BYE');
  },
);

test('a request within an early dialog that fails leaves the INVITE alone', () => {
  const { world, side, peer } = alone();
  const dialog = side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  world.run(5);
  const invite = peer.requests('INVITE')[0]!;
  peer.answer(a, invite, 180, ['Contact: <sip:b@10.0.0.2:5060>']);
  side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'INFO' }));
  world.run(5);
  peer.answer(a, peer.requests('INFO')[0]!, 481);
  peer.answer(a, invite, 200, ['Contact: <sip:b@10.0.0.2:5060>']);
  expect(side.kinds).toEqual(['progress', 'response', 'answered']);
  expect(side.agent.dialogState(dialog)?.localSequence).toBe(2);
});

test('a request in a dialog that is unknown, not made yet or without room is answered at once', () => {
  const { side } = alone();
  const early = side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  for (const dialog of ['d77', early]) {
    side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'INFO' }));
    expect(side.last('response')).toMatchObject({ status: 481, dialog });
  }
  const { world, side: full, dialog } = calling({ limits: { transactionsMax: 1 } });
  full.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'INFO' }));
  expect(full.last('response')).toMatchObject({ status: 503, dialog });
  world.run(1);
});
