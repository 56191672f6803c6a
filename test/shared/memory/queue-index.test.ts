import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueueIndex, type Taken } from '../../../shared/memory/queue-index.ts';

const receivesMax = 3;

/** The same rules written down naively: a list of records, each with its state. */
type Kept = {
  readonly sequence: number;
  readonly group: string;
  /** When it's visible again; undefined while it waits. */
  untilMs: number | undefined;
  receives: number;
  receipt: string | undefined;
  isDelayed: boolean;
};

class Model {
  records: Kept[] = [];
  readonly isFifo: boolean;

  constructor(isFifo: boolean) {
    this.isFifo = isFifo;
  }

  advance(nowMs: number): void {
    for (const record of this.records) {
      if (record.untilMs === undefined || record.untilMs > nowMs) continue;
      record.untilMs = undefined;
      record.receipt = undefined;
      record.isDelayed = false;
    }
  }

  /** The records that may be taken now, in the order within their groups. */
  available(): readonly Kept[] {
    const blocked = new Set(
      this.records.filter((one) => one.untilMs !== undefined).map((one) => one.group),
    );
    return this.records
      .filter((one) => one.untilMs === undefined && !(this.isFifo && blocked.has(one.group)))
      .sort((one, other) => one.sequence - other.sequence);
  }

  /** Checks a take against the rules and follows it. */
  follow(taken: Taken, max: number, untilMs: number): void {
    const available = this.available();
    const gone = [...taken.leases, ...taken.exhausted].map((one) => one.sequence);
    for (const group of new Set(available.map((one) => one.group))) {
      const own = available.filter((one) => one.group === group).map((one) => one.sequence);
      const takenOfGroup = gone
        .filter((one) => own.includes(one))
        .sort((one, other) => one - other);
      expect(takenOfGroup).toEqual(own.slice(0, takenOfGroup.length));
    }
    const good = available.filter((one) => one.receives < receivesMax);
    expect(taken.leases).toHaveLength(Math.min(max, good.length));
    for (const { sequence, receipt, receives } of taken.leases) {
      const record = good.find((one) => one.sequence === sequence);
      expect(record?.receives).toBe(receives - 1);
      if (record !== undefined) Object.assign(record, { receives, receipt, untilMs });
    }
    for (const { sequence, receives, group } of taken.exhausted) {
      const record = available.find((one) => one.sequence === sequence);
      expect(record).toMatchObject({ receives, group });
      expect(receives).toBe(receivesMax);
    }
    this.drop((one) => taken.exhausted.some(({ sequence }) => sequence === one.sequence));
  }

  drop(isGone: (record: Kept) => boolean): void {
    this.records = this.records.filter((one) => !isGone(one));
  }
}

type Step =
  | { readonly kind: 'add'; readonly group: string; readonly delayMs: number }
  | { readonly kind: 'take'; readonly max: number; readonly visibilityMs: number }
  | { readonly kind: 'remove' | 'release'; readonly pick: number; readonly delayMs: number }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    group: fc.constantFrom('a', 'b', 'c'),
    delayMs: fc.constantFrom(0, 0, 0, 15),
  }),
  fc.record({
    kind: fc.constant('take' as const),
    max: fc.integer({ min: 1, max: 10 }),
    visibilityMs: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'release' as const),
    pick: fc.nat(),
    delayMs: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 15 }) }),
);

class World {
  readonly index: QueueIndex;
  readonly model: Model;
  nowMs = 0;
  sequence = 0;
  readonly receipts: string[] = [];

  constructor(isFifo: boolean) {
    this.index = new QueueIndex({ isFifo, receivesMax });
    this.model = new Model(isFifo);
  }

  do(one: Step): void {
    if (one.kind === 'pass') this.nowMs += one.ms;
    if (one.kind === 'add') this.add(one.group, one.delayMs);
    if (one.kind === 'take') this.take(one.max, one.visibilityMs);
    if (one.kind === 'remove')
      this.remove(this.receipts[one.pick % this.receipts.length] ?? 'none');
    if (one.kind === 'release') {
      this.release(this.receipts[one.pick % this.receipts.length] ?? 'none', one.delayMs);
    }
    this.compare();
  }

  add(group: string, delayMs: number): void {
    this.sequence++;
    const visibleAtMs = delayMs > 0 ? this.nowMs + delayMs : undefined;
    const isDelayed = visibleAtMs !== undefined;
    const place = { sequence: this.sequence, group };
    this.index.add(isDelayed ? { ...place, visibleAtMs } : place);
    const receipt = undefined;
    this.model.records.push({ ...place, untilMs: visibleAtMs, receives: 0, receipt, isDelayed });
  }

  take(max: number, visibilityMs: number): void {
    this.model.advance(this.nowMs);
    const taken = this.index.take({ max, nowMs: this.nowMs, visibilityMs });
    this.model.follow(taken, max, this.nowMs + visibilityMs);
    this.receipts.push(...taken.leases.map((lease) => lease.receipt));
  }

  remove(receipt: string): void {
    expect(this.index.find(receipt)).toBe(this.find(receipt)?.sequence);
    this.index.remove(receipt);
    this.model.drop((one) => one.receipt === receipt);
  }

  release(receipt: string, delayMs: number): void {
    const record = this.find(receipt);
    this.index.release(receipt, this.nowMs + delayMs);
    if (record !== undefined)
      Object.assign(record, { receipt: 'used', untilMs: this.nowMs + delayMs });
  }

  find(receipt: string): Kept | undefined {
    return this.model.records.find((one) => one.receipt === receipt);
  }

  compare(): void {
    this.model.advance(this.nowMs);
    const { records } = this.model;
    const sequences = records.map((one) => one.sequence);
    expect(this.index.depth(this.nowMs)).toEqual({
      visible: records.filter((one) => one.untilMs === undefined).length,
      inFlight: records.filter((one) => one.untilMs !== undefined && !one.isDelayed).length,
      oldest: sequences.length === 0 ? undefined : Math.min(...sequences),
    });
    const times = records.flatMap((one) => one.untilMs ?? []);
    expect(this.index.nextAtMs()).toBe(times.length === 0 ? undefined : Math.min(...times));
  }
}

for (const isFifo of [true, false]) {
  test(`whatever happens, a ${isFifo ? 'FIFO' : 'standard'} queue's order follows the rules`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const world = new World(isFifo);
        for (const one of steps) world.do(one);
      }),
      { numRuns: 300 },
    );
  });
}

test('ready groups take turns', () => {
  const index = new QueueIndex({ isFifo: true, receivesMax });
  for (let sequence = 1; sequence <= 9; sequence++)
    index.add({ sequence, group: `g${sequence % 3}` });
  const options = { max: 1, nowMs: 0, visibilityMs: 10 };
  const order: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const [lease] = index.take(options).leases;
    order.push(lease?.sequence ?? 0);
    index.remove(lease?.receipt ?? '');
  }
  expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('many receipts and removals leave nothing behind', () => {
  const index = new QueueIndex({ isFifo: true, receivesMax });
  const options = { max: 10, nowMs: 0, visibilityMs: 1_000_000 };
  for (let sequence = 1; sequence <= 20_000; sequence++) {
    index.add({ sequence, group: `g${sequence % 7}` });
    for (const lease of index.take(options).leases) index.remove(lease.receipt);
  }
  expect(index.depth(0)).toEqual({ visible: 0, inFlight: 0, oldest: undefined });
  expect(index.nextAtMs()).toBeUndefined();
});
