/** Things that cross: registrations, acceptances, re-joins, the focus's BYE. At the end there is one session, or none. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { Client } from '../../kit/virtual/client.ts';
import { World } from '../../kit/virtual/world.ts';
import { alice, away, bob, ended } from './rosters.ts';

const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';

function reasons(phone: Client): readonly (string | undefined)[] {
  return phone.byes.map((bye) => header(bye, 'Reason'));
}

/** Two devices of bob, neither of which has accepted the session; a message waits. */
async function twoDevices(): Promise<{ world: World; phone: Client; tablet: Client }> {
  const world = new World();
  const phone = world.client('phone', 'bob');
  const tablet = world.client('tablet', 'bob');
  world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
  await world.run(100);
  world.focus.say('one');
  await world.run(100);
  phone.manners.invite = 'ring';
  tablet.manners.invite = 'ring';
  phone.register();
  tablet.register();
  await world.run(500);
  return { world, phone, tablet };
}

describe('two devices that are both asked', () => {
  test('the first to accept wins, the other is cancelled with the reason [PFT-002]', async () => {
    const { world, phone, tablet } = await twoDevices();
    phone.answer();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(tablet.cancels.map((cancel) => header(cancel, 'Reason'))).toEqual([elsewhere]);
    expect(tablet.invites).toHaveLength(1);
  });

  test('of two acceptances that cross, the newer stays and gets everything [PFT-053, O-13]', async () => {
    const { world, phone, tablet } = await twoDevices();
    phone.manners.message = 'leave';
    phone.answer();
    tablet.answer();
    await world.run(100);
    expect(reasons(phone)).toEqual([elsewhere]);
    expect(tablet.talk.texts).toEqual(['one']);
    expect([...phone.up, ...tablet.up]).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.instance).toBe('<urn:uuid:tablet>');
  });

  test('an acceptance that crosses the leaving of the other device is refused [PFT-032]', async () => {
    const { world, phone, tablet } = await twoDevices();
    world.network.fate = ({ from, message }) =>
      from === 'tablet.test' && message.kind === 'response' ? [200] : [1];
    phone.answer();
    tablet.answer();
    await world.run(50);
    phone.bye('SIP;cause=200');
    await world.run(1000);
    expect(reasons(tablet)).toEqual([elsewhere]);
    expect([...phone.up, ...tablet.up]).toEqual([]);
  });

  test('the same when the focus invites both [O-13]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    const tablet = world.client('tablet', 'bob');
    for (const device of [phone, tablet]) device.register();
    await world.run(100);
    world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
    await world.run(100);
    expect(reasons(phone)).toEqual([elsewhere]);
    world.focus.say('one');
    await world.run(100);
    expect(tablet.talk.texts).toEqual(['one']);
    expect((await world.state('bob', 'c1'))?.instance).toBe('<urn:uuid:tablet>');
  });
});

describe('registrations', () => {
  test('that come at once lead to one session [PFT-021]', async () => {
    const { world, phone } = await away();
    phone.manners.message = 200;
    phone.register();
    phone.register();
    await world.run(1);
    phone.register();
    await world.run(1000);
    expect(phone.up).toHaveLength(1);
    expect(new Set(phone.talk.texts)).toEqual(new Set(['one', 'two']));
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });

  test('a device that had not accepted the session is not asked [PFT-001, PFT-070]', async () => {
    const { world, phone } = await away();
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(1000);
    expect(tablet.invites).toEqual([]);
    phone.register();
    await world.run(100);
    const tags = phone.invites.at(-1)?.headers.filter(({ name }) => name === 'Accept-Contact');
    expect(tags?.map(({ value }) => value)).toContain(
      '*;+sip.instance="<urn:uuid:phone>";require;explicit',
    );
  });
});

describe('the BYE of the focus during our INVITE', () => {
  test('takes it back if nothing waits [O-07]', async () => {
    const { world, phone } = await away([]);
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    world.focus.bye();
    await world.run(1000);
    expect(phone.cancels).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
  });

  test('leaves it if something waits, and the session ends after that [O-07]', async () => {
    const { world, phone } = await away();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    world.focus.bye();
    await world.run(100);
    phone.answer();
    await world.run(1000);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    expect(reasons(phone)).toEqual(['SIP;cause=200;text="Call completed"']);
    expect(world.edge.participating.size).toBe(0);
  });

  test('and a refusal of the client keeps what waits, until it registers again [PFT-066]', async () => {
    const { world, phone } = await away();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    world.focus.bye();
    await world.run(100);
    phone.answer(480);
    await world.run(1000);
    expect((await world.state('bob', 'c1'))?.phase).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    phone.manners.invite = 200;
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
  });
});

describe('the invitation of the focus', () => {
  test('during a re-start makes that needless [O-07]', async () => {
    const { world, phone } = await ended();
    phone.manners.message = 200;
    world.focus.manners.invite = 'ring';
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    world.focus.identity = 'sip:group-2@cf.test';
    world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
    await world.run(1000);
    expect(world.focus.cancels).toHaveLength(1);
    world.focus.say('three');
    await world.run(100);
    const texts = phone.talk.texts.filter((text) => !text.startsWith('<'));
    expect(texts).toEqual(['one', 'two', 'three']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
    expect(phone.byes).toEqual([]);
  });
});

test('a focus that ends and invites again before the client’s media are up begins anew [design 6.1]', async () => {
  const world = new World();
  const phone = world.client('phone', 'bob');
  phone.register();
  await world.run(100);
  phone.manners.isDeaf = true;
  const leg = world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
  await world.run(20);
  world.focus.bye(undefined, leg);
  phone.manners.isDeaf = false;
  world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
  await world.run(1000);
  expect((await world.state('bob', 'c1'))?.epoch).toBe(3);
  world.focus.say('one');
  await world.run(100);
  expect(phone.talk.texts).toEqual(['one']);
  expect(world.focus.talk.outcomes.get('m1')).toBe(200);
  expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
});
