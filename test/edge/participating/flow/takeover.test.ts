/** What is rare around a session: what its invitation says, participants told twice, legs taken up by another edge, deliveries that give way. */
import { describe, expect, test } from 'vitest';
import { alice, away, bob, carol, ended, fine, group, inGroup, says, valuesOf } from './scene.ts';

describe('the invitation of the focus', () => {
  test('that says which service it is for says so to the client, unchanged [D-08]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const value = '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session.group"';
    const headers = [{ name: 'Accept-Contact', value }];
    focus.open({ ...group, contributionId: 'c2', headers });
    focus.open({
      ...group,
      contributionId: 'c3',
      headers: [{ name: 'Accept-Contact', value: '*;audio' }],
    });
    await world.run(100);
    expect(valuesOf(phone.invites[1], 'Accept-Contact')).toEqual([value]);
    expect(valuesOf(phone.invites[2], 'Accept-Contact')).toHaveLength(2);
  });
});

describe('participants', () => {
  test('that are told again unchanged are not reported again', async () => {
    const scene = await away();
    const { world, focus } = scene;
    focus.notify([alice, bob, carol]);
    await world.run(100);
    const before = (await world.state('bob', 'c1'))?.counter;
    focus.notify([alice, bob, carol]);
    await world.run(100);
    expect((await world.state('bob', 'c1'))?.counter).toBe(before);
    expect((await world.state('bob', 'c1'))?.roster).toEqual([alice, bob, carol]);
  });

  test('are followed on where the focus goes on elsewhere [RFC 6665 4.1.3]', async () => {
    const scene = await away();
    const { world, focus } = scene;
    focus.notify([alice, bob], { state: 'terminated;reason=deactivated' });
    await world.run(1_100);
    focus.subscriptions.shift();
    expect(focus.subscriptions).toHaveLength(1);
    focus.notify([alice, bob, carol]);
    await world.run(100);
    expect((await world.state('bob', 'c1'))?.roster).toEqual([alice, bob, carol]);
    fine(scene);
  });
});

describe('a focus that ends every subscription as one that goes on elsewhere', () => {
  const state = 'terminated;reason=deactivated';

  test('is asked again with a pause, and not any more once the client is back [RFC 6665 4.1.3]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    const asked = () => focus.requests.filter(({ method }) => method === 'SUBSCRIBE').length;
    const before = asked();
    for (let number = 0; number < 50; number++) {
      focus.notify([alice, bob], { state });
      focus.subscriptions.length = 0;
      await world.run(100);
    }
    expect(asked() - before).toBeLessThanOrEqual(5);
    await world.run(1_000);
    focus.notify([alice, bob], { state });
    phone.register();
    await world.run(500);
    const back = asked();
    await world.run(5_000);
    expect(asked()).toBe(back);
    fine(scene);
  });
});

describe('an edge that takes a leg up', () => {
  test('waits until the store says what would be a repeat [design 5.9]', async () => {
    const scene = await away();
    const { world, phone, focus, leg } = scene;
    await says(scene, 'one');
    world.edge.kill();
    await world.startEdge();
    world.edge.lookups = 'fault';
    await world.run(1000);
    expect(leg.isUp).toBe(false);
    world.edge.lookups = 'answer';
    await world.run(1000);
    expect(leg.isUp).toBe(true);
    focus.say('two', leg);
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });

  test('while the focus comes by itself goes on with what the focus has set up', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    world.edge.kill();
    await world.startEdge();
    world.edge.lookups = 'hold';
    await world.run(100);
    world.edge.lookups = 'answer';
    const leg = focus.open(group);
    await world.run(100);
    world.edge.release();
    await world.run(100);
    focus.say('two', leg);
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });
});

describe('the INVITE that brings a leg back', () => {
  test('may ring at the focus first', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 481;
    focus.manners.invite = 'ring';
    world.network.streams.cut(focus.host);
    await world.run(200);
    focus.answer();
    await world.run(200);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });
});

describe('the INVITE that brings a leg back, given up for an INVITE of the focus', () => {
  test.each([
    ['487 to its CANCEL', 'ring'],
    ['404 before that', 404],
  ] as const)('ends nothing by its %s', async (_answer, manner) => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    focus.manners.update = 481;
    focus.manners.invite = manner;
    world.network.fate = ({ from, message }) =>
      from === focus.host && message.kind === 'response' && message.status === 404 ? [300] : [1];
    world.network.streams.cut(focus.host);
    await world.run(100);
    focus.identity = 'sip:group-7@cf.test';
    const leg = focus.open(group);
    await world.run(1000);
    await says({ ...scene, leg }, 'two');
    expect((await world.state('bob', 'c1'))?.phase).toBe('buffering');
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });
});

describe('a delivery', () => {
  test('that is to be tried again counts as under way: a re-join is answered 491, and the next attempt brings everything', async () => {
    const scene = await away({ deliveryRetries: 1 });
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    phone.manners.invite = 200;
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(10_000);
    expect(phone.refusals).toEqual([491]);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('of an ended session that is to be tried again is not, once the client has re-joined', async () => {
    const scene = await ended(['one'], { deliveryRetries: 1 });
    const { world, phone, focus } = scene;
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    phone.manners.invite = 200;
    phone.rejoin(focus.identity, 'c1');
    await world.run(10_000);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts[0]).toBe('one');
    fine(scene);
  });

  test('whose clients are still being looked up gives way to a re-join of an ended session', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    focus.answer();
    await world.run(100);
    world.edge.release();
    await world.run(1000);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    fine(scene);
  });
});
