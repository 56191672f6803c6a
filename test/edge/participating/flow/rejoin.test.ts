/** A client comes back by itself, before or while it is invited. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { sdpIn } from './content.ts';
import {
  alice,
  away,
  fine,
  inGroup,
  outcomes,
  phaseOf,
  reasonOf,
  requestsOf,
  says,
  valuesOf,
} from './scene.ts';

describe('a re-join of a running session', () => {
  test('that comes before the registration has acted is accepted, gets what was kept, and no INVITE follows [PFT-017, PFT-018, PFT-023, PFT-036, PFT-037, PFT-076, PFT-077, PFT-102]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one', 'two');
    world.functions.isDown = true;
    phone.register();
    await world.run(100);
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(1000);
    expect(call.isUp).toBe(true);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('without any registration notice is served all the same, and what is said then passes both ways [PFT-020, PFT-076, PFT-082]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    const ids = await says(scene, 'two');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(focus.talk.texts).toEqual(['hello']);
    expect(focus.invites).toEqual([]);
    expect(call.contact).toBe(focus.identity);
    expect(requestsOf(focus, 'SUBSCRIBE').map((one) => header(one, 'Expires'))).toEqual([
      '3600',
      '0',
    ]);
    fine(scene);
  });

  test('while our INVITE is out is answered 491, and one session comes about [PFT-021, PFT-022, PFT-083]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const invited = phone.call;
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([491]);
    phone.answer(200, invited);
    await world.run(100);
    expect(phone.up).toEqual([invited]);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('that is cancelled in time comes to nothing', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isDown = true;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(300);
    phone.cancel(call);
    await world.run(100);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(100);
    expect(phone.refusals).toEqual([487]);
    expect(phone.up).toEqual([]);
  });

  test('whose CANCEL crosses its 200 is ended, and what waits is kept', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    world.functions.isDown = true;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(299);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(1);
    phone.cancel(call);
    await world.run(100);
    expect(phone.refusals).toEqual([]);
    expect(phone.up).toEqual([]);
    expect(await phaseOf(world)).toBe('buffering');
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('that is not decided on in time is answered 503 [PFT-076]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isDown = true;
    phone.rejoin(focus.identity, 'c1');
    await world.run(16_000);
    expect(phone.refusals).toEqual([503]);
    expect(valuesOf(phone.refused, 'Retry-After')).toEqual(['5']);
  });

  test('that the queue does not take is answered 503', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isQueueDown = true;
    phone.rejoin(focus.identity, 'c1');
    await world.run(12_000);
    expect(phone.refusals).toEqual([503]);
  });

  test('of a client that still has a session takes its place [O-06]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const [first] = phone.up;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.up).toEqual([call]);
    expect(first?.isOver).toBe(true);
    expect(phone.byes.map(reasonOf)).toEqual(['SIP;cause=200;text="Call completed elsewhere"']);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('of another device takes the place of the first, and what that has not acknowledged goes to it [O-06]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    const ids = await says(scene, 'one');
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(100);
    tablet.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(tablet.talk.texts).toEqual(['one']);
    expect(tablet.talk.ids).toEqual(ids);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(phone.up).toEqual([]);
    fine(scene);
  });

  test('after media were lost ends the old dialog, which still stands', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.network.streams.cut('phone.test');
    await world.run(100);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.byes).toHaveLength(1);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });
});

describe('a re-join of which nothing is kept', () => {
  test('is relayed to the focus, and the legs are joined when it accepts [PFT-029, PFO-023]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(focus.invites).toHaveLength(1);
    expect(valuesOf(focus.invites[0], 'Contribution-ID')).toEqual(['c1']);
    expect(valuesOf(focus.invites[0], 'P-Asserted-Identity')).toEqual([`<${phone.uri}>`]);
    expect(sdpIn(focus.invites[0])).toContain('a=sendrecv');
    expect(call.isUp).toBe(true);
    expect(call.contact).toBe(focus.identity);
    await says(scene, 'one');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(focus.talk.texts).toEqual(['hello']);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('hears what the focus answers, ringing and refusal with its warning', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.manners.invite = 'ring';
    focus.manners.inviteHeaders = [
      { name: 'Warning', value: '399 cf "127 Service not authorised"' },
    ];
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    focus.answer(403);
    await world.run(100);
    expect(phone.refusals).toEqual([403]);
    expect(world.edge.participating.size).toBe(0);
    expect(valuesOf(phone.refused, 'Warning')).toEqual(['399 cf "127 Service not authorised"']);
    expect(phone.rang).toBe(1);
  });

  test('that the client gives up is given up at the focus', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.manners.invite = 'ring';
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    phone.cancel(call);
    await world.run(100);
    expect(focus.cancels).toHaveLength(1);
    expect(phone.refusals).toEqual([487]);
    expect(world.edge.participating.size).toBe(0);
  });

  test('is answered 408 when the focus is silent, and 503 when it is out of reach', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    world.network.offline.add(focus.host);
    phone.rejoin(focus.identity, 'c1');
    await world.run(40_000);
    expect(phone.refusals).toEqual([408]);
    world.network.kill(focus.host);
    phone.rejoin(focus.identity, 'c1');
    await world.run(1000);
    expect(phone.refusals).toEqual([408, 503]);
  });

  test('to a focus that answers without media is refused with 488, and the focus gets a BYE', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.manners.sdp = new TextEncoder().encode('v=0\r\n');
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([488]);
    expect(focus.byes).toHaveLength(2);
  });
});

describe('an INVITE of a client', () => {
  test('to the conference factory goes to the focus with its list, and the session is kept from then on', async () => {
    const { world, phone, focus } = await inGroup();
    const call = phone.create('sip:conference-factory@cf.test', 'c9', [alice]);
    await world.run(100);
    const [invite] = focus.invites;
    expect(valuesOf(invite, 'Require')).toContain('recipient-list-invite');
    expect(valuesOf(invite, 'Subject')).toEqual(['Hiking']);
    expect(call.isUp).toBe(true);
    const state = await world.state('bob', 'c9');
    expect(state?.phase).toBe('joined');
    expect(state?.roster).toEqual([alice, phone.uri]);
    expect(state?.instance).toBe(`<${phone.instance}>`);
  });

  test('without Contribution-ID is refused with 400, without media with 488', async () => {
    const { world, phone, focus } = await inGroup();
    const from = [
      { name: 'From', value: `<${phone.uri}>` },
      { name: 'To', value: `<${focus.identity}>` },
    ];
    phone.invite({ uri: focus.identity, headers: from });
    await world.run(100);
    phone.manners.sdp = new TextEncoder().encode('v=0\r\n');
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([400, 488]);
  });
});
