/** The focus invites a user for whom there is something already, or for whom nothing can be done. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import { World } from '../../../kit/virtual/world.ts';
import { sdpIn } from './content.ts';
import {
  away,
  bob,
  ended,
  fine,
  group,
  inGroup,
  left,
  outcomes,
  phaseOf,
  requestsOf,
  says,
} from './scene.ts';

describe('a focus that invites again', () => {
  test('after the end of its session is accepted in the place of the user, who is asked at once and gets first what waits', async () => {
    const scene = await ended(['one']);
    const { world, phone, focus } = scene;
    focus.identity = 'sip:group-7@cf.test';
    focus.open(group);
    await world.run(100);
    await says(scene, 'two');
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.call.contact).toBe('sip:group-7@cf.test');
    expect(sdpIn(phone.invites[1])).toContain('a=sendrecv');
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('within a session that stands has its new leg take the place of the old', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.open(group);
    await world.run(100);
    const ids = await says(scene, 'one');
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.invites).toHaveLength(1);
    fine(scene);
  });

  test('before the end of its session could be reported goes on with its new leg [promise 6]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isQueueDown = true;
    focus.say('one');
    await world.run(10);
    focus.bye();
    await world.run(100);
    focus.open(group);
    await world.run(100);
    world.functions.isQueueDown = false;
    await world.run(2000);
    await says(scene, 'two');
    expect(focus.byes).toEqual([]);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(expect.arrayContaining(['one', 'two']));
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('after a client was lost in the delivery of its session, and before that was stored, goes on with its new leg [promise 6]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    await says(scene, 'one');
    world.functions.isQueueDown = true;
    focus.bye();
    await world.run(10);
    phone.bye('SIP;cause=480');
    await world.run(10);
    focus.open(group);
    await world.run(100);
    world.functions.isQueueDown = false;
    await world.run(2000);
    phone.manners.message = 200;
    phone.register();
    await world.run(100);
    await says(scene, 'two');
    expect(phone.talk.texts).toContain('two');
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('after the user has left begins anew', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye(left);
    await world.run(100);
    focus.open(group);
    await world.run(100);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    expect((await world.state('bob', 'c1'))?.epoch).toBe(3);
    fine(scene);
  });

  test('is refused where there is nothing to serve [RFC 3261 21.4]', async () => {
    const world = new World();
    const { focus } = world;
    focus.open({ ...group, user: 'sip:nobody@rejoin.test' });
    focus.open({ ...group, user: 'sip:rejoin.test' });
    focus.invite({ uri: bob, headers: [...focus.identified(bob)] });
    focus.manners.sdp = utf8Encode('v=0\r\n');
    focus.open(group);
    await world.run(100);
    expect(focus.refusals).toEqual([400, 404, 404, 488]);
    expect(requestsOf(focus, 'SUBSCRIBE')).toEqual([]);
  });
});
