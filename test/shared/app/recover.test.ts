import { beforeEach, describe, expect, test } from 'vitest';
import { successorOf } from '../../../shared/app/edges.ts';
import { participationGroup } from '../../../shared/app/queue-names.ts';
import { announceEdge, forgetEdge, isHandled, takeOver } from '../../../shared/app/recover.ts';
import {
  focusEnded,
  joined,
  left,
  lost,
  name,
  opened,
  openedAway,
  phone,
  rejoin,
} from '../core/participation/spec.ts';
import { everyOrder, Turns } from './turns.ts';
import { failing, ReportingEdge, World } from './world.ts';

let world: World;
let a: ReportingEdge;

beforeEach(() => {
  world = new World();
  a = new ReportingEdge(world, 'a');
});

const registered = { instance: phone, expiresAtMs: 1e15 };

/** An edge starts and takes over what others have left. */
async function start(edge: string): Promise<void> {
  for (const other of await announceEdge(world.ports, edge)) {
    await takeOver(world.ports, other, edge);
  }
}

describe('an edge that starts', () => {
  test('hears of the others that nobody has taken over [design 7]', async () => {
    expect(await announceEdge(world.ports, 'a')).toEqual([]);
    expect(await announceEdge(world.ports, 'b')).toEqual(['a']);
    await takeOver(world.ports, 'a', 'b');
    expect(await announceEdge(world.ports, 'c')).toEqual(['b']);
  });

  test('hears of however many there are [design 7]', async () => {
    for (let count = 0; count < 130; count++) await announceEdge(world.ports, `e-${count}`);
    expect(await announceEdge(world.ports, 'z')).toHaveLength(130);
  });

  test('hears again of one whose taking over was cut short [design 6.6]', async () => {
    await announceEdge(world.ports, 'a');
    await a.report(opened().event);
    await world.run();
    const queue = failing(world.queue, () => 'before');
    await expect(takeOver({ ...world.ports, queue }, 'a', 'b')).rejects.toThrow();
    expect(await announceEdge(world.ports, 'c')).toEqual(['a']);
  });

  test('knows when everything that was reported before is handled [design 7]', async () => {
    await a.report(opened().event);
    expect(await isHandled(world.ports, world.nowMs)).toBe(false);
    expect(await isHandled(world.ports, world.nowMs - 1)).toBe(true);
    await world.run();
    expect(await isHandled(world.ports, world.nowMs)).toBe(true);
  });

  test('is not among those that a later one hears of, when nothing of it is left', async () => {
    await announceEdge(world.ports, 'a');
    await forgetEdge(world.ports, 'a');
    await forgetEdge(world.ports, 'a');
    expect(await announceEdge(world.ports, 'b')).toEqual([]);
  });

  test('may announce itself twice', async () => {
    await announceEdge(world.ports, 'a');
    expect(await announceEdge(world.ports, 'a')).toEqual([]);
  });
});

describe('a lost edge', () => {
  beforeEach(async () => {
    await announceEdge(world.ports, 'a');
  });

  test('leaves its participations to the successor, and what it has let go of to nobody [design 7]', async () => {
    await a.report(opened().event);
    await world.run();
    expect(await takeOver(world.ports, 'a', 'b')).toBe(1);
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'buffering', edge: 'b', epoch: 2 });
    expect(await world.commands()).toEqual(['commands-b restore buffering']);
    expect(await takeOver(world.ports, 'a', 'c')).toBe(0);
  });

  test('leaves nothing of a participation that is over', async () => {
    await a.report(opened().event);
    await a.report(left.event);
    await world.run();
    expect(await takeOver(world.ports, 'a', 'b')).toBe(0);
  });

  test('leaves other items that it owns alone', async () => {
    await world.store.commit({ partition: 'p', sort: 's', version: 1, data: {}, owner: 'a' });
    expect(await takeOver(world.ports, 'a', 'b')).toBe(0);
  });

  test('leaves however many participations there are [design 7]', async () => {
    for (let count = 0; count < 210; count++) {
      const state = { user: 'sip:x@a.test', contributionId: `c-${count}`, edge: 'a' };
      const item = { partition: `p-${count % 7}`, sort: `s-${count}`, version: 1, owner: 'a' };
      await world.store.commit({ ...item, data: { state, effects: [] } });
    }
    expect(await takeOver(world.ports, 'a', 'b')).toBe(210);
  });

  test('leaves what an index that lags shows only later, each once [design 7]', async () => {
    await a.report(opened().event);
    await world.run();
    const sent: string[] = [];
    let looks = 0;
    const ports = {
      ...world.ports,
      ownedLagMs: 1,
      store: new Proxy(world.ports.store, {
        get: (target, key) => {
          if (key !== 'owned') return Reflect.get(target, key);
          return async (...asked: Parameters<typeof target.owned>) => {
            const found = await target.owned(...asked);
            looks++;
            const early = { partition: 'p', sort: 's', version: 1 };
            const state = { user: 'sip:early@a.test', contributionId: 'c', edge: 'a' };
            return [{ ...early, data: { state } }, ...(looks === 1 ? [] : found)];
          };
        },
      }),
      queue: new Proxy(world.ports.queue, {
        get: (target, key) => {
          if (key !== 'send') return Reflect.get(target, key);
          return async (entries: readonly { readonly group?: string }[]) => {
            sent.push(...entries.map(({ group = '' }) => group));
          };
        },
      }),
    };
    expect(await takeOver(ports, 'a', 'b')).toBe(2);
    expect(sent).toEqual(['sip:early@a.test#c', participationGroup(name)]);
  });

  test('stays known while a record of it may still be in a queue, and not for ever [design 6.8]', async () => {
    await takeOver(world.ports, 'a', 'b');
    const fourteenDaysS = 14 * 24 * 3600;
    expect(await world.store.expire(fourteenDaysS)).toBe(0);
    expect(await successorOf(world.store, 'a')).toBe('b');
    expect(await world.store.expire(2 * fourteenDaysS)).toBe(1);
    expect(await successorOf(world.store, 'a')).toBeUndefined();
  });

  test('is named lost even if it never announced itself', async () => {
    await takeOver(world.ports, 'x', 'b');
    expect(await successorOf(world.store, 'x')).toBe('b');
  });

  test('whose item others change again and again is a fault', async () => {
    const store = new Proxy(world.ports.store, {
      get: (target, key) =>
        key === 'commit' ? async () => ({ kind: 'conflict' }) : Reflect.get(target, key),
    });
    const ports = { ...world.ports, store };
    await expect(takeOver(ports, 'a', 'b')).rejects.toThrow('20 times in a row');
  });
});

describe('what a lost edge had put into the queue and nobody had handled', () => {
  beforeEach(async () => {
    await announceEdge(world.ports, 'a');
  });

  test('is taken over when it is handled: its messages wait for the client of its successor [design 6.6]', async () => {
    await a.report(openedAway().event);
    await a.store('m1');
    await start('b');
    await world.run();
    await world.register(world.nowMs + 1, registered);
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'reinviting', edge: 'b', epoch: 2 });
    expect(await world.waiting()).toEqual(['m1']);
    expect(await world.commands()).toEqual([
      'commands-b restore buffering',
      'commands-b invite-client reinviting',
    ]);
  });

  test('is taken over also if its successor is lost before it has handled anything [design 6.6]', async () => {
    await a.report(opened().event);
    await world.run();
    await start('b');
    await start('c');
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'buffering', edge: 'c', epoch: 4 });
    expect((await world.commands()).at(-1)).toBe('commands-c restore buffering');
  });

  test('makes it the owner of nothing: not by a first report for what nobody owned [design 6.6]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await a.report(focusEnded(a.last).event);
    await world.run();
    await world.register(2000, registered);
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'draining', epoch: 2 });
    await world.commands();
    await new ReportingEdge(world, 'a', 2).report(joined().event);
    await start('b');
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'draining', epoch: 6 });
    expect((await world.state())?.edge).toBeUndefined();
    expect(await world.commands()).toEqual(['commands invite-client draining']);
  });

  test('makes it the owner of nothing: not by a call that it held, long after it was taken over [design 6.6]', async () => {
    await a.report(opened().event);
    await world.run();
    await start('b');
    await world.run();
    const b = new ReportingEdge(world, 'b', (await world.state())?.epoch ?? 0);
    await b.store('m1');
    await b.report(focusEnded(b.last).event);
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'inactive' });
    await world.outside(rejoin('a/9').event);
    await world.run();
    expect((await world.state())?.edge).toBeUndefined();
    expect(await world.state()).toMatchObject({ phase: 'inactive' });
  });

  test('makes it the owner of nothing: not by a call that it held [design 6.6]', async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1');
    await a.report(focusEnded(a.last).event);
    await world.run();
    await world.outside(rejoin('a/1').event);
    await start('b');
    await world.run();
    expect(await world.state()).toMatchObject({ phase: 'inactive', epoch: 4 });
    await world.register(2000, registered);
    await world.run();
    expect((await world.state())?.phase).toBe('draining');
  });

  test('does not bring its client in: a call that died with it is refused [design 6.6]', async () => {
    await a.report(openedAway().event);
    await world.outside(rejoin('a/1').event);
    await start('b');
    await world.run(1);
    expect(await world.state()).toMatchObject({ phase: 'buffering', edge: 'b' });
  });

  test('is taken over in whatever order it is handled and taken over [design 6.6, 6.7]', async () => {
    const orders = await everyOrder(async (choose) => {
      world = new World();
      a = new ReportingEdge(world, 'a');
      await announceEdge(world.ports, 'a');
      await a.report(openedAway().event);
      const turns = new Turns();
      const handling = new World();
      Object.assign(handling, { store: turns.of('handler', world.store), queue: world.queue });
      const taking = { ...world.ports, store: turns.of('successor', world.store) };
      await turns.run([handling.run(1), takeOver(taking, 'a', 'b').then(() => {})], choose);
      await world.run();
      expect(await world.state()).toMatchObject({ phase: 'buffering', edge: 'b', epoch: 2 });
      expect(await world.commands()).toEqual(['commands-b restore buffering']);
    });
    expect(orders).toBeGreaterThan(10);
  });
});

test('the participation of a live edge stays with it [design 7]', async () => {
  await start('a');
  await a.report(opened().event);
  await world.run();
  expect(await world.state()).toMatchObject({ ...name, phase: 'joined', edge: 'a', epoch: 1 });
});
