import { beforeEach, describe, expect, test } from 'vitest';
import { type BatchOptions, handleBatch, type SqsRecord } from '../../../shared/app/batch.ts';
import { BrokenInvariant } from '../../../shared/core/broken-invariant.ts';

function record(messageId: string, group: string | undefined, body = messageId): SqsRecord {
  return { messageId, body, attributes: group === undefined ? {} : { MessageGroupId: group } };
}

let calls: string[];
let parked: string[];
let failures: string[];

beforeEach(() => {
  calls = [];
  parked = [];
  failures = [];
});

function options(more: Partial<BatchOptions<string>> = {}): BatchOptions<string> {
  return {
    read: (body) => (body.startsWith('?') ? undefined : body),
    handle: async (messages) => void calls.push(messages.join(' ')),
    park: async ({ messageId }, reason) => void parked.push(`${messageId}: ${reason}`),
    failed: (group, error) => void failures.push(`${group}: ${(error as Error).message}`),
    ...more,
  };
}

const batch = {
  Records: [record('1', 'x'), record('2', 'y'), record('3', 'x'), record('4', 'y')],
};

describe('a batch of a FIFO queue', () => {
  test('is handled group by group, each group’s records in order by one call [design 4]', async () => {
    expect(await handleBatch(batch, options())).toEqual({ batchItemFailures: [] });
    expect(calls.sort()).toEqual(['1 3', '2 4']);
  });

  test('gives back a group that fails, alone and whole [design 4.6]', async () => {
    const handle = async (messages: readonly string[]) => {
      if (messages.includes('3')) throw new Error('the store is away');
      calls.push(messages.join(' '));
    };
    expect(await handleBatch(batch, options({ handle }))).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }],
    });
    expect(calls).toEqual(['2 4']);
    expect(failures).toEqual(['x: the store is away']);
  });

  test('without records is done', async () => {
    expect(await handleBatch({ Records: [] }, options())).toEqual({ batchItemFailures: [] });
  });

  test('takes records without a group for one', async () => {
    await handleBatch({ Records: [record('1', undefined), record('2', undefined)] }, options());
    expect(calls).toEqual(['1 2']);
  });
});

describe('a record that can not be decoded', () => {
  const mixed = { Records: [record('1', 'x'), record('2', 'x', '?'), record('3', 'x')] };

  test('is parked with its reason, and the others are handled [design 4.6]', async () => {
    expect(await handleBatch(mixed, options())).toEqual({ batchItemFailures: [] });
    expect(parked).toEqual(['2: it can not be decoded']);
    expect(calls).toEqual(['1 3']);
  });

  test('comes back with its group if it can not be parked: nothing is ever dropped [design 6.1]', async () => {
    const park = async () => {
      throw new Error('the queue is away');
    };
    const { batchItemFailures } = await handleBatch(mixed, options({ park }));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['1', '2', '3']);
    expect(calls).toEqual([]);
  });
});

describe('a record that breaks an invariant', () => {
  const handle = async (messages: readonly string[]) => {
    if (messages.includes('2')) throw new BrokenInvariant('participation: impossible');
    calls.push(messages.join(' '));
  };
  const three = { Records: [record('1', 'x'), record('2', 'x'), record('3', 'x')] };

  test('is parked alone, at once, with the sentence; what stands around it is handled, in order [design 4.6]', async () => {
    expect(await handleBatch(three, options({ handle }))).toEqual({ batchItemFailures: [] });
    expect(parked).toEqual(['2: participation: impossible']);
    expect(calls).toEqual(['1', '3']);
    expect(failures).toEqual([]);
  });

  test('is parked when it stands alone [design 4.6]', async () => {
    await handleBatch({ Records: [record('2', 'x')] }, options({ handle }));
    expect(parked).toEqual(['2: participation: impossible']);
  });

  test('does not hide that the store fails for another: then the group comes back [design 4.6]', async () => {
    const failing = async (messages: readonly string[]) => {
      if (messages.join(' ') === '3') throw new Error('the store is away');
      await handle(messages);
    };
    const { batchItemFailures } = await handleBatch(three, options({ handle: failing }));
    expect(batchItemFailures).toHaveLength(3);
    expect(failures).toEqual(['x: the store is away']);
  });
});
