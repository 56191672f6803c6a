import { beforeEach, describe, expect, test } from 'vitest';
import { handleParticipation } from '../../../shared/app/handle-participation.ts';
import { participationKey, segmentKey } from '../../../shared/core/key.ts';
import {
  available,
  edgeLost,
  focusEnded,
  focusJoined,
  joined,
  left,
  lost,
  name,
  opened,
  openedAway,
  phone,
  progress,
  refused,
  rejoin,
} from '../core/participation/spec.ts';
import { ReportingEdge, World } from './world.ts';

let world: World;
let a: ReportingEdge;

beforeEach(() => {
  world = new World();
  a = new ReportingEdge(world, 'a');
});

const present = { instance: phone, expiresAtMs: 1e15 };

async function item() {
  const key = participationKey(name);
  return await world.store.read(key.partition, key.sort);
}

describe('what is kept of a participation', () => {
  test('is one item with state, effects and owner [design 4.2]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await world.run(1);
    expect(await item()).toMatchObject({
      version: 2,
      owner: 'a',
      data: { state: { phase: 'buffering' }, effects: [{ kind: 'find-registration' }] },
    });
  });

  test('is written once for a batch of events [design 4.2]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await world.run(10);
    expect(await item()).toMatchObject({ version: 1, data: { state: { phase: 'buffering' } } });
  });

  test('does not expire while the session runs, however short messages live [design 6.1]', async () => {
    await a.report(opened().event);
    await world.run();
    expect(await world.store.expire(1e9)).toBe(0);
    await a.report(lost().event);
    await world.run();
    expect(await world.store.expire(1e9)).toBe(0);
    expect((await world.state())?.phase).toBe('buffering');
  });

  test('expires with the messages of a session that has ended [design 6.8]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await a.report(focusEnded(a.last).event);
    await world.run();
    expect(await item()).toMatchObject({ expiresAtS: 1 + 3600 });
    expect(await world.store.expire(1 + 3600)).toBe(2);
  });

  test('outlives, when it is over, every message that came in too late [design 6.1]', async () => {
    await a.report(opened().event);
    await a.report(left.event);
    await a.store('late');
    await world.run();
    expect(await world.store.expire(1 + 3600)).toBe(1);
    expect(await world.waiting()).toEqual([]);
    expect((await world.state())?.phase).toBe('gone');
  });
});

describe('messages', () => {
  test('are put without touching the item, each segment once [design 4]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await world.run();
    const before = await item();
    await a.store('m1', 'm2');
    await a.store('m3');
    await world.run();
    expect(await item()).toEqual(before);
    expect(await world.waiting()).toEqual(['m1', 'm2', 'm3']);
  });

  test('stand in their places between the other events of a batch [design 6.2]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await a.report(focusEnded(a.last).event);
    await world.run(10);
    expect((await world.state())?.phase).toBe('inactive');
    expect(await world.waiting()).toEqual(['m1']);
  });

  test('never stand behind a gap that is filled later, whichever put fails [design 6.1]', async () => {
    for (const failing of [0, 1, 2]) {
      world = new World();
      a = new ReportingEdge(world, 'a');
      for (const id of ['m1', 'm2', 'm3']) await a.store(id);
      const seen: string[] = [];
      let count = 0;
      world.fault = () => (count++ === failing ? 'before' : 'none');
      const append = world.store.append.bind(world.store);
      Object.assign(world.store, {
        append: async (...given: Parameters<typeof append>) => {
          const outcome = await append(...given);
          seen.push((await world.waiting()).join(' '));
          return outcome;
        },
      });
      await world.run();
      const grown = ['m1', 'm1 m2', 'm1 m2 m3'];
      expect(seen.filter((ids) => !grown.includes(ids))).toEqual([]);
      expect(seen.at(-1)).toBe('m1 m2 m3');
    }
  });

  test('expire when their time has come [contract deferredLifetimeS]', async () => {
    await a.store('m1');
    await world.run();
    const [segment] = await world.store.tail(segmentKey(name), 1);
    expect(segment?.expiresAtS).toBe(1 + 3600);
  });

  test('are gone with the participation, and those of its next run are not [PFT-075]', async () => {
    await a.report(opened().event);
    await a.store('m1');
    await a.report(left.event);
    const again = new ReportingEdge(world, 'b', 2);
    await again.report(openedAway().event);
    await again.store('m2');
    await world.run();
    expect(await world.waiting()).toEqual(['m2']);
  });

  test('of an owner that was lost still wait when the focus ends the session at its successor [design 6.1]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await world.outside(edgeLost('a', 'b').event);
    const b = new ReportingEdge(world, 'b', 2);
    await b.report(focusEnded(b.last).event);
    await world.run();
    expect((await world.state())?.phase).toBe('inactive');
    expect(await world.waiting()).toEqual(['m1']);
  });

  test('that an earlier owner had stored and this one has delivered don’t wait at the end [003]', async () => {
    await a.report(opened().event);
    await a.store('m1');
    await world.outside(edgeLost('a', 'b').event);
    const b = new ReportingEdge(world, 'b', 2);
    await b.report(joined().event);
    await b.report(progress(a.last).event);
    await b.report(focusEnded(b.last).event);
    await world.run();
    expect((await world.state())?.phase).toBe('gone');
  });
});

describe('commands', () => {
  test('go to the owner, and to any edge if there is none [design 4.4]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await world.outside(available(2000).event);
    await world.run(1);
    expect(await world.commands()).toEqual(['commands-a invite-client reinviting']);
    await a.report(focusEnded(a.last).event);
    await a.report(refused(480).event);
    await world.outside(available(3000).event);
    await world.run(1);
    expect(await world.commands()).toEqual(['commands invite-client draining']);
  });

  test('that answer a call go to the edge that holds it [design 4.4]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await world.outside(rejoin('a/4').event);
    await world.outside(rejoin('c/5').event);
    await world.outside(rejoin('7').event);
    await world.run();
    expect(await world.commands()).toEqual([
      'commands-a accept-rejoin a/4',
      'commands-c refuse-rejoin c/5',
      'commands accept-rejoin 7',
    ]);
  });

  test('answer a call also when nothing is kept, or nothing any more [PFT-029]', async () => {
    await world.outside(rejoin('a/1').event);
    await a.report(opened().event);
    await a.report(left.event);
    await world.outside(rejoin('a/2').event);
    await world.run(1);
    expect(await world.commands()).toEqual([
      'commands-a relay-rejoin a/1',
      'commands-a relay-rejoin a/2',
    ]);
  });

  test('have ids of their own, also when the item has expired and versions begin anew [design 4.4]', async () => {
    const ids: string[] = [];
    for (const epoch of [1, 2]) {
      const edge = new ReportingEdge(world, 'a', epoch);
      await edge.report(openedAway().event);
      await world.outside(available(world.nowMs + 1).event);
      await world.run(1);
      ids.push(...(await world.commandMessages()).map(({ message }) => message.id));
      await edge.report(left.event);
      await world.run(1);
      world.nowMs += 1e10;
      await world.store.expire(world.nowMs / 1000);
      expect(await item()).toBeUndefined();
    }
    expect(new Set(ids).size).toBe(2);
  });
});

describe('a registration', () => {
  test.each([
    ['since the loss is found', 1000, 'reinviting'],
    ['of before the loss is not', 999, 'buffering'],
  ])('%s, when the deferral begins [design 4]', async (_fact, atMs, phase) => {
    await world.register(atMs, present);
    await a.report(opened().event);
    await world.run();
    await a.report(lost().event);
    await world.run();
    expect((await world.state())?.phase).toBe(phase);
  });

  test('whose bindings have expired is none', async () => {
    await world.register(1000, { instance: phone, expiresAtMs: 1001 });
    await a.report(opened().event);
    await world.run();
    await a.report(lost(0, { sinceMs: 900 }).event);
    world.nowMs = 1001;
    await world.run();
    expect((await world.state())?.phase).toBe('buffering');
  });

  test('that stands when the focus invites anew into an ended session is asked in [PFT-147]', async () => {
    await world.register(500, present);
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await a.report(focusEnded(a.last).event);
    await world.run();
    expect((await world.state())?.phase).toBe('inactive');
    const b = new ReportingEdge(world, 'b', 2);
    await b.report(focusJoined().event);
    await world.run();
    expect((await world.state())?.phase).toBe('reinviting');
    expect(await world.commands()).toEqual(['commands-b invite-client reinviting']);
  });
});

test('a race that is lost again and again is a fault, so that the records come back [design 4.6]', async () => {
  const { ports } = world;
  const store = new Proxy(ports.store, {
    get: (target, key) =>
      key === 'commit' ? async () => ({ kind: 'conflict' }) : Reflect.get(target, key),
  });
  const source = { edge: 'a', epoch: 1, counter: 1 };
  const event = { ...opened().event, atMs: 1 };
  const handling = handleParticipation({ ...ports, store }, name, [{ name, source, event }]);
  await expect(handling).rejects.toThrow('20 times in a row');
});

test('nothing to handle is nothing to do', async () => {
  await handleParticipation(world.ports, name, []);
  expect(await item()).toBeUndefined();
});
