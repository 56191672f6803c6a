/** The queue's contract on SQS. */
import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { deadLetterQueue } from '../../shared/memory/queue-name.ts';
import { sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { queueContract } from '../contract/queue.ts';
import { bodies, entry, long } from '../contract/queue-visibility.ts';

const endpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';

async function open(receivesMax = 2) {
  const queue = sqsQueue({
    prefix: `t${randomUUID().slice(0, 8)}-`,
    client: new SQSClient({ endpoint }),
    settleMs: 0,
  });
  const [fifo, standard] = ['contract.fifo', 'contract'];
  for (const name of [fifo, standard]) await queue.make(name, { receivesMax, visibilityS: 30 });
  return {
    queue,
    fifo,
    standard,
    deadLetters: deadLetterQueue(fifo) ?? '',
    receivesMax,
    stepMs: 1000,
    close: async () => queue.close(),
  };
}

if (endpoint !== '') {
  queueContract('on SQS', () => open());

  // What SQS can't do as the port says is in docs/emulators.md: looking is receiving, and counts.
  test('records are looked at and given back, each counted as received', async () => {
    const { queue, fifo, close } = await open();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    const looked = await queue.peek(fifo, { limit: 2 });
    expect(looked.map(({ bodyStart, isOut }) => [bodyStart, isOut])).toEqual([
      ['1', false],
      ['2', false],
    ]);
    const again = await queue.receive(fifo, long);
    expect(bodies(again)).toEqual(['1', '2', '3']);
    expect(again[0]?.receives).toBe(2);
    await close();
  });

  test('records are received by their ids, others that come with them are given back', async () => {
    const { queue, fifo, close } = await open(9);
    await queue.send(['a', 'b', 'c'].map((group) => entry(fifo, group, group)));
    const looked = await queue.peek(fifo, { limit: 10 });
    const id = looked.find(({ group }) => group === 'b')?.id ?? '';
    const mine = await queue.receiveThese(fifo, [id, 'unknown'], 30_000);
    expect(bodies(mine)).toEqual(['b']);
    expect(bodies(await queue.receive(fifo, long)).toSorted()).toEqual(['a', 'c']);
    await close();
  });

  test('queues are named from their making on, with their dead letters', async () => {
    const { queue, fifo, deadLetters, close } = await open();
    expect(await queue.names()).toEqual(
      [deadLetters, fifo, 'contract', 'contract-dead'].toSorted(),
    );
    await queue.drop(fifo);
    expect(await queue.names()).toEqual(['contract', 'contract-dead']);
    expect(await queue.receive(fifo, { ...long, waitMs: 0 })).toEqual([]);
    await close();
  });
}
