/** Which entries of one queue go in one request: no two of one group, no more than the service takes. */
import type { QueueEntry } from '../ports/queue.ts';
import { batchBytesMax, batchMax } from './limit.ts';

/** The requests, in order; those of a group keep theirs. */
export function roundsOf(entries: readonly QueueEntry[]): readonly (readonly QueueEntry[])[] {
  const rounds: { entries: QueueEntry[]; bytes: number }[] = [];
  /** The round behind the last one of each group. */
  const next = new Map<string, number>();
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry.body);
    const group = entry.group ?? '';
    let at = entry.group === undefined ? 0 : (next.get(group) ?? 0);
    while (rounds[at] !== undefined && !hasRoom(rounds[at], bytes)) at++;
    const round = rounds[at] ?? { entries: [], bytes: 0 };
    rounds[at] = round;
    round.entries.push(entry);
    round.bytes += bytes;
    next.set(group, at + 1);
  }
  return rounds.map((round) => round.entries);
}

function hasRoom(
  round: { readonly entries: readonly QueueEntry[]; readonly bytes: number } | undefined,
  bytes: number,
): boolean {
  if (round === undefined) return true;
  return round.entries.length < batchMax && round.bytes + bytes <= batchBytesMax;
}
