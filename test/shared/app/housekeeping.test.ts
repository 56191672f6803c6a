/** What is removed because nobody needs it any more, and what stays. */
import { beforeEach, describe, expect, test } from 'vitest';
import { discardDelivered, emptyCommands } from '../../../shared/app/housekeeping.ts';
import { commandQueue } from '../../../shared/app/queue-names.ts';
import { segmentKey } from '../../../shared/core/key.ts';
import { lost, name, opened, progress } from '../core/participation/spec.ts';
import { ReportingEdge, World } from './world.ts';

const minuteMs = 60_000;

let world: World;
let a: ReportingEdge;

beforeEach(() => {
  world = new World();
  a = new ReportingEdge(world, 'a');
});

async function stored(): Promise<number> {
  return (await world.store.segments(segmentKey(name), { after: 0, bytesMax: 1e9 })).length;
}

describe('messages that the client has acknowledged', () => {
  beforeEach(async () => {
    await a.report(opened().event);
    await a.report(lost().event);
    await a.store('m1', 'm2');
    const delivered = a.last;
    await a.store('m3');
    await a.report(progress(delivered).event);
    await world.run();
  });

  test('go when nothing has changed for a while, and the others stay [design 3]', async () => {
    expect(await discardDelivered(world.store, world.nowMs + 3 * minuteMs)).toBe(1);
    expect(await stored()).toBe(1);
    expect(await world.waiting()).toEqual(['m3']);
    expect(await discardDelivered(world.store, world.nowMs + 3 * minuteMs)).toBe(0);
  });

  test('stay as long as a focus may send them again [design 5.9]', async () => {
    expect(await discardDelivered(world.store, world.nowMs + minuteMs)).toBe(0);
    expect(await stored()).toBe(2);
  });
});

test('all participations are looked at, page by page', async () => {
  for (let count = 0; count < 205; count++) {
    const one = { ...name, contributionId: `c-${count}` };
    const state = { ...one, phase: 'joined', cursor: 9, changedAtMs: 0 };
    const sort = `participation#${one.contributionId}`;
    await world.store.commit({
      partition: `user#${one.user}`,
      sort,
      version: 1,
      data: { state, effects: [] },
    });
    await world.store.append([
      {
        key: segmentKey(one),
        first: 9,
        last: 9,
        count: 1,
        oldestMs: 0,
        bytes: new Uint8Array(1),
        expiresAtS: 1e9,
      },
    ]);
  }
  expect(await discardDelivered(world.store, 3 * minuteMs)).toBe(205);
});

test('commands for an edge that is gone are removed [design 7]', async () => {
  for (let count = 0; count < 25; count++) {
    await world.queue.send([
      { queue: commandQueue('a'), group: `g${count}`, deduplicationId: `${count}`, body: '{}' },
    ]);
  }
  expect(await emptyCommands(world.queue, 'a')).toBe(25);
  expect((await world.queue.depth(commandQueue('a'))).visible).toBe(0);
});
