/** Store and queue that do not answer, and edges that die. */
import { describe, expect, test } from 'vitest';
import { World } from '../../../kit/virtual/world.ts';
import {
  away,
  bobInGroup,
  ended,
  fine,
  group,
  inGroup,
  outcomes,
  phaseOf,
  requestsOf,
  says,
} from './scene.ts';

describe('a store that does not answer', () => {
  test('has an invitation of the focus refused with 503', async () => {
    const world = new World();
    world.edge.lookups = 'fault';
    world.focus.open(group);
    await world.run(100);
    expect(world.focus.refusals).toEqual([503]);
  });

  test('has a re-join refused with 503, first or when it is to be relayed', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.edge.lookups = 'fault';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
  });

  test('has a delivery tried again at the next registration', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    world.edge.lookups = 'fault';
    phone.register();
    await world.run(100);
    expect(phone.invites).toHaveLength(1);
    expect(await phaseOf(world)).toBe('buffering');
    world.edge.lookups = 'answer';
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('when a delivery reads is asked again until it answers', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    world.edge.lookups = 'fault';
    phone.answer();
    await world.run(2000);
    expect(phone.talk.texts).toEqual([]);
    world.edge.lookups = 'answer';
    await world.run(2000);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });
});

describe('a queue that does not answer', () => {
  test('has no message answered 200: the focus hears 408, and what it repeats is kept [promise 1]', async () => {
    const scene = await away();
    const { world, phone, focus, leg } = scene;
    world.functions.isQueueDown = true;
    const ids = await says(scene, 'one');
    await world.run(9000);
    expect(outcomes(focus, ids)).toEqual([undefined]);
    expect(focus.talk.losses).toEqual([]);
    await world.run(2000);
    expect(focus.talk.losses).toEqual(['refused']);
    expect(leg.isUp).toBe(true);
    world.functions.isQueueDown = false;
    focus.repeat('m1', 'one', leg);
    await world.run(100);
    expect(outcomes(focus, ids)).toEqual([200]);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('loses no loss of a client: it is reported when the queue works', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    world.functions.isQueueDown = true;
    phone.restart();
    await world.run(20_000);
    world.functions.isQueueDown = false;
    await world.run(1000);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });
});

describe('an edge that dies', () => {
  test('while the client is away has its leg to the focus taken up by the next, and what the focus repeats is recognised [design 5.9]', async () => {
    const scene = await away();
    const { world, phone, focus, leg } = scene;
    await says(scene, 'one');
    await world.restartEdge();
    await world.run(1000);
    expect(leg.isUp).toBe(true);
    expect(requestsOf(focus, 'SUBSCRIBE')).toHaveLength(2);
    focus.repeat('m1', 'one', leg);
    focus.say('two', leg);
    await world.run(100);
    expect(outcomes(focus, ['m1', 'm2'])).toEqual([200, 200]);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });

  test('while the client is there has it invited again by the next, and nothing that was answered is lost', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    phone.manners.message = 'leave';
    await says(scene, 'one');
    await world.restartEdge();
    phone.manners.message = 200;
    await world.run(1000);
    expect(phone.up).toHaveLength(1);
    focus.repeat('m1', 'one', leg);
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'one']);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('in the middle of a delivery has at most the window sent again, with the same ids [promise 3]', async () => {
    const scene = await away();
    const { world, phone } = scene;
    const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`);
    const ids = await says(scene, ...texts);
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    phone.talk.answer(200, 50);
    await world.run(100);
    const before = phone.talk.ids.length;
    await world.restartEdge();
    phone.manners.message = 200;
    await world.run(2000);
    expect(new Set(phone.talk.ids)).toEqual(new Set(ids));
    const again = phone.talk.ids.slice(before);
    expect(again).toEqual(ids.slice(ids.indexOf(again[0] ?? '')));
    expect(before + again.length - ids.length).toBeLessThanOrEqual(64);
    fine(scene);
  });

  test('in the middle of the delivery of an ended session has the rest delivered by the next', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    await world.restartEdge();
    phone.manners.message = 200;
    await world.run(2000);
    expect(phone.talk.ids.slice(-3, -1)).toEqual(['m1', 'm2']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('whose focus has forgotten the dialog meanwhile has the next INVITE the group session', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    focus.manners.update = 481;
    await world.restartEdge();
    await world.run(1000);
    expect(focus.invites).toHaveLength(1);
    focus.say('two');
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });

  test('with a decision to release not carried out has the next one leave the group [PFT-064]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    phone.manners.invite = 603;
    phone.register();
    await world.run(100);
    expect(focus.byes).toHaveLength(1);
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    await world.restartEdge();
    await world.run(1000);
    expect(world.edge.participating.size).toBe(0);
    fine(scene);
  });
});
