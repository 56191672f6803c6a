import { beforeEach, describe, expect, test } from 'vitest';
import { participationHandler } from '../../lambdas/participation.ts';
import type { SqsRecord } from '../../shared/app/batch.ts';
import { participationKey } from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import { lost, name, opened, position, progress } from '../shared/core/participation/spec.ts';
import { type Bench, bench, call, dead, record } from './bench.ts';

let it: Bench;

beforeEach(() => {
  it = bench();
});

/** An event of the edge `a` for a participation of its own group. */
function event(
  messageId: string,
  contributionId: string,
  counter: number,
  step = opened(),
): SqsRecord {
  const source = { edge: 'a', epoch: 1, counter };
  const body = { name: { ...name, contributionId }, source, event: { ...step.event, atMs: 100 } };
  return record(messageId, contributionId, body);
}

async function phaseOf(contributionId: string): Promise<string | undefined> {
  const key = participationKey({ ...name, contributionId });
  const item = await it.world.store.read(key.partition, key.sort);
  return (item?.data as ParticipationRecord | undefined)?.state.phase;
}

describe('the function of the participation queue', () => {
  test('handles every group of a batch, each in its order [design 4]', async () => {
    const Records = [event('1', 'x', 1), event('2', 'y', 1), event('3', 'x', 2, lost())];
    const response = await participationHandler(it.context)({ Records }, call);
    expect(response).toEqual({ batchItemFailures: [] });
    expect([await phaseOf('x'), await phaseOf('y')]).toEqual(['buffering', 'joined']);
  });

  test('gives back a group whose store fails, alone and whole [design 4.6]', async () => {
    const store = new Proxy(it.world.store, {
      get: (target, key) => {
        if (key !== 'commit') return Reflect.get(target, key).bind(target);
        return async (item: Parameters<typeof target.commit>[0]) => {
          if (item.sort.endsWith('x')) throw new Error('away');
          return await target.commit(item);
        };
      },
    });
    const handler = participationHandler({ ...it.context, ports: { ...it.world.ports, store } });
    const Records = [event('1', 'x', 1), event('2', 'y', 1), event('3', 'x', 2, lost())];
    expect(await handler({ Records }, call)).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }],
    });
    expect([await phaseOf('x'), await phaseOf('y')]).toEqual([undefined, 'joined']);
    expect(it.failed).toEqual(['participation x: away']);
  });

  test('parks a record that it can not decode, with its reason, and goes on [design 4.6]', async () => {
    const Records = [event('1', 'x', 1), record('2', 'x', '{"no'), event('3', 'x', 2, lost())];
    expect(await participationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [],
    });
    expect(await phaseOf('x')).toBe('buffering');
    expect(await dead(it.world, 'participation-dead.fifo')).toEqual([
      { group: 'x', reason: 'it can not be decoded', body: '{"no' },
    ]);
    expect(it.parked).toEqual(['participation: it can not be decoded']);
  });

  test('parks an event that breaks an invariant, with its reason, and goes on [design 4.6]', async () => {
    const impossible = event('2', 'x', 2, progress(position(1, 9)));
    const Records = [event('1', 'x', 1), impossible, event('3', 'x', 3, lost())];
    expect(await participationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [],
    });
    expect(await phaseOf('x')).toBe('buffering');
    expect(await dead(it.world, 'participation-dead.fifo')).toEqual([
      {
        group: 'x',
        reason: 'participation: no position is of a later epoch',
        body: impossible.body,
      },
    ]);
  });

  test('has nothing to do for a group of which every record is parked', async () => {
    const Records = [record('1', 'x', '7')];
    expect(await participationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [],
    });
    expect(it.parked).toHaveLength(1);
  });
});
