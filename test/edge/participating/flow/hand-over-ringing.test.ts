/** An edge is asked to end while a session is still being set up: nobody is left ringing, and nobody is forgotten. */
import { describe, expect, test } from 'vitest';
import { World } from '../../../kit/virtual/world.ts';
import { alice, group } from './scene.ts';

describe('a client that is still being invited by the focus when an edge ends', () => {
  test('is asked by the next one, and hears what was said meanwhile; the focus hears nothing of that [design 7]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    const { focus } = world;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const leg = focus.open(group);
    await world.run(100);
    expect(phone.rang).toBe(0);
    world.edge.handOver('edge-2');
    await world.run(50);
    expect(phone.cancels).toHaveLength(1);
    world.edge.kill();
    phone.manners.invite = 'leave';
    await world.startEdge();
    await world.run(100);
    const id = focus.say('one');
    await world.run(100);
    phone.answer(200);
    await world.run(500);
    expect(leg.isUp).toBe(true);
    expect(focus.refusals).toEqual([]);
    expect(focus.byes).toEqual([]);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    expect(focus.talk.outcomes.get(id)).toBe(200);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
    expect(world.functions.problems).toEqual([]);
  });

  test('gets a CANCEL, and the focus 503, where nothing is kept for absent users [PFT-093, RFC 3261 21.5.4]', async () => {
    const world = new World({ isStoreAndForward: false });
    const phone = world.client('phone', 'bob');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    world.focus.open(group);
    await world.run(100);
    world.edge.handOver('edge-2');
    await world.run(50);
    expect(phone.cancels).toHaveLength(1);
    expect(world.focus.refusals).toEqual([503]);
    expect(world.edge.participating.leaving).toBe('done');
    expect(world.edge.participating.size).toBe(0);
  });
});

describe('a client whose own INVITE waits for the focus when an edge ends', () => {
  test('is told to try again, and the focus is not asked any more [RFC 3261 21.5.4]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    const { focus } = world;
    phone.register();
    focus.manners.invite = 'ring';
    await world.run(100);
    phone.create('sip:conference-factory@cf.test', 'c9', [alice]);
    await world.run(100);
    expect(focus.invites).toHaveLength(1);
    world.edge.handOver('edge-2');
    await world.run(50);
    expect(phone.refusals).toEqual([503]);
    expect(focus.cancels).toHaveLength(1);
    expect(world.edge.participating.leaving).toBe('done');
    expect(world.edge.participating.size).toBe(0);
  });
});
