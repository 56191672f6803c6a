import { describe, expect, test } from 'vitest';
import {
  authorMessagesMax,
  queueMessagesMax,
  recentIdsMax,
} from '../../../edge/controlling/limit.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, type Party } from './party.ts';

type Three = [Party, Party, Party];

function three(options: ConstructorParameters<typeof Focus>[1] = {}) {
  const world = new World();
  const focus = new Focus(world, options);
  return { world, focus, parties: inGroup(world, ['alice', 'bob', 'carol']) as Three };
}

describe('a repeated Message-ID', () => {
  test('of the same sender is answered, and not passed on again (RFC 4975 5.4)', () => {
    const { world, parties } = three();
    const [alice, bob, carol] = parties;
    const id = alice.say('once');
    world.run(50);
    alice.say('once', { id });
    carol.say('mine', { id });
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
    expect(bob.texts).toEqual(['once', 'mine']);
  });

  test('that wants a report gets it again, once all have the message (RFC 4975 5.4)', () => {
    const { world, parties } = three();
    const [alice, bob] = parties;
    const id = alice.say('once', { isReportWanted: true });
    world.run(50);
    alice.say('once', { id, isReportWanted: true });
    world.run(50);
    expect(alice.reports).toEqual([`${id} 200`, `${id} 200`]);
    expect(bob.texts).toEqual(['once']);
  });

  test('that comes before the answer waits for the same answer', () => {
    const { world, parties } = three();
    const [alice, bob, carol] = parties;
    carol.onMessage = 'leave';
    const id = alice.say('once');
    world.run(50);
    alice.reinvite();
    world.run(50);
    alice.say('once', { id });
    world.run(50);
    expect(alice.outcomes.get(id)).not.toBe(200);
    carol.acknowledge();
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
    expect(bob.texts).toEqual(['once']);
    expect(carol.texts).toEqual(['once']);
  });

  test('is forgotten after many others', () => {
    const { world, parties } = three();
    const [alice, bob] = parties;
    alice.say('first', { id: 'first' });
    for (let index = 0; index < recentIdsMax; index++) {
      alice.say('x');
      if (index % 200 === 0) world.run(50);
    }
    world.run(1000);
    expect(bob.received).toHaveLength(recentIdsMax + 1);
    alice.say('first', { id: 'first' });
    world.run(50);
    expect(bob.texts.filter((text) => text === 'first')).toHaveLength(2);
  });
});

describe('at its bounds the focus refuses (promise 8)', () => {
  test('413 to a member with too many unanswered messages', () => {
    const { world, parties } = three();
    const [alice, bob, carol] = parties;
    carol.onMessage = 'leave';
    const ids = Array.from({ length: authorMessagesMax + 1 }, (_, index) => alice.say(`${index}`));
    world.run(500);
    expect(alice.outcomes.get(ids.at(-1) ?? '')).toBe(413);
    expect(alice.outcomes.size).toBe(1);
    expect(bob.received).toHaveLength(authorMessagesMax);
    bob.say('I may', { to: [alice.uri] });
    world.run(50);
    expect(alice.texts).toEqual(['I may']);
  });

  test('413 when a member has too many messages to acknowledge', () => {
    const { world, parties } = three();
    const [alice, bob, carol] = parties;
    carol.onMessage = 'leave';
    const each = queueMessagesMax / 2;
    for (let index = 0; index < each; index++) {
      alice.say(`a${index}`);
      bob.say(`b${index}`);
    }
    world.run(1000);
    expect(carol.received).toHaveLength(queueMessagesMax);
    const parties4 = [alice, bob].map((party) => party.outcomes.size);
    expect(parties4).toEqual([0, 0]);
    carol.acknowledge();
    world.run(1000);
    expect(alice.outcomes.size).toBe(each);
    expect(new Set(bob.outcomes.values())).toEqual(new Set([200]));
  });

  test('413 when a member has too many bytes to acknowledge, and again room when it has acknowledged', () => {
    const { world, parties } = three({ messageBytesMax: 1000 });
    const [alice, , carol] = parties;
    carol.onMessage = 'leave';
    const ids = Array.from({ length: 6 }, () => alice.say('x'.repeat(800)));
    world.run(100);
    expect(ids.map((id) => alice.outcomes.get(id))).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
      413,
      413,
    ]);
    carol.onMessage = 200;
    carol.acknowledge();
    world.run(50);
    const id = alice.say('x'.repeat(800));
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
  });
});

describe('while a connection has too much unwritten', () => {
  const backlogBytes = 10_000_000;

  /** The connections of the focus with so much unwritten. */
  function stall(focus: Focus, bytes: number): void {
    const { node } = focus;
    const { nowMs } = node.world;
    node.do(() => {
      for (let count = 1; count < 10; count++) node.msrp.backlog(nowMs, `in/${count}`, bytes);
    });
  }

  test('messages wait in order, and go on when there is room', () => {
    const { world, focus, parties } = three();
    const [alice, bob] = parties;
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    stall(focus, backlogBytes);
    for (const text of texts) alice.say(text);
    alice.say('<isComposing/>', { type: 'application/im-iscomposing+xml' });
    world.run(1000);
    expect(bob.texts).toEqual([]);
    stall(focus, 0);
    world.run(1000);
    expect(bob.texts).toEqual(texts);
    expect(alice.outcomes.size).toBe(texts.length + 1);
  });

  test('isComposing does not pile up', () => {
    const { world, focus, parties } = three();
    const [alice, bob] = parties;
    stall(focus, backlogBytes);
    const raw = new TextEncoder().encode('<isComposing/>');
    for (let count = 0; count < 200; count++) {
      alice.say('', { outer: 'application/im-iscomposing+xml', raw });
    }
    world.run(1000);
    stall(focus, 0);
    world.run(1000);
    expect(bob.texts.length).toBeLessThan(100);
    alice.say('still here');
    world.run(50);
    expect(bob.texts.at(-1)).toBe('still here');
  });
});
