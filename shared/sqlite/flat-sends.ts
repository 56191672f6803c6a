/**
 * A batch of sends as it crosses to the store's thread: one list without names. Somebody on the wire waits for each send, and cloning
 * objects within objects takes several times as long.
 */
import type { QueueEntry } from '../ports/queue.ts';
import type { Batch, Operation } from './operation.ts';

/** The time, then each operation: the number of its entries, and five values an entry. */
export type FlatSends = readonly (string | number | undefined)[];

const entryLength = 5;

export function flatSends(nowMs: number, operations: readonly Operation[]): FlatSends {
  const flat: (string | number | undefined)[] = [nowMs];
  for (const operation of operations) {
    if (operation.kind !== 'send') continue;
    const { entries } = operation.given;
    flat.push(entries.length);
    for (const { queue, body, group, deduplicationId, delayMs } of entries) {
      flat.push(queue, body, group, deduplicationId, delayMs);
    }
  }
  return flat;
}

/** The batch that was made flat. */
export function batchOf(flat: FlatSends): Batch {
  const operations: Operation[] = [];
  let at = 1;
  while (at < flat.length) {
    const end = at + 1 + Number(flat[at]) * entryLength;
    const entries: QueueEntry[] = [];
    for (at++; at < end; at += entryLength) entries.push(entryAt(flat, at));
    operations.push({ kind: 'send', given: { entries } });
  }
  return { nowMs: Number(flat[0]), operations };
}

function entryAt(flat: FlatSends, at: number): QueueEntry {
  const group = flat[at + 2];
  const deduplicationId = flat[at + 3];
  const delayMs = flat[at + 4];
  return {
    queue: String(flat[at]),
    body: String(flat[at + 1]),
    ...(typeof group === 'string' ? { group } : {}),
    ...(typeof deduplicationId === 'string' ? { deduplicationId } : {}),
    ...(typeof delayMs === 'number' ? { delayMs } : {}),
  };
}
