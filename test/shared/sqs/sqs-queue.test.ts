/** What emulators never do: take a batch in part, lose a queue between two requests. The client is a script. */
import { QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { QueueAbsent } from '../../../shared/ports/queue-absent.ts';
import { sqsQueue } from '../../../shared/sqs/sqs-queue.ts';
import { entry, now } from '../../contract/queue-visibility.ts';

type Asked = { readonly name: string; readonly input: Record<string, unknown> };

/** A client whose answers are given by a function of what is asked. */
function scripted(answer: (asked: Asked) => object) {
  const asked: Asked[] = [];
  const send = async (command: { readonly input: Asked['input'] }) => {
    const one = { name: command.constructor.name, input: command.input };
    asked.push(one);
    return one.name === 'GetQueueUrlCommand'
      ? { QueueUrl: `https://sqs.test/1/${one.input.QueueName}` }
      : answer(one);
  };
  const client = { send, destroy: () => undefined } as unknown as SQSClient;
  const bodies = () =>
    asked
      .filter(({ name }) => name === 'SendMessageBatchCommand')
      .map(({ input }) =>
        (input.Entries as { readonly MessageBody: string }[]).map((one) => one.MessageBody),
      );
  return { asked, bodies, queue: sqsQueue({ prefix: 'test-', client, settleMs: 0 }) };
}

function gone(): never {
  throw new QueueDoesNotExist({ message: 'gone', $metadata: {} });
}

const partly = { Failed: [{ Id: '0', SenderFault: false, Code: 'InternalError' }] };

describe('a request that is carried out in part', () => {
  test('fails the sending, and what is behind it in its group is not sent', async () => {
    const { queue, bodies } = scripted(() => partly);
    const entries = ['1', '2'].map((body) => entry('a.fifo', 'group', body));
    await expect(queue.send(entries)).rejects.toThrow('a.fifo: InternalError');
    expect(bodies()).toEqual([['1']]);
  });

  test('fails a removal and a release', async () => {
    const { queue } = scripted(() => partly);
    await expect(queue.remove('a.fifo', ['receipt'])).rejects.toThrow('InternalError');
    await expect(queue.release('a.fifo', ['receipt'], 0)).rejects.toThrow('InternalError');
  });
});

describe('a queue that was removed', () => {
  test('takes no entry, and says so', async () => {
    const { queue } = scripted(gone);
    await expect(queue.send([entry('a.fifo', 'group', '1')])).rejects.toThrow(QueueAbsent);
  });

  test('is empty to whoever receives, looks or measures', async () => {
    const { queue } = scripted(gone);
    expect(await queue.receive('a.fifo', now)).toEqual([]);
    expect(await queue.peek('a.fifo', { limit: 1 })).toEqual([]);
    expect(await queue.receiveThese('a.fifo', ['1'], 1000)).toEqual([]);
    expect(await queue.depth('a.fifo')).toMatchObject({ visible: 0, inFlight: 0 });
  });

  test('lets those who receive wait as they asked, so that they do not ask without end', async () => {
    const { queue } = scripted(gone);
    const startedMs = performance.now();
    await queue.receive('a.fifo', { ...now, waitMs: 200 });
    expect(performance.now() - startedMs).toBeGreaterThan(150);
  });
});

test('entries of several groups share a request, those of one group follow one another', async () => {
  const { queue, bodies } = scripted(() => ({}));
  await queue.send([
    entry('a.fifo', 'x', 'x1'),
    entry('a.fifo', 'x', 'x2'),
    entry('a.fifo', 'y', 'y1'),
    entry('a.fifo', 'x', 'x3'),
    entry('a.fifo', 'y', 'y2'),
  ]);
  expect(bodies()).toEqual([['x1', 'y1'], ['x2', 'y2'], ['x3']]);
});

test('each receiving of a FIFO queue can be repeated by the client, one of a standard queue needs no name', async () => {
  const { queue, asked } = scripted(() => ({}));
  for (const name of ['a.fifo', 'a.fifo', 'b']) await queue.receive(name, now);
  const ids = asked
    .filter(({ name }) => name === 'ReceiveMessageCommand')
    .map(({ input }) => input.ReceiveRequestAttemptId);
  expect(new Set(ids).size).toBe(3);
  expect(ids[2]).toBeUndefined();
});

test('other failures go through', async () => {
  const { queue } = scripted(() => {
    throw new Error('throttled');
  });
  await expect(queue.receive('a.fifo', now)).rejects.toThrow('throttled');
});
