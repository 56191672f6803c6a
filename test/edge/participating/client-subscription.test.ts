/** Who answers a client's subscription to the participants, and what it is told until it ends. */
import { describe, expect, test } from 'vitest';
import type { Client } from '../../kit/virtual/client.ts';
import type { World } from '../../kit/virtual/world.ts';
import { alice, away, bob, carol, ended, joined, refresh, told } from './rosters.ts';

/** What waits of an ended session is being delivered, and the phone follows its roster. */
async function following(): Promise<{ world: World; phone: Client; dialog: string }> {
  const { world, phone } = await ended();
  phone.register();
  await world.run(100);
  const dialog = phone.subscribe(world.focus.identity);
  await world.run(100);
  return { world, phone, dialog };
}

describe('during a deferred delivery of an ended session', () => {
  test('the first notification shows this user alone, the last one everybody, before BYE [PFT-096, PFT-099, PFT-100, PFT-104, PFT-105, PFT-153]', async () => {
    const { world, phone } = await following();
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(told(phone)).toEqual([
      { state: 'active;expires=600', version: 1, users: [bob], entity: world.focus.identity },
    ]);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(told(phone)[1]).toEqual({
      state: 'terminated;reason=noresource',
      version: 2,
      users: [alice, bob, carol],
      entity: world.focus.identity,
    });
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    expect(phone.byes).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
  });

  test('the BYE waits for the answer to the last notification [PFT-100]', async () => {
    const { world, phone } = await following();
    phone.manners.request = 'leave';
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(20_000);
    expect(told(phone)).toHaveLength(2);
    expect(phone.byes).toHaveLength(0);
    await world.run(20_000);
    expect(phone.byes).toHaveLength(1);
  });

  test('a client that goes while it is told the end has had everything [PFT-101]', async () => {
    const { world, phone } = await following();
    phone.manners.request = 'leave';
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    phone.restart();
    await world.run(40_000);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
  });

  test('a refresh is answered with this user again, and its end is the end [PFT-104]', async () => {
    const { world, phone, dialog } = await following();
    refresh(phone, dialog, 7200);
    await world.run(100);
    expect(told(phone)[1]).toMatchObject({
      state: 'active;expires=3600',
      version: 2,
      users: [bob],
    });
    refresh(phone, dialog, 60, 'REFER');
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(405);
    refresh(phone, dialog, 0);
    await world.run(100);
    expect(told(phone)[2]).toMatchObject({ state: 'terminated;reason=timeout', version: 3 });
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(told(phone)).toHaveLength(3);
    expect(phone.byes).toHaveLength(1);
  });

  test('an early subscription waits for the delivery and is refused nothing [D-05]', async () => {
    const { world, phone } = await ended();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(1000);
    phone.subscribe(world.focus.identity);
    await world.run(100);
    expect(told(phone)).toMatchObject([{ users: [bob] }]);
    phone.answer();
    await world.run(100);
    expect(told(phone)[1]).toMatchObject({ state: 'terminated;reason=noresource' });
  });

  test('a subscription before any delivery expires by itself [D-05]', async () => {
    const { world, phone } = await ended();
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    phone.subscribe(world.focus.identity);
    await world.run(100);
    expect(told(phone)).toMatchObject([{ state: 'active;expires=600', users: [bob] }]);
    await world.run(600_000);
    expect(told(phone)[1]).toMatchObject({ state: 'terminated;reason=timeout', version: 2 });
  });
});

describe('in a running session', () => {
  test('a client that has all is told by the focus, byte for byte [PFT-027, PFT-028, PFO-022, PFO-023]', async () => {
    const { world, phone } = await joined();
    phone.subscribe(world.focus.identity);
    await world.run(100);
    expect(world.focus.subscriptions).toHaveLength(1);
    world.focus.notify([alice, bob]);
    world.focus.notify([alice, bob, carol]);
    await world.run(100);
    expect(told(phone).map(({ version }) => version)).toEqual([1, 2]);
    expect(told(phone)[1]?.users).toEqual([alice, bob, carol]);
  });

  test('a client that is being delivered to is answered here, and by the focus after that [D-03]', async () => {
    const { world, phone } = await away();
    phone.register();
    await world.run(100);
    phone.subscribe(world.focus.identity);
    await world.run(100);
    expect(told(phone)).toMatchObject([{ version: 1, users: [bob] }]);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    world.focus.notify([alice, bob, carol]);
    await world.run(100);
    expect(told(phone).map(({ version }) => version)).toEqual([1, 2]);
    expect(told(phone)[1]).toMatchObject({ users: [alice, bob, carol] });
    expect(phone.byes).toHaveLength(0);
  });
});

describe('changing who answers', () => {
  test('versions rise over the change, whatever the focus counts [RFC 4575 4.6]', async () => {
    const { world, phone } = await away();
    phone.register();
    await world.run(100);
    const dialog = phone.subscribe(world.focus.identity);
    await world.run(100);
    for (const lastingS of [600, 500, 400]) refresh(phone, dialog, lastingS);
    await world.run(100);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    const passed = world.focus.requests.at(-1);
    expect(passed?.headers).toContainEqual({ name: 'Expires', value: '400' });
    world.focus.notify([alice, bob]);
    world.focus.notify([alice, bob, carol]);
    await world.run(100);
    expect(told(phone).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(world.focus.requests.at(-1)?.headers).toContainEqual({ name: 'Expires', value: '300' });
  });

  test('a focus that refuses to go on makes the client subscribe anew [RFC 6665 4.1.3]', async () => {
    const { world, phone } = await away();
    phone.register();
    await world.run(100);
    phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.manners.request = 403;
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(told(phone)[1]).toMatchObject({ state: 'terminated;reason=deactivated', users: [bob] });
  });

  test.each([
    [423, 'Min-Expires', '60'],
    [489, 'Allow-Events', 'conference'],
    [503, 'Retry-After', '5'],
  ])(
    'a focus that refuses with %i says what it would take in %s [RFC 6665 4.2.1, 8.2, RFC 3261 20.33]',
    async (status, name, value) => {
      const { world, phone } = await joined();
      world.focus.manners.request = status;
      world.focus.manners.requestHeaders = [{ name, value }];
      phone.subscribe(world.focus.identity);
      await world.run(100);
      expect(phone.responses.at(-1)?.status).toBe(status);
      expect(phone.responses.at(-1)?.response?.headers).toContainEqual({ name, value });
    },
  );
});
