/** Sessions that are over, in each of the ways there are, leave nothing in the memory of the process (promise 8). */
import { describe, expect, test } from 'vitest';
import { World } from '../../../kit/virtual/world.ts';
import {
  away,
  ended,
  group,
  inGroup,
  left,
  nothingLeft,
  phaseOf,
  type Scene,
  says,
} from './scene.ts';

type Ending = readonly [string, () => Promise<Scene>];

async function invited(manner: number | 'ring'): Promise<Scene> {
  const world = new World();
  const phone = world.client('phone', 'bob');
  phone.register();
  phone.manners.invite = manner;
  await world.run(100);
  const leg = world.focus.open(group);
  await world.run(100);
  return { world, phone, focus: world.focus, leg };
}

const endings: readonly Ending[] = [
  [
    'a leave',
    async () => {
      const scene = await inGroup();
      scene.phone.bye(left);
      return scene;
    },
  ],
  [
    'the end by the focus',
    async () => {
      const scene = await inGroup();
      scene.focus.bye();
      return scene;
    },
  ],
  [
    'the end by the focus while the user is away and nothing waits',
    async () => {
      const scene = await away();
      scene.focus.bye();
      return scene;
    },
  ],
  [
    'a delivery after the end',
    async () => {
      const scene = await ended();
      scene.phone.register();
      return scene;
    },
  ],
  [
    'a delivery that is declined',
    async () => {
      const scene = await away();
      await says(scene, 'one');
      scene.phone.manners.invite = 603;
      scene.phone.register();
      return scene;
    },
  ],
  [
    'a leave in the middle of a delivery',
    async () => {
      const scene = await ended();
      scene.phone.manners.message = 'leave';
      scene.phone.register();
      await scene.world.run(100);
      scene.phone.bye(left);
      return scene;
    },
  ],
  [
    'a leave while the focus is asked to run the group again',
    async () => {
      const scene = await ended();
      scene.focus.manners.invite = 'ring';
      scene.phone.rejoin(scene.focus.identity, 'c1');
      await scene.world.run(100);
      scene.phone.bye(left);
      return scene;
    },
  ],
  [
    'a re-start that is refused',
    async () => {
      const scene = await ended();
      scene.focus.manners.invite = 403;
      scene.phone.rejoin(scene.focus.identity, 'c1');
      return scene;
    },
  ],
  [
    'a focus that takes nobody back after a loss',
    async () => {
      const scene = await inGroup();
      scene.focus.manners.update = 481;
      scene.focus.manners.invite = 404;
      scene.world.network.streams.cut(scene.focus.host);
      return scene;
    },
  ],
  ['an invitation that is declined', async () => await invited(603)],
  [
    'an invitation that is given up',
    async () => {
      const scene = await invited('ring');
      await scene.world.run(300);
      scene.focus.cancel();
      return scene;
    },
  ],
  [
    'a relayed INVITE that is refused',
    async () => {
      const scene = await inGroup();
      scene.phone.bye(left);
      await scene.world.run(100);
      scene.focus.manners.invite = 404;
      scene.phone.rejoin(scene.focus.identity, 'c1');
      return scene;
    },
  ],
];

describe('nothing is left in memory of', () => {
  test.each(endings)('%s [promise 8]', async (_name, end) => {
    const { world } = await end();
    await world.run(2_000);
    expect([undefined, 'gone']).toContain(await phaseOf(world));
    await nothingLeft(world);
    expect(world.functions.problems).toEqual([]);
  });

  test('a session whose messages wait, at the edge [promise 8]', async () => {
    const { world } = await ended();
    await nothingLeft(world);
    expect(await phaseOf(world)).toBe('inactive');
  });
});
