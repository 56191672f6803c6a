import { expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

function three() {
  const world = new World();
  const focus = new Focus(world);
  return { world, focus, parties: inGroup(world, ['alice', 'bob', 'carol']) as Three };
}

test('messages for a member whose connection was lost wait, and come in order when it is back (RFC 4975 5.4)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  bob.onMessage = 'leave';
  const ids = [alice.say('one'), alice.say('two')];
  world.run(50);
  world.cut('bob');
  ids.push(alice.say('three'));
  world.run(5000);
  expect(carol.texts).toEqual(['one', 'two', 'three']);
  expect(alice.outcomes.size).toBe(0);
  bob.onMessage = 200;
  bob.reinvite();
  world.run(50);
  const received = bob.received.map(({ messageId }) => messageId);
  expect(received).toEqual([ids[0], ids[1], ...ids]);
  expect(ids.map((id) => alice.outcomes.get(id))).toEqual([200, 200, 200]);
});

test('a lost member stays connected in the roster (CF-001)', () => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  world.cut('bob');
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toEqual({ alice: 'connected', bob: 'connected', carol: 'connected' });
  expect(bob.byes).toEqual([]);
});

test('a sender is not kept waiting longer than the hold limit: 408; the others have it, and the message still comes (CF-017)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  world.cut('bob');
  world.run(3000);
  const id = alice.say('late');
  world.run(9900);
  expect(alice.outcomes.get(id)).toBeUndefined();
  world.run(200);
  expect(alice.outcomes.get(id)).toBe('lost');
  expect(carol.texts).toEqual(['late']);
  bob.reinvite();
  world.run(50);
  expect(bob.texts).toEqual(['late']);
});

test('the sender may send it again: that waits anew, and nobody gets it twice', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  world.cut('bob');
  const id = alice.say('late');
  world.run(11_000);
  expect(alice.outcomes.get(id)).toBe('lost');
  alice.reinvite();
  world.run(50);
  alice.outcomes.delete(id);
  alice.say('late', { id });
  world.run(9000);
  expect(alice.outcomes.get(id)).toBeUndefined();
  bob.reinvite();
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.texts).toEqual(['late']);
  expect(carol.texts).toEqual(['late']);
});

test('a wait begins for each message when it comes', () => {
  const { world, parties } = three();
  const [alice, , carol] = parties;
  world.cut('bob');
  const first = alice.say('one');
  world.run(6000);
  const second = carol.say('two');
  world.run(5000);
  expect(alice.outcomes.get(first)).toBe('lost');
  expect(carol.outcomes.get(second)).toBeUndefined();
  world.run(5500);
  expect(carol.outcomes.get(second)).toBe('lost');
});

test('a member who does not come back is given up: the leg ends, the member stays one', () => {
  const { world, focus, parties } = three();
  const [alice, bob, carol] = parties;
  world.cut('bob');
  const id = alice.say('missed');
  world.run(59_000);
  expect(bob.byes).toEqual([]);
  world.run(2000);
  expect(bob.byes.map((bye) => header(bye, 'Reason'))).toEqual([
    'SIP;cause=408;text="Request Timeout"',
  ]);
  alice.reinvite();
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toMatchObject({ bob: 'disconnected' });
  expect(focus.store.groups.get('group-1')?.members).toHaveLength(3);
  alice.say('missed', { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(carol.texts).toEqual(['missed']);
});

test('a repetition goes to a member who had missed it and is back, and to nobody else', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  bob.onMessage = 'leave';
  const id = alice.say('missed');
  world.run(50);
  bob.bye('SIP;cause=480');
  world.run(50);
  expect(alice.outcomes.get(id)).toBe('lost');
  bob.onMessage = 200;
  bob.call(alice.identity);
  alice.reinvite();
  world.run(50);
  alice.say('missed', { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.texts).toEqual(['missed', 'missed']);
  expect(carol.texts).toEqual(['missed']);
});

test('a repetition does not wait for a member who had missed it and has left since', () => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  bob.onMessage = 'leave';
  const id = alice.say('missed');
  world.run(50);
  bob.bye('SIP;cause=480');
  world.run(50);
  bob.call(alice.identity);
  world.run(50);
  bob.bye('SIP;cause=200');
  alice.reinvite();
  world.run(50);
  alice.say('missed', { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
});

test('what is in flight to a member who leaves by choice is no failure (promise 5)', () => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  bob.onMessage = 'leave';
  const id = alice.say('bye bye');
  world.run(50);
  bob.bye('SIP;cause=200');
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
});

test('a repetition is refused when there is no room for it', () => {
  const world = new World();
  new Focus(world, { messageBytesMax: 1000 });
  const [alice, bob, carol] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  bob.onMessage = 'leave';
  const id = alice.say('x'.repeat(800));
  world.run(50);
  bob.bye('SIP;cause=480');
  world.run(50);
  bob.call(carol.identity);
  alice.reinvite();
  world.run(50);
  for (let index = 0; index < 4; index++) carol.say('y'.repeat(800));
  world.run(50);
  alice.say('x'.repeat(800), { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(413);
  bob.onMessage = 200;
  bob.acknowledge();
  world.run(50);
  alice.say('x'.repeat(800), { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.received.filter(({ messageId }) => messageId === id)).toHaveLength(2);
});

test('media that do not come about are a loss', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.sdp = { setup: 'passive' };
  world.unreachable.add('bob');
  alice.create(['bob']);
  world.run(50);
  const id = alice.say('can you hear me?');
  world.run(1000);
  expect(bob.isUp).toBe(false);
  world.unreachable.clear();
  bob.sdp = {};
  bob.reinvite();
  world.run(50);
  expect(bob.texts).toEqual(['can you hear me?']);
  expect(alice.outcomes.get(id)).toBe(200);
});

test('a member who does not answer messages is lost after the response time (decision D-02)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  bob.onMessage = 'leave';
  const id = alice.say('hello');
  world.run(29_000);
  expect(alice.outcomes.get(id)).toBeUndefined();
  world.run(11_500);
  expect(alice.outcomes.get(id)).toBe('lost');
  bob.onMessage = 200;
  bob.reinvite();
  world.run(50);
  expect(bob.texts).toEqual(['hello', 'hello']);
  expect(carol.texts).toEqual(['hello']);
});

test('a sender whose connection breaks sends again over the next one, and is answered there', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  carol.onMessage = 'leave';
  const id = alice.say('hello');
  world.run(50);
  world.cut('alice');
  world.run(50);
  expect(alice.outcomes.get(id)).toBe('lost');
  carol.acknowledge();
  world.run(50);
  alice.reinvite();
  world.run(50);
  alice.say('hello', { id });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.texts).toEqual(['hello']);
});

test('many messages for a lost member all come when it is back', () => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  world.cut('bob');
  const texts = Array.from({ length: 400 }, (_, index) => `message ${index}`);
  for (const text of texts) alice.say(text);
  world.run(1000);
  bob.reinvite();
  world.run(1000);
  expect(bob.texts).toEqual(texts);
  expect(new Set(alice.outcomes.values())).toEqual(new Set([200]));
});

test('the BYE of a group that ends reaches a lost member too', () => {
  const { world, parties } = three();
  const [, bob] = parties;
  world.run(250_000);
  world.cut('bob');
  world.run(52_000);
  const [bye] = bob.byes as [SipRequest];
  expect(header(bye, 'Reason')).toBeUndefined();
});

test('a success report is not for a sender who is out of the session', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  carol.onMessage = 'leave';
  alice.say('hello', { isReportWanted: true });
  world.run(50);
  alice.bye('SIP;cause=480');
  world.run(50);
  carol.acknowledge();
  world.run(50);
  expect(alice.reports).toEqual([]);
  expect(bob.texts).toEqual(['hello']);
});
