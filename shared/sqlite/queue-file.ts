/**
 * The queues on the worker's side: durable rows for records and deduplication ids, and an index in memory of their order, rebuilt
 * when the file is opened. What is in flight is known to the index alone, so after a crash it's visible again at once. Bodies
 * are read when they are received, so memory doesn't grow with them.
 *
 * The index changes only after the rows are committed: `send` and `remove` put what follows the commit in a list.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { bodyStartLength, receiveBytesMax, receiveMax } from '../memory/limit.ts';
import { type Exhausted, type Lease, QueueIndex, type Taken } from '../memory/queue-index.ts';
import { deadLetterQueue, isFifo } from '../memory/queue-name.ts';
import type { PeekedRecord, QueueDepth, QueueEntry, QueueRecord } from '../ports/queue.ts';
import { DeduplicationFile, type Write } from './deduplication-file.ts';
import type { Given, Received } from './operation.ts';

type Row = ReturnType<StatementSync['get']>;

type Reading = { fault: unknown; readonly fits: (sequence: number) => boolean };

type OneQueue = { readonly id: number; readonly index: QueueIndex };

export type QueueFileOptions = {
  readonly receivesMax: number;
  readonly nowMs: number;
  readonly write: Write;
};

export class QueueFile {
  readonly #receivesMax: number;
  readonly #write: Write;
  readonly #queues = new Map<string, OneQueue>();
  readonly #deduplication: DeduplicationFile;
  readonly #addQueue: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #read: StatementSync;
  readonly #peek: StatementSync;
  readonly #count: StatementSync;
  readonly #bury: StatementSync;
  #sequence: number;

  constructor(db: DatabaseSync, { receivesMax, nowMs, write }: QueueFileOptions) {
    this.#receivesMax = receivesMax;
    this.#write = write;
    this.#deduplication = new DeduplicationFile(db);
    this.#addQueue = db.prepare(`INSERT INTO queue (name) VALUES (?)
      ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id`);
    this.#insert = db.prepare(`INSERT INTO record
      (sequence, queue, grp, deduplication_id, sent_at_ms, visible_at_ms, receives, body)
      VALUES (?, ?, ?, ?, ?, ?, 0, ?)`);
    this.#delete = db.prepare('DELETE FROM record WHERE sequence = ?');
    this.#read = db.prepare(
      'SELECT grp, deduplication_id, sent_at_ms, body FROM record WHERE sequence = ?',
    );
    this.#peek = db.prepare(
      `SELECT grp, sent_at_ms, substr(body, 1, ${bodyStartLength}) AS start FROM record WHERE sequence = ?`,
    );
    this.#count = db.prepare('UPDATE record SET receives = ? WHERE sequence = ?');
    this.#bury = db.prepare('UPDATE record SET queue = ?, receives = ? WHERE sequence = ?');
    // Numbers are ids too: they go on from the clock, so that none comes again after the file was empty.
    this.#sequence = Math.max(this.#load(db, nowMs), nowMs * 1000);
  }

  /** Does what needs a transaction of its own before a batch that sends. */
  prepareSend(nowMs: number): void {
    this.#deduplication.turnIfDue(nowMs, this.#write);
  }

  send({ entries }: Given['send'], nowMs: number, committed: (() => void)[]): undefined {
    for (const entry of entries) this.#sendOne(entry, nowMs, committed);
  }

  remove({ queue, receipts }: Given['removeRecords'], committed: (() => void)[]): undefined {
    const index = this.#queues.get(queue)?.index;
    for (const receipt of receipts) {
      const sequence = index?.find(receipt);
      if (sequence === undefined) continue;
      this.#delete.run(sequence);
      committed.push(() => index?.remove(receipt));
    }
  }

  release({ queue, receipts, delayMs }: Given['release'], nowMs: number): undefined {
    const index = this.#queues.get(queue)?.index;
    for (const receipt of receipts) index?.release(receipt, nowMs + delayMs);
  }

  receive({ queue, max, visibilityMs }: Given['receive'], nowMs: number): Received {
    const index = this.#queues.get(queue)?.index;
    if (index === undefined) return { records: [], nextAtMs: undefined };
    const rows = new Map<number, Row>();
    const reading = this.#reader(rows);
    const { fits } = reading;
    const taken = index.take({ max: Math.min(max, receiveMax), nowMs, visibilityMs, fits });
    try {
      if (reading.fault !== undefined) throw reading.fault;
      const records = taken.leases.map((lease) => recordOf(lease, rows.get(lease.sequence)));
      this.#keepReceipts(deadLetterQueue(queue), taken);
      return { records, nextAtMs: index.nextAtMs() };
    } catch (error) {
      // Nobody learns of these receipts, and nothing has moved: moving comes last.
      for (const lease of taken.leases) index.release(lease.receipt, nowMs);
      for (const record of taken.exhausted) index.add(record);
      throw error;
    }
  }

  /** Receives records by their ids; whatever goes wrong, they wait again. */
  receiveThese({ queue, ids, visibilityMs }: Given['receiveThese'], nowMs: number) {
    const index = this.#queues.get(queue)?.index;
    if (index === undefined) return [];
    const records = ids.flatMap((id) => {
      const row = this.#peek.get(Number(id));
      return row === undefined ? [] : [{ sequence: Number(id), group: String(row.grp ?? '') }];
    });
    const leases = index.takeThese(records, { nowMs, visibilityMs });
    try {
      const received = leases.map((lease) => recordOf(lease, this.#read.get(lease.sequence)));
      this.#keepReceipts(undefined, { leases, exhausted: [] });
      return received;
    } catch (error) {
      for (const lease of leases) index.release(lease.receipt, nowMs);
      throw error;
    }
  }

  peek({ queue, after = '0', limit }: Given['peek'], nowMs: number): readonly PeekedRecord[] {
    const index = this.#queues.get(queue)?.index;
    const sequences = index?.behind({ after: Number(after), limit, nowMs }) ?? [];
    return sequences.flatMap((sequence) => {
      const row = this.#peek.get(sequence);
      if (row === undefined || index === undefined) return [];
      return {
        id: String(sequence),
        group: typeof row.grp === 'string' ? row.grp : undefined,
        sentAtMs: Number(row.sent_at_ms),
        bodyStart: String(row.start),
        ...index.look(sequence),
      };
    });
  }

  get names(): readonly string[] {
    return [...this.#queues.keys()];
  }

  depth({ queue }: Given['depth'], nowMs: number): QueueDepth {
    const depth = this.#queues.get(queue)?.index.depth(nowMs);
    const row = depth?.oldest === undefined ? undefined : this.#read.get(depth.oldest);
    const oldestMs = row?.sent_at_ms;
    return {
      visible: depth?.visible ?? 0,
      inFlight: depth?.inFlight ?? 0,
      oldestMs: typeof oldestMs === 'number' ? oldestMs : undefined,
    };
  }

  #sendOne(entry: QueueEntry, nowMs: number, committed: (() => void)[]): void {
    const { queue, body, group, deduplicationId, delayMs = 0 } = entry;
    const id = this.#idOf(queue);
    if (deduplicationId !== undefined) {
      if (this.#deduplication.isRepeat(id, deduplicationId, nowMs)) return;
    }
    this.#sequence++;
    const sequence = this.#sequence;
    const visibleAtMs = delayMs > 0 ? nowMs + delayMs : undefined;
    this.#insert.run(
      sequence,
      id,
      group ?? null,
      deduplicationId ?? null,
      nowMs,
      visibleAtMs ?? null,
      body,
    );
    const delayed = visibleAtMs === undefined ? {} : { visibleAtMs };
    const added = { sequence, group: group ?? '', ...delayed };
    committed.push(() => this.#queueOf(queue, id).index.add(added));
  }

  /**
   * Counts receipts in the file from the second one on, and moves what was received too often. The first receipt costs no write:
   * so a record that ends the process at its first receipt, each time anew, comes no nearer to the dead letters.
   */
  #keepReceipts(dead: string | undefined, { leases, exhausted }: Taken): void {
    const repeated = leases.filter((lease) => lease.receives > 1);
    if (repeated.length > 0) {
      this.#write(() => {
        for (const { receives, sequence } of repeated) this.#count.run(receives, sequence);
      });
    }
    if (dead !== undefined && exhausted.length > 0) this.#moveToDead(dead, exhausted);
  }

  #moveToDead(dead: string, exhausted: readonly Exhausted[]): void {
    let id = 0;
    this.#write(() => {
      id = this.#idOf(dead);
      for (const { sequence, receives } of exhausted) this.#bury.run(id, receives, sequence);
    });
    for (const record of exhausted) this.#queueOf(dead, id).index.add(record);
  }

  /** Reads rows as long as they are not too many bytes together. A fault is kept: the index is not to be left in the midst of taking. */
  #reader(rows: Map<number, Row>): Reading {
    let bytes = 0;
    const reading: Reading = {
      fault: undefined,
      fits: (sequence) => {
        if (bytes >= receiveBytesMax || reading.fault !== undefined) return false;
        try {
          const row = this.#read.get(sequence);
          rows.set(sequence, row);
          bytes += String(row?.body ?? '').length;
        } catch (error) {
          reading.fault = error;
        }
        return reading.fault === undefined;
      },
    };
    return reading;
  }

  #idOf(name: string): number {
    return this.#queues.get(name)?.id ?? Number(this.#addQueue.get(name)?.id);
  }

  #queueOf(name: string, id: number): OneQueue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const hasDeadLetters = deadLetterQueue(name) !== undefined;
    const index = new QueueIndex({
      isFifo: isFifo(name),
      receivesMax: hasDeadLetters ? this.#receivesMax : Number.POSITIVE_INFINITY,
    });
    const made = { id, index };
    this.#queues.set(name, made);
    return made;
  }

  /** Builds the index; answers the highest sequence number. */
  #load(db: DatabaseSync, nowMs: number): number {
    const indexes = new Map<unknown, QueueIndex>();
    for (const { id, name } of db.prepare('SELECT id, name FROM queue').all()) {
      indexes.set(id, this.#queueOf(String(name), Number(id)).index);
    }
    const rows = db.prepare(
      'SELECT sequence, queue, grp, visible_at_ms, receives FROM record ORDER BY sequence',
    );
    let highest = 0;
    for (const row of rows.iterate()) {
      const { queue, grp, visible_at_ms: visibleAtMs } = row;
      highest = Number(row.sequence);
      const isDelayed = typeof visibleAtMs === 'number' && visibleAtMs > nowMs;
      const added = {
        sequence: highest,
        group: typeof grp === 'string' ? grp : '',
        receives: Number(row.receives),
      };
      indexes.get(queue)?.add(isDelayed ? { ...added, visibleAtMs } : added);
    }
    return highest;
  }
}

function recordOf({ sequence, receipt, receives }: Lease, row: Row): QueueRecord {
  if (row === undefined) throw new Error(`record ${sequence} is in the index but not in the file`);
  const { grp, deduplication_id: deduplicationId, sent_at_ms: sentAtMs, body } = row;
  return {
    id: String(sequence),
    receipt,
    receives,
    body: String(body),
    group: typeof grp === 'string' ? grp : undefined,
    deduplicationId: typeof deduplicationId === 'string' ? deduplicationId : undefined,
    sentAtMs: Number(sentAtMs),
  };
}
