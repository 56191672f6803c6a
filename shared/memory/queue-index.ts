/**
 * The order of one queue: which records wait, are out (received, not yet removed) or are delayed. It knows sequence numbers and
 * groups alone; bodies are with whoever uses it, in memory or in a file. Time comes in as an argument.
 *
 * Theory: records wait in groups. A group of a FIFO queue is ready while it has a waiting record and none that is out, so two
 * receipts never hold records of one group at once. A standard queue is one group that stays ready while records wait.
 * A record that is out has a lease and a deadline; at the deadline it waits again, at its old place.
 */
import { type Deadline, Deadlines } from './deadlines.ts';
import { lowestBehind } from './lowest.ts';
import { SequenceList } from './sequence-list.ts';

export type Lease = {
  readonly sequence: number;
  readonly receipt: string;
  /** How often the record has been received, this time included. */
  readonly receives: number;
};

/** A record that was received too often and left this queue. */
export type Exhausted = {
  readonly sequence: number;
  readonly group: string;
  readonly receives: number;
};

export type Taken = { readonly leases: readonly Lease[]; readonly exhausted: readonly Exhausted[] };

export type AddedRecord = {
  readonly sequence: number;
  readonly group: string;
  /** Earlier receipts. */
  readonly receives?: number;
  /** A delayed record waits from then on. */
  readonly visibleAtMs?: number;
};

/** A record and its group, empty on a standard queue. */
export type NamedRecord = { readonly sequence: number; readonly group: string };

export type TakeOptions = {
  readonly max: number;
  readonly nowMs: number;
  readonly visibilityMs: number;
  /** Whether one more record may be taken; unless given, as many as `max`. */
  readonly fits?: (sequence: number) => boolean;
};

export type BehindOptions = {
  readonly after: number;
  readonly limit: number;
  readonly nowMs: number;
};

export type IndexDepth = {
  readonly visible: number;
  readonly inFlight: number;
  /** The oldest record, whether it waits or is out. */
  readonly oldest: number | undefined;
};

export type IndexOptions = {
  readonly isFifo: boolean;
  /** Infinity where there are no dead letters. */
  readonly receivesMax: number;
};

type Group = { readonly name: string; readonly waiting: SequenceList; out: number };

type Out = {
  readonly sequence: number;
  readonly group: Group;
  readonly receives: number;
  readonly lease: number;
  /** A delayed record is out without a receipt. */
  readonly isDelayed: boolean;
};

type Taking = {
  readonly max: number;
  readonly fits: (sequence: number) => boolean;
  readonly untilMs: number;
  readonly leases: Lease[];
  readonly exhausted: Exhausted[];
};

export class QueueIndex {
  readonly #options: IndexOptions;
  readonly #groups = new Map<string, Group>();
  /** A set keeps the order of insertion: the group that has been ready longest is served first. */
  readonly #ready = new Set<Group>();
  readonly #out = new Map<number, Out>();
  /** Receipts of the waiting records that were received before. */
  readonly #received = new Map<number, number>();
  readonly #deadlines = new Deadlines();
  #leases = 0;
  #delayed = 0;
  #waiting = 0;

  constructor(options: IndexOptions) {
    this.#options = options;
  }

  add(record: AddedRecord): void {
    const { sequence, receives = 0, visibleAtMs } = record;
    const group = this.#groupOf(record.group);
    if (visibleAtMs === undefined) this.#wait(sequence, group, receives);
    else this.#goOut({ sequence, group, receives, isDelayed: true }, visibleAtMs);
    this.#settle(group);
  }

  /** Leases up to `max` records: several of one group in their order, then those of further groups. */
  take({ max, nowMs, visibilityMs, fits = () => true }: TakeOptions): Taken {
    this.#advance(nowMs);
    const untilMs = nowMs + visibilityMs;
    const taking: Taking = { max, fits, untilMs, leases: [], exhausted: [] };
    for (const group of this.#ready) {
      if (taking.leases.length >= max) break;
      this.#takeFrom(group, taking);
    }
    return taking;
  }

  /** Leases these records if they wait; the groups of a FIFO queue of which a record is out stay shut. */
  takeThese(
    records: readonly NamedRecord[],
    options: Omit<TakeOptions, 'max' | 'fits'>,
  ): readonly Lease[] {
    this.#advance(options.nowMs);
    const isShut = (name: string): boolean =>
      this.#options.isFifo && (this.#groups.get(name)?.out ?? 0) > 0;
    const open = records.filter((record) => !isShut(record.group));
    return open.flatMap((record) => this.#takeThis(record, options) ?? []);
  }

  /** The records behind one, oldest first, whether they wait or are out. */
  behind({ after, limit, nowMs }: BehindOptions): readonly number[] {
    this.#advance(nowMs);
    return lowestBehind(this.#sequences(), after, limit);
  }

  /** How often a record was received, and whether it is out. */
  look(sequence: number): { readonly receives: number; readonly isOut: boolean } {
    const out = this.#out.get(sequence);
    const receives = out?.receives ?? this.#received.get(sequence) ?? 0;
    return { receives, isOut: out !== undefined };
  }

  /** The record that a receipt stands for, as long as it is out. */
  find(receipt: string): number | undefined {
    return this.#entryOf(receipt)?.sequence;
  }

  remove(receipt: string): void {
    const entry = this.#entryOf(receipt);
    if (entry === undefined) return;
    this.#comeBack(entry);
    this.#settle(entry.group);
  }

  /** Ends a lease; the record waits again from a time on and holds its group back until then. */
  release(receipt: string, visibleAtMs: number): void {
    const entry = this.#entryOf(receipt);
    if (entry === undefined) return;
    this.#comeBack(entry);
    this.#goOut(entry, visibleAtMs);
  }

  /** When the next record becomes visible by itself. */
  nextAtMs(): number | undefined {
    let next = this.#deadlines.first();
    while (next !== undefined && !this.#isValid(next)) {
      this.#deadlines.shift();
      next = this.#deadlines.first();
    }
    return next?.atMs;
  }

  depth(nowMs: number): IndexDepth {
    this.#advance(nowMs);
    const oldest = oldestOf(this.#groups.values(), this.#out.keys());
    return { visible: this.#waiting, inFlight: this.#out.size - this.#delayed, oldest };
  }

  #groupOf(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { name, waiting: new SequenceList(), out: 0 };
    this.#groups.set(name, group);
    return group;
  }

  #settle(group: Group): void {
    const isWaiting = group.waiting.length > 0;
    if (isWaiting && (!this.#options.isFifo || group.out === 0)) this.#ready.add(group);
    else this.#ready.delete(group);
    if (!isWaiting && group.out === 0) this.#groups.delete(group.name);
  }

  #wait(sequence: number, group: Group, receives: number): void {
    group.waiting.insert(sequence);
    this.#waiting++;
    if (receives > 0) this.#received.set(sequence, receives);
  }

  #goOut(record: Omit<Out, 'lease'>, untilMs: number): Out {
    this.#leases++;
    const entry = { ...record, lease: this.#leases };
    this.#out.set(record.sequence, entry);
    record.group.out++;
    if (record.isDelayed) this.#delayed++;
    this.#deadlines.add({ atMs: untilMs, sequence: record.sequence, lease: entry.lease });
    this.#deadlines.sweep(this.#out.size, (deadline) => this.#isValid(deadline));
    return entry;
  }

  #comeBack(entry: Out): void {
    this.#out.delete(entry.sequence);
    entry.group.out--;
    if (entry.isDelayed) this.#delayed--;
  }

  #isValid(deadline: Deadline): boolean {
    return this.#out.get(deadline.sequence)?.lease === deadline.lease;
  }

  #advance(nowMs: number): void {
    for (;;) {
      const next = this.#deadlines.first();
      if (next === undefined || next.atMs > nowMs) return;
      this.#deadlines.shift();
      const entry = this.#out.get(next.sequence);
      if (entry === undefined || entry.lease !== next.lease) continue;
      this.#comeBack(entry);
      this.#wait(entry.sequence, entry.group, entry.receives);
      this.#settle(entry.group);
    }
  }

  #entryOf(receipt: string): Out | undefined {
    const entry = this.#out.get(Number(receipt.slice(0, receipt.indexOf('.'))));
    if (entry === undefined || entry.isDelayed) return undefined;
    return receiptOf(entry) === receipt ? entry : undefined;
  }

  #takeThis({ sequence, group: name }: NamedRecord, options: Omit<TakeOptions, 'max'>) {
    const group = this.#groups.get(name);
    if (group?.waiting.remove(sequence) !== true) return undefined;
    this.#waiting--;
    const receives = (this.#received.get(sequence) ?? 0) + 1;
    this.#received.delete(sequence);
    const untilMs = options.nowMs + options.visibilityMs;
    const entry = this.#goOut({ sequence, group, receives, isDelayed: false }, untilMs);
    this.#settle(group);
    return { sequence, receipt: receiptOf(entry), receives };
  }

  *#sequences(): IterableIterator<number> {
    for (const group of this.#groups.values()) yield* group.waiting.values();
    yield* this.#out.keys();
  }

  #takeFrom(group: Group, taking: Taking): void {
    while (taking.leases.length < taking.max) {
      const sequence = group.waiting.first;
      if (sequence === undefined || !taking.fits(sequence)) break;
      group.waiting.shift();
      this.#waiting--;
      const before = this.#received.get(sequence) ?? 0;
      this.#received.delete(sequence);
      if (before >= this.#options.receivesMax) {
        taking.exhausted.push({ sequence, group: group.name, receives: before });
        continue;
      }
      const receives = before + 1;
      const entry = this.#goOut({ sequence, group, receives, isDelayed: false }, taking.untilMs);
      taking.leases.push({ sequence, receipt: receiptOf(entry), receives });
    }
    this.#settle(group);
  }
}

function receiptOf(entry: Out): string {
  return `${entry.sequence}.${entry.lease}`;
}

function oldestOf(groups: Iterable<Group>, out: Iterable<number>): number | undefined {
  let oldest = Number.POSITIVE_INFINITY;
  for (const group of groups) oldest = Math.min(oldest, group.waiting.first ?? oldest);
  for (const sequence of out) oldest = Math.min(oldest, sequence);
  return oldest === Number.POSITIVE_INFINITY ? undefined : oldest;
}
