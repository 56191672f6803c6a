import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { QueueEntry } from '../../../shared/ports/queue.ts';
import { batchOf } from '../../../shared/sqlite/flat-sends.ts';
import { GroupCommit } from '../../../shared/sqlite/group-commit.ts';
import { batchOperationsMax, collectedOperationsMax } from '../../../shared/sqlite/limit.ts';
import type { Answer, Operation, ToWorker } from '../../../shared/sqlite/operation.ts';

/** A thread that keeps what it's sent until the test answers. */
class Thread extends EventEmitter {
  readonly batches: (readonly Operation[])[] = [];
  #answered = 0;

  postMessage(message: ToWorker): void {
    const copy = structuredClone(message);
    if (!('kind' in copy)) this.batches.push(batchOf(copy).operations);
    else if (copy.kind === 'batch') this.batches.push(copy.batch.operations);
    else this.emit('exit', 0);
  }

  get kinds(): readonly (readonly string[])[] {
    return this.batches.map((batch) => batch.map(({ kind }) => kind));
  }

  /** Answers the oldest batch that has no answer. */
  answer(change: (answer: Answer, index: number) => Answer = (answer) => answer): void {
    const batch = this.batches[this.#answered] ?? [];
    this.#answered++;
    const answers = batch.map((_, index) => change({ isDone: true, value: undefined }, index));
    const of = batch[0]?.kind === 'send' ? 'sends' : 'others';
    this.emit('message', { kind: 'answers', of, answers });
  }
}

function commits() {
  const thread = new Thread();
  return { thread, group: new GroupCommit(thread, () => 0) };
}

const given = { partition: 'p', sort: 's' };

function sending(body: string): { readonly entries: readonly QueueEntry[] } {
  return { entries: [{ queue: 'q.fifo', group: 'g', deduplicationId: body, body }] };
}

test('what is asked for in one turn goes out together', async () => {
  const { thread, group } = commits();
  const asked = [group.run('read', given), group.run('read', given)];
  await turn();
  expect(thread.batches.map((batch) => batch.length)).toEqual([2]);
  thread.answer();
  await Promise.all(asked);
});

test('while a batch is out, operations collect and are the next one', async () => {
  const { thread, group } = commits();
  const first = group.run('read', given);
  await turn();
  const others = [1, 2, 3].map(() => group.run('read', given));
  await turn();
  expect(thread.batches).toHaveLength(1);
  thread.answer();
  await first;
  await turn();
  expect(thread.batches.map((batch) => batch.length)).toEqual([1, 3]);
  thread.answer();
  await Promise.all(others);
});

test('who was just answered gets into the next batch with those that waited', async () => {
  const { thread, group } = commits();
  const again = group.run('read', given).then(() => group.run('read', given));
  await turn();
  const waiting = group.run('read', given);
  thread.answer();
  await turn();
  expect(thread.batches.at(-1)).toHaveLength(2);
  thread.answer();
  await Promise.all([again, waiting]);
});

test('a batch is bounded by its operations and by its bytes', async () => {
  const { thread, group } = commits();
  const many = Array.from({ length: batchOperationsMax + 5 }, () => group.run('read', given));
  await turn();
  expect(thread.batches.at(-1)).toHaveLength(batchOperationsMax);
  thread.answer();
  await turn();
  expect(thread.batches.at(-1)).toHaveLength(5);
  thread.answer();
  await Promise.all(many);
  const large = [1, 2, 3].map(() => group.run('read', given, { bytes: 4_000_000 }));
  await turn();
  expect(thread.batches.at(-1)).toHaveLength(2);
  thread.answer();
  await turn();
  thread.answer();
  await Promise.all(large);
});

test('above the bound operations are refused, and taken again when there is room', async () => {
  const { thread, group } = commits();
  const first = group.run('read', given);
  await turn();
  const taken = Array.from({ length: collectedOperationsMax }, () => group.run('read', given));
  await expect(group.run('read', given)).rejects.toThrow('overloaded');
  thread.answer();
  await first;
  await turn();
  const last = group.run('read', given);
  while (thread.batches.length < 1 + (collectedOperationsMax + batchOperationsMax) / 1_000) {
    thread.answer();
    await turn();
  }
  thread.answer();
  await Promise.all([...taken, last]);
});

test('an operation that fails rejects its caller alone, with the file in the message', async () => {
  const { thread, group } = commits();
  const asked = [group.run('read', given), group.run('read', given)];
  await turn();
  const fault = { message: 'the store x.db: no room', cause: 'disk is full' };
  thread.answer((answer, index) => (index === 0 ? answer : { isDone: false, fault }));
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: { message: fault.message } });
});

test('a thread that ends rejects everything, then and later', async () => {
  const { thread, group } = commits();
  const out = group.run('read', given);
  await turn();
  const collected = group.run('read', given);
  thread.emit('exit', 1);
  await expect(out).rejects.toThrow('restart');
  await expect(collected).rejects.toThrow('restart');
  await expect(group.run('read', given)).rejects.toThrow('restart');
  await group.close();
});

test('what can not be handed to the thread rejects its callers and nothing else', async () => {
  const { thread, group } = commits();
  const bad = { ...given, sort: (() => 0) as unknown as string };
  const refused = group.run('read', bad);
  await expect(refused).rejects.toThrow('can not take');
  const next = group.run('read', given);
  await turn();
  thread.answer();
  await next;
});

test('a close finishes what was asked for and takes nothing more', async () => {
  const { thread, group } = commits();
  const out = group.run('read', given);
  await turn();
  const collected = group.run('read', given);
  const closed = group.close();
  await expect(group.run('read', given)).rejects.toThrow('closed');
  thread.answer();
  await out;
  await turn();
  thread.answer();
  await collected;
  await closed;
  await group.close();
});

test('what a listener asks for when a batch has gone comes behind it, and nothing overtakes it', async () => {
  const { thread, group } = commits();
  let added: Promise<unknown> | undefined;
  group.onBatch(() => {
    added ??= group.run('depth', { queue: 'q' });
  });
  const sent = group.run('send', sending('1'));
  const late = group.run('read', given);
  await turn();
  expect(thread.kinds).toEqual([['send'], ['read', 'depth']]);
  thread.answer();
  thread.answer();
  await Promise.all([sent, late, added]);
});

test('a send does not wait for the batch of what is no send, and has the next one of its own', async () => {
  const { thread, group } = commits();
  const reading = group.run('read', given);
  await turn();
  const sending1 = group.run('send', sending('1'));
  await turn();
  const others = [group.run('send', sending('2')), group.run('send', sending('3'))];
  await turn();
  expect(thread.kinds).toEqual([['read'], ['send']]);
  thread.answer();
  await reading;
  expect(thread.kinds).toEqual([['read'], ['send']]);
  thread.answer();
  await sending1;
  await turn();
  expect(thread.kinds.at(-1)).toEqual(['send', 'send']);
  thread.answer();
  await Promise.all(others);
});

test('who is alone goes at once, and where there were others the turn of the loop is waited for', async () => {
  const { thread, group } = commits();
  const alone = group.run('send', sending('1'));
  await Promise.resolve();
  expect(thread.batches).toHaveLength(1);
  thread.answer();
  await alone;
  const two = [group.run('send', sending('2')), group.run('send', sending('3'))];
  await turn();
  thread.answer();
  await Promise.all(two);
  const next = group.run('send', sending('4'));
  await Promise.resolve();
  expect(thread.batches).toHaveLength(2);
  await turn();
  expect(thread.batches).toHaveLength(3);
  thread.answer();
  await next;
});

test('a batch of sends that is done needs no message', async () => {
  const { thread, group } = commits();
  const sent = [group.run('send', sending('1')), group.run('send', sending('2'))];
  await turn();
  thread.emit('sent');
  expect(await Promise.all(sent)).toEqual([undefined, undefined]);
});
