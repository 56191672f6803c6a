/**
 * What every queue does, whatever it's made of. `open` answers fresh, empty queues by name, so that an adapter whose queues have
 * to be made first can make them. Times are in tenths of a second or more, and nothing has to happen sooner than it must.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peekContract, theseContract } from './queue-overview.ts';
import {
  bodies,
  entry,
  long,
  now,
  type OpenQueue,
  receipts,
  visibilityContract,
  waitContract,
} from './queue-visibility.ts';

/** Runs the contract on an adapter; `open` is called for every test. */
export function queueContract(name: string, open: () => Promise<OpenQueue>): void {
  describe(`the queue ${name}`, () => {
    let opened: OpenQueue;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.close();
    });
    records(() => opened);
    groups(() => opened);
    repeats(() => opened);
    visibilityContract(() => opened);
    waitContract(() => opened);
    refusals(() => opened);
  });
}

/** The overview of a queue, for adapters that can look at records without receiving them. */
export function overviewContract(name: string, open: () => Promise<OpenQueue>): void {
  describe(`the overview of the queue ${name}`, () => {
    let opened: OpenQueue;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.close();
    });
    peekContract(() => opened);
    theseContract(() => opened);
  });
}

function records(opened: () => OpenQueue): void {
  test('a record is received as it was sent', async () => {
    const { queue, fifo } = opened();
    const sent = { queue: fifo, group: 'a', body: 'grüße 🎈 "quoted"', deduplicationId: 'id-1' };
    await queue.send([sent]);
    const [received] = await queue.receive(fifo, long);
    expect(received).toMatchObject({
      body: sent.body,
      group: 'a',
      deduplicationId: 'id-1',
      receives: 1,
    });
    expect(received?.id).toEqual(expect.stringMatching(/./));
    expect(received?.sentAtMs).toEqual(expect.any(Number));
  });

  test('a record of a standard queue has no group', async () => {
    const { queue, standard } = opened();
    await queue.send([{ queue: standard, body: 'one' }]);
    const [received] = await queue.receive(standard, long);
    expect(received).toMatchObject({ body: 'one', group: undefined, deduplicationId: undefined });
  });

  test('a queue that nobody sent to is empty', async () => {
    const { queue, fifo } = opened();
    expect(await queue.receive(fifo, now)).toEqual([]);
    expect(await queue.depth(fifo)).toMatchObject({ visible: 0, inFlight: 0 });
  });

  test('a record that was removed does not come back', async () => {
    const { queue, standard, stepMs } = opened();
    await queue.send([{ queue: standard, body: 'one' }]);
    const received = await queue.receive(standard, { ...long, visibilityMs: stepMs });
    await queue.remove(standard, receipts(received));
    expect(await queue.receive(standard, { ...long, waitMs: stepMs * 2 })).toEqual([]);
  });

  test('one call may send to several queues, and more entries than one receipt holds', async () => {
    const { queue, fifo, standard } = opened();
    const ordered = Array.from({ length: 23 }, (_, index) => entry(fifo, 'a', `body ${index}`));
    await queue.send([...ordered, { queue: standard, body: 'other' }]);
    const got: string[] = [];
    while (got.length < ordered.length) {
      const received = await queue.receive(fifo, long);
      expect(received.length).toBeGreaterThan(0);
      expect(received.length).toBeLessThanOrEqual(10);
      got.push(...bodies(received));
      await queue.remove(fifo, receipts(received));
    }
    expect(got).toEqual(ordered.map((one) => one.body));
    expect(bodies(await queue.receive(standard, long))).toEqual(['other']);
  });

  test('a body of 200 KB arrives whole', async () => {
    const { queue, fifo } = opened();
    const body = 'é0123456789'.repeat(17_000);
    await queue.send([entry(fifo, 'a', body)]);
    expect(bodies(await queue.receive(fifo, long))).toEqual([body]);
  });

  test('the depth tells what is visible and what is in flight', async () => {
    const { queue, fifo } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2'), entry(fifo, 'b', '3')]);
    await queue.receive(fifo, { ...long, max: 1 });
    await expect
      .poll(() => queue.depth(fifo), { timeout: 5_000 })
      .toMatchObject({ visible: 2, inFlight: 1 });
  });
}

function groups(opened: () => OpenQueue): void {
  test('records of a group come in order, several of them in one receipt', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    expect(bodies(await queue.receive(fifo, long))).toEqual(['1', '2', '3']);
  });

  test('while a record of a group is out, the others of that group wait', async () => {
    const { queue, fifo } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2')]);
    const first = await queue.receive(fifo, { ...long, max: 1 });
    await queue.send([entry(fifo, 'a', '3'), entry(fifo, 'b', 'other')]);
    expect(bodies(await queue.receive(fifo, long))).toEqual(['other']);
    expect(await queue.receive(fifo, now)).toEqual([]);
    await queue.remove(fifo, receipts(first));
    expect(bodies(await queue.receive(fifo, long))).toEqual(['2', '3']);
  });

  test('a group is held back until all of its records that are out are removed', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    const two = await queue.receive(fifo, { ...long, max: 2 });
    await queue.remove(fifo, receipts(two.slice(0, 1)));
    expect(await queue.receive(fifo, now)).toEqual([]);
    await queue.remove(fifo, receipts(two.slice(1)));
    expect(bodies(await queue.receive(fifo, long))).toEqual(['3']);
  });

  test('one receipt may hold records of several groups', async () => {
    const { queue, fifo } = opened();
    await queue.send(['a', 'b', 'c'].map((group) => entry(fifo, group, group)));
    const got: string[] = [];
    while (got.length < 3) {
      const received = await queue.receive(fifo, long);
      expect(received.length).toBeGreaterThan(0);
      got.push(...bodies(received));
    }
    expect(got.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('records of a standard queue do not wait for one another', async () => {
    const { queue, standard } = opened();
    await queue.send(['1', '2', '3'].map((body) => ({ queue: standard, body })));
    const got: string[] = [];
    while (got.length < 3) {
      const received = await queue.receive(standard, { ...long, max: 1 });
      expect(received).toHaveLength(1);
      got.push(...bodies(received));
    }
    expect(got.toSorted()).toEqual(['1', '2', '3']);
  });
}

function repeats(opened: () => OpenQueue): void {
  test('a repeated deduplication id is taken and dropped', async () => {
    const { queue, fifo } = opened();
    const first = entry(fifo, 'a', 'first');
    await queue.send([first]);
    await queue.send([{ ...first, body: 'again' }, entry(fifo, 'a', 'next')]);
    expect(bodies(await queue.receive(fifo, long))).toEqual(['first', 'next']);
  });

  test('an id is repeated after its record was removed, too', async () => {
    const { queue, fifo } = opened();
    const first = entry(fifo, 'a', 'first');
    await queue.send([first]);
    await queue.remove(fifo, receipts(await queue.receive(fifo, long)));
    await queue.send([first, entry(fifo, 'a', 'next')]);
    expect(bodies(await queue.receive(fifo, long))).toEqual(['next']);
  });

  test('an id may be used in each queue once', async () => {
    const { queue, fifo, deadLetters } = opened();
    const first = entry(fifo, 'a', 'first');
    await queue.send([first, { ...first, queue: deadLetters }]);
    expect(await queue.receive(fifo, long)).toHaveLength(1);
    expect(await queue.receive(deadLetters, long)).toHaveLength(1);
  });
}

function refusals(opened: () => OpenQueue): void {
  test('an entry of a FIFO queue needs a group and a deduplication id', async () => {
    const { queue, fifo } = opened();
    await expect(queue.send([{ queue: fifo, body: 'one' }])).rejects.toThrow();
    await expect(queue.send([{ queue: fifo, body: 'one', group: 'a' }])).rejects.toThrow();
    expect(await queue.receive(fifo, now)).toEqual([]);
  });

  test('an entry without a body is refused', async () => {
    const { queue, fifo } = opened();
    await expect(queue.send([entry(fifo, 'a', '')])).rejects.toThrow();
  });
}
