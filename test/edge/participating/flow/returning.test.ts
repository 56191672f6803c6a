/** A client registers again while the group session goes on: it is invited back and gets what was kept. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { World } from '../../../kit/virtual/world.ts';
import { listIn, sdpIn } from './content.ts';
import {
  alice,
  away,
  bob,
  carol,
  fine,
  group,
  isLive,
  phaseOf,
  requestsOf,
  says,
  valuesOf,
} from './scene.ts';

describe('a client that registers again', () => {
  test('is invited into the running session and gets what was kept, in order and unchanged, then what is said now [PFT-003, PFT-015, PFT-035, PFT-056, PFT-060, PFT-061, PFT-095]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one', 'two', 'three');
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two', 'three']);
    expect(phone.talk.got.map(({ text }) => /Message-ID: (\S+)/.exec(text)?.[1])).toEqual([
      'imdn-m1',
      'imdn-m2',
      'imdn-m3',
    ]);
    await isLive(scene, 'four');
    expect(await phaseOf(world)).toBe('joined');
    phone.say('back again');
    await world.run(100);
    expect(focus.talk.texts).toEqual(['back again']);
    expect(phone.talk.outcomes.get('phone-1')).toBe(200);
    fine(scene);
  });

  test('is invited with all of the first invitation, sendrecv, and the latest participants [PFT-008, PFT-010, PFT-011, PFT-012, PFT-034, PFT-058, PFT-059, PFT-072, D-08]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    focus.notify([alice, bob, carol]);
    await world.run(100);
    phone.register();
    await world.run(100);
    const [first, again] = phone.invites;
    expect(again).toBeDefined();
    for (const name of [
      'Contribution-ID',
      'Conversation-ID',
      'Subject',
      'Contact',
      'Accept-Contact',
    ]) {
      expect(valuesOf(again, name).slice(0, 1), name).toEqual(valuesOf(first, name).slice(0, 1));
    }
    expect(valuesOf(again, 'Call-ID')).not.toEqual(valuesOf(first, 'Call-ID'));
    expect(sdpIn(again)).toContain('a=sendrecv');
    expect(listIn(first)).toEqual([alice, bob]);
    expect(listIn(again)).toEqual([alice, bob, carol]);
  });

  test('gets its delivery at the device that was in the group, named by its instance [PFT-001, PFT-070, PFT-071, PFT-123]', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(1000);
    expect(tablet.invites).toEqual([]);
    phone.register();
    await world.run(100);
    expect(tablet.invites).toEqual([]);
    expect(phone.talk.texts).toEqual(['one']);
    expect(valuesOf(phone.invites[1], 'Accept-Contact')).toContain(
      `*;+sip.instance="<${phone.instance}>";require;explicit`,
    );
  });

  test('gets what was kept at one device only, whichever accepts first, where none was in the group [PFT-002, PFT-124]', async () => {
    const world = new World();
    world.focus.open(group);
    await world.run(100);
    world.focus.say('one');
    const phone = world.client('phone', 'bob');
    const tablet = world.client('tablet', 'bob');
    phone.manners.invite = 'ring';
    phone.register();
    tablet.register();
    await world.run(200);
    expect([...phone.talk.texts, ...tablet.talk.texts]).toEqual(['one']);
  });

  test('ends the subscription of the function once everything is delivered, if the provider wants that [PFT-014, PFT-062]', async () => {
    const scene = await away();
    await says(scene, 'one');
    scene.phone.register();
    await scene.world.run(100);
    const subscribes = requestsOf(scene.focus, 'SUBSCRIBE');
    expect(subscribes.map((request) => header(request, 'Expires'))).toEqual(['3600', '0']);
    const kept = await away({ isUnsubscribedAfterDelivery: false });
    await says(kept, 'one');
    kept.phone.register();
    await kept.world.run(100);
    expect(requestsOf(kept.focus, 'SUBSCRIBE')).toHaveLength(1);
  });

  test('by a re-join has the subscription of the function ended, too, if the provider wants that [PFT-019]', async () => {
    const scene = await away();
    await says(scene, 'one');
    scene.phone.rejoin(scene.focus.identity, 'c1');
    await scene.world.run(300);
    expect(scene.phone.talk.texts).toEqual(['one']);
    const subscribes = requestsOf(scene.focus, 'SUBSCRIBE');
    expect(subscribes.map((request) => header(request, 'Expires'))).toEqual(['3600', '0']);
  });

  test('hears what was kept, which is done with when the client has it, and the function notifies nobody in the client’s place [PFB-001, PFB-003]', async () => {
    const scene = await away();
    await says(scene, 'one');
    scene.phone.register();
    await scene.world.run(300);
    expect(scene.phone.talk.texts).toEqual(['one']);
    expect(requestsOf(scene.focus, 'MESSAGE')).toEqual([]);
    const state = await scene.world.state('bob', 'c1');
    expect(state?.cursor).toBe(state?.last);
  });

  test('is invited even if nothing waits, unless the provider wants no such thing [O-03]', async () => {
    const { world, phone } = await away();
    phone.register();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    const other = await away({ isInvitedWithoutPending: false });
    other.phone.register();
    await other.world.run(100);
    expect(other.phone.up).toHaveLength(0);
    expect(await phaseOf(other.world)).toBe('buffering');
    await says(other, 'one');
    other.phone.register();
    await other.world.run(100);
    expect(other.phone.talk.texts).toEqual(['one']);
  });

  test('hears each group in a session of its own [PFT-057]', async () => {
    const scene = await away();
    const { world, phone, focus, leg } = scene;
    focus.identity = 'sip:group-2@cf.test';
    const other = focus.open({ ...group, contributionId: 'c2' });
    await world.run(100);
    focus.say('of one', leg);
    focus.say('of two', other);
    await world.run(100);
    phone.register();
    await world.run(200);
    expect(phone.up).toHaveLength(2);
    const texts = (session: string) =>
      phone.talk.got
        .filter((got) => got.session === session)
        .map(({ text }) => text.split('\r\n').at(-1));
    expect(phone.up.map(({ session }) => texts(session)).sort()).toEqual([['of one'], ['of two']]);
  });
});
