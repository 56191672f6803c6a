/**
 * Deduplication ids in the file, in two generations: new ids go to the current one and are looked up in both. When the current one is
 * as old as an id may get, everything in the other is outdated: that one is emptied and becomes the current one.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deduplicationMs } from '../memory/limit.ts';

type Generation = {
  readonly find: StatementSync;
  readonly add: StatementSync;
  readonly empty: StatementSync;
};

/** Runs work in a transaction of its own. */
export type Write = (work: () => void) => void;

export class DeduplicationFile {
  readonly #turn: StatementSync;
  #current: Generation;
  #other: Generation;
  #currentNumber: number;
  #untilMs: number;

  constructor(db: DatabaseSync) {
    const row = db.prepare('SELECT current, until_ms FROM deduplication_generation').get();
    this.#currentNumber = Number(row?.current ?? 0);
    this.#untilMs = Number(row?.until_ms ?? 0);
    this.#current = generationOf(db, this.#currentNumber);
    this.#other = generationOf(db, 1 - this.#currentNumber);
    this.#turn = db.prepare('UPDATE deduplication_generation SET current = ?, until_ms = ?');
  }

  /** Remembers an id; answers whether it was known. */
  isRepeat(queue: number, id: string, nowMs: number): boolean {
    const known = this.#other.find.get(queue, id)?.until_ms;
    if (typeof known === 'number' && known > nowMs) return true;
    return this.#current.add.run(queue, id, nowMs + deduplicationMs, nowMs).changes === 0;
  }

  turnIfDue(nowMs: number, write: Write): void {
    // A clock that was set back would keep a generation for too long.
    const isSetBack = this.#untilMs - nowMs > deduplicationMs;
    if (nowMs < this.#untilMs && !isSetBack) return;
    const untilMs = nowMs + deduplicationMs;
    const number = 1 - this.#currentNumber;
    write(() => {
      this.#other.empty.run();
      this.#turn.run(number, untilMs);
    });
    [this.#current, this.#other] = [this.#other, this.#current];
    this.#currentNumber = number;
    this.#untilMs = untilMs;
  }
}

function generationOf(db: DatabaseSync, number: number): Generation {
  const table = `deduplication_${number}`;
  return {
    find: db.prepare(`SELECT until_ms FROM ${table} WHERE queue = ? AND id = ?`),
    add: db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE
      SET until_ms = excluded.until_ms WHERE until_ms <= ?`),
    empty: db.prepare(`DELETE FROM ${table}`),
  };
}
