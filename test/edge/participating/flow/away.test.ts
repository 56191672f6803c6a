/** What makes the function stay in the media path, and what doesn't. */
import { describe, expect, test } from 'vitest';
import { World } from '../../../kit/virtual/world.ts';
import {
  bobInGroup,
  fine,
  group,
  inGroup,
  left,
  outcomes,
  phaseOf,
  requestsOf,
  says,
} from './scene.ts';

describe('a client that goes away', () => {
  test('by a BYE with another cause than 200 has what follows kept, and the focus hears nothing of it [PFT-030, PFT-031, PFT-086]', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    phone.bye('SIP;cause=480');
    const ids = await says(scene, 'one', 'two');
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(outcomes(focus, ids)).toEqual([200, 200]);
    expect(await world.functions.kept(bobInGroup)).toEqual(ids);
    expect(focus.byes).toEqual([]);
    expect(leg.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });

  test('by a BYE without Reason is taken for cut off, unless the provider takes it for leaving [D-16]', async () => {
    const scene = await inGroup();
    scene.phone.bye();
    await scene.world.run(100);
    expect(await phaseOf(scene.world)).toBe('buffering');
    const voluntary = await inGroup({ isByeWithoutReasonVoluntary: true });
    voluntary.phone.bye();
    await voluntary.world.run(100);
    expect(await phaseOf(voluntary.world)).toBe('gone');
    expect(voluntary.focus.byes).toHaveLength(1);
  });

  test('by a broken connection has what follows kept [PFT-089, PFT-006]', async () => {
    const scene = await inGroup();
    const { world, focus } = scene;
    world.network.streams.cut('phone.test');
    const ids = await says(scene, 'one');
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(await world.functions.kept(bobInGroup)).toEqual(ids);
    fine(scene);
  });

  test('in silence is marked as away when a message gets no answer; the focus has its 200 before [PFT-004, PFT-005, PFT-090, O-01]', async () => {
    const scene = await inGroup();
    const { world, focus, phone } = scene;
    world.network.offline.add(phone.host);
    const ids = await says(scene, 'one');
    await world.run(9_000);
    expect(outcomes(focus, ids)).toEqual([undefined]);
    await world.run(2_000);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(await phaseOf(world)).toBe('joined');
    await world.run(20_000);
    expect(await phaseOf(world)).toBe('buffering');
    expect(await world.functions.kept(bobInGroup)).toEqual(ids);
    fine(scene);
  });

  test('makes the function follow the participants at the focus [PFT-007, PFT-033, PFT-091]', async () => {
    const { world, focus, phone } = await inGroup();
    expect(requestsOf(focus, 'SUBSCRIBE')).toEqual([]);
    phone.bye('SIP;cause=503');
    await world.run(100);
    const [subscribe] = requestsOf(focus, 'SUBSCRIBE');
    expect(subscribe?.uri).toBe(focus.identity);
  });

  test('of its own will, by a BYE with cause 200, leaves nothing behind [PFT-032]', async () => {
    const scene = await inGroup();
    const { world, focus, phone } = scene;
    phone.bye(left);
    await world.run(100);
    expect(
      focus.byes.map((bye) => bye.headers.find(({ name }) => name === 'Reason')?.value),
    ).toEqual([left]);
    expect(await phaseOf(world)).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
    phone.register();
    await world.run(1000);
    expect(phone.invites).toHaveLength(1);
    fine(scene);
  });
});

describe('an invitation of the focus', () => {
  test("that no client answers is accepted in the user's place [PFT-087, PFT-091, C-19]", async () => {
    const world = new World({ answerTimeoutMs: 60_000 });
    const phone = world.client('phone', 'bob');
    phone.register();
    phone.manners.invite = 'ring';
    await world.run(100);
    const leg = world.focus.open(group);
    await world.run(59_000);
    expect(leg.isAgreed).toBe(false);
    await world.run(2_000);
    expect(leg.isUp).toBe(true);
    expect(requestsOf(world.focus, 'SUBSCRIBE')).toHaveLength(1);
    expect(phone.cancels).toHaveLength(1);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('is accepted in the place of a user without a registered client', async () => {
    const world = new World();
    const leg = world.focus.open(group);
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('is accepted in the place of a user whose client is busy [O-05]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.register();
    phone.manners.invite = 486;
    await world.run(100);
    const leg = world.focus.open(group);
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('that the user declines is declined to the focus, with the reason [O-05]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.register();
    phone.manners.invite = 603;
    phone.manners.inviteHeaders = [{ name: 'Warning', value: '399 bob "not now"' }];
    await world.run(100);
    world.focus.open(group);
    await world.run(100);
    expect(world.focus.refusals).toEqual([603]);
    expect(await phaseOf(world)).toBeUndefined();
    expect(world.edge.participating.size).toBe(0);
  });

  test("whose media the client does not set up is kept in the user's place [PFT-088]", async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.register();
    phone.manners.isDeaf = true;
    await world.run(100);
    const leg = world.focus.open(group);
    await world.run(11_000);
    expect(leg.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('is refused for an absent user where groups are not stored and forwarded [PFT-093]', async () => {
    const world = new World({ isStoreAndForward: false });
    world.focus.open(group);
    await world.run(100);
    expect(world.focus.refusals).toEqual([480]);
  });
});

describe('without store-and-forward for groups', () => {
  test('a broken connection ends the participation, a BYE that is no leaving does not [PFT-093]', async () => {
    const scene = await inGroup({ isStoreAndForward: false });
    scene.world.network.streams.cut('phone.test');
    await scene.world.run(100);
    expect(await phaseOf(scene.world)).toBe('gone');
    expect(scene.focus.byes).toHaveLength(1);
    const other = await inGroup({ isStoreAndForward: false });
    other.phone.bye('SIP;cause=480');
    await other.world.run(100);
    expect(await phaseOf(other.world)).toBe('buffering');
  });
});
