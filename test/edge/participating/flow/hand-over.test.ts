/** An edge that is asked to end gives what it holds to another one: nobody hears more of it than where the media are from now on. */
import { describe, expect, test } from 'vitest';
import { restoredRoutes } from '../../../../edge/participating/client-restore.ts';
import { away, bob, bobInGroup, ended, fine, group, inGroup, says } from './scene.ts';

describe('a client in a running session', () => {
  test('gets a re-INVITE with a new path, and nothing else [design 7]', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    await says(scene, 'one');
    await world.handOver();
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(phone.invites).toHaveLength(1);
    expect(phone.byes).toHaveLength(0);
    expect(phone.up).toHaveLength(1);
    const ids = await says(scene, 'two', 'three');
    expect(phone.talk.texts).toEqual(['one', 'two', 'three']);
    expect(ids.map((id) => focus.talk.outcomes.get(id))).toEqual([200, 200]);
    phone.say('four');
    await world.run(100);
    expect(focus.talk.texts).toEqual(['four']);
    fine(scene);
  });

  test('stays in it though the focus has to be asked for the group session anew [design 7]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 481;
    focus.manners.invite = 'ring';
    await world.handOver();
    await world.run(500);
    expect(phone.up).toHaveLength(1);
    focus.answer();
    await world.run(100);
    expect(phone.byes).toHaveLength(0);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('is asked when the store answers again [design 5.9]', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    world.edge.handOver('edge-2');
    await world.run(100);
    world.edge.kill();
    await world.startEdge();
    world.edge.lookups = 'fault';
    await world.run(2_000);
    world.edge.lookups = 'answer';
    await world.run(1_000);
    expect(phone.up).toHaveLength(1);
    expect(phone.invites).toHaveLength(1);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('may leave it at the new edge as it likes [PFT-021]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    await world.handOver();
    await world.run(100);
    phone.bye('SIP;cause=200;text="Call completed"');
    await world.run(100);
    expect(focus.byes).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
    fine(scene);
  });

  test('gets what was still waiting for it over the new path, in order and once [design 6.2]', async () => {
    const scene = await away();
    const { world, phone } = scene;
    const texts = Array.from({ length: 200 }, (_, number) => `text ${number}`);
    await says(scene, ...texts);
    phone.manners.message = 'leave';
    phone.register();
    await world.run(50);
    expect(phone.up).toHaveLength(1);
    world.edge.handOver('edge-2');
    await world.run(20);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(3_500);
    world.edge.kill();
    await world.startEdge();
    await world.run(1_000);
    expect(phone.talk.texts).toEqual(texts);
    expect(phone.invites).toHaveLength(2);
    fine(scene);
  });

  test('that does not answer what it got: that is stored, and comes again [design 6.1]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    const ids = await says(scene, 'one');
    await world.handOver(4_000);
    expect(focus.talk.outcomes.get(ids[0] ?? '')).toBe(200);
    phone.manners.message = 200;
    await world.run(1_000);
    expect(phone.talk.texts.at(-1)).toBe('one');
    fine(scene);
  });
});

describe('a client that can not be restored', () => {
  test.each([481, 488])(
    'because it answers %i is invited at its present registration',
    async (status) => {
      const scene = await inGroup();
      const { world, phone } = scene;
      phone.manners.update = status;
      await world.handOver();
      await world.run(500);
      await says(scene, 'one');
      expect(phone.invites).toHaveLength(2);
      expect(phone.up).toHaveLength(1);
      expect(phone.talk.texts).toEqual(['one']);
      fine(scene);
    },
  );

  test('is invited at the registration that had brought it back before', async () => {
    const scene = await away();
    const { world, phone } = scene;
    phone.register();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    phone.manners.update = 481;
    await world.handOver();
    await world.run(500);
    await says(scene, 'one');
    expect(phone.invites).toHaveLength(3);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('because it says nothing is invited after some seconds', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.manners.update = 'leave';
    await world.handOver();
    await world.run(100);
    await says(scene, 'one');
    await world.run(6_000);
    expect(phone.invites).toHaveLength(2);
    expect(phone.talk.texts).toEqual(['one']);
    phone.answerUpdate();
    await world.run(1_000);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('because its media do not come up is invited too', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.manners.isDeaf = true;
    await world.handOver();
    await world.run(100);
    phone.manners.isDeaf = false;
    await world.run(60_000);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('because it is not registered any more gets what is said when it is back', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.register(0);
    await world.run(100);
    await world.handOver();
    await world.run(100);
    await says(scene, 'one');
    phone.restart();
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });
});

describe('a client that', () => {
  test('leaves before it was looked up is not asked where its session goes on', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.edge.handOver('edge-2');
    await world.run(100);
    world.edge.kill();
    await world.startEdge();
    world.edge.lookups = 'hold';
    await world.run(50);
    phone.bye('SIP;cause=200;text="Call completed"');
    await world.run(50);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(500);
    expect(phone.invites).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
    expect(focus.up).toHaveLength(0);
    fine(scene);
  });
});

describe('the way to a client whose session was handed over', () => {
  const edge = 'sip:10.0.0.2:5060;transport=tcp;lr;edge=b;flow=7';
  const before = '<sip:10.0.0.1:5060;transport=tcp;lr;edge=a;flow=3>';
  const proxy = '<sip:p.example.com;lr>';

  test('leads over the edge that it is connected to now, and on by proxies of others [RFC 5626, RFC 3261 12.2.1.1]', () => {
    expect(restoredRoutes({ routes: [before, proxy] }, { path: [edge] })).toEqual([
      `<${edge}>`,
      proxy,
    ]);
  });

  test('is its own contact where no edge and no proxy stands between', () => {
    expect(restoredRoutes({ routes: [before] }, {})).toEqual([]);
    expect(restoredRoutes({ routes: ['nonsense'] }, { path: ['tel:+49'] })).toEqual(['nonsense']);
  });
});

describe('whoever is away when an edge ends', () => {
  test('gets everything from the next one [design 6.1]', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    await world.handOver();
    await world.run(100);
    await says(scene, 'two');
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });

  test('and was being asked is asked by the next one', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    phone.manners.invite = 200;
    await world.handOver();
    await world.run(500);
    expect(phone.cancels).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('with messages of an ended session gets them all the same', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    await world.handOver();
    phone.register();
    await world.run(500);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    fine(scene);
  });
});

describe('an edge that is ending', () => {
  test('takes nothing new: whoever asks may ask again elsewhere [RFC 3261 21.5.4]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.edge.handOver('edge-2');
    expect(world.edge.participating.leaving).toBe('under-way');
    focus.open({ user: bob, contributionId: 'c2', members: group.members });
    phone.register();
    await world.run(100);
    expect(focus.refusals).toEqual([503]);
    expect(world.edge.participating.leaving).toBe('done');
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    fine(scene);
  });
});
