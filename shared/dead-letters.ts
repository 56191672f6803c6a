/** What operators do with dead letters: drop them for good, or send them back to their queue. No other record can be touched here. */
import { deadLetterQueue } from './memory/queue-name.ts';
import type { Queue, QueueEntry, QueueRecord } from './ports/queue.ts';

/** Dead letters that one request drops or retries; asking again goes on. */
const deadLettersAtOnceMax = 10_000;
/** Dead letters that are moved by one write: their bodies are in memory meanwhile. */
const deadLettersPage = 20;
/** A dead letter that is being dropped or retried is nobody else's for so long. */
const deadLetterHeldMs = 30_000;

export type DeadLettersDone = {
  /** How many were dropped or sent back. */
  readonly count: number;
  /** How many are left. */
  readonly left: number;
};

/** Drops one dead letter of a queue, or all. */
export function dropDeadLetters(queue: Queue, name: string, id?: string): Promise<DeadLettersDone> {
  return perform(queue, name, { id, work: async () => undefined });
}

/**
 * Sends one dead letter of a queue back to it, or all in their order. What is sent counts as new: it stands at the end, and its
 * deduplication id is not the old one, which might still be remembered.
 */
export function retryDeadLetters(
  queue: Queue,
  name: string,
  id?: string,
): Promise<DeadLettersDone> {
  const work = (records: readonly QueueRecord[]) =>
    queue.send(records.map((record) => retried(name, record)));
  return perform(queue, name, { id, work });
}

type Work = (records: readonly QueueRecord[]) => Promise<void>;

type Task = { readonly id: string | undefined; readonly work: Work };

async function perform(queue: Queue, name: string, { id, work }: Task): Promise<DeadLettersDone> {
  const dead = deadLetterQueue(name) ?? name;
  const count =
    id === undefined
      ? await performAll(queue, dead, work)
      : await handle(queue, dead, { ids: [id], work });
  const { visible, inFlight } = await queue.depth(dead);
  return { count, left: visible + inFlight };
}

async function performAll(queue: Queue, dead: string, work: Work): Promise<number> {
  const { visible, inFlight } = await queue.depth(dead);
  // What is parked while this goes on is not met again: it stands behind those that are there now.
  let left = Math.min(visible + inFlight, deadLettersAtOnceMax);
  let count = 0;
  let after: string | undefined;
  while (left > 0) {
    const page = { limit: Math.min(deadLettersPage, left) };
    const seen = await queue.peek(dead, after === undefined ? page : { ...page, after });
    if (seen.length === 0) return count;
    const ids = seen.map((record) => record.id);
    count += await handle(queue, dead, { ids, work });
    left -= ids.length;
    after = ids.at(-1);
  }
  return count;
}

/** First the work, then the removal: after a crash between them the work is done again, under the same deduplication id. */
async function handle(
  queue: Queue,
  dead: string,
  { ids, work }: { readonly ids: readonly string[]; readonly work: Work },
): Promise<number> {
  const records = await queue.receiveThese(dead, ids, deadLetterHeldMs);
  const receipts = records.map(({ receipt }) => receipt);
  try {
    await work(records);
    await queue.remove(dead, receipts);
  } catch (error) {
    await queue.release(dead, receipts, 0);
    throw error;
  }
  return records.length;
}

function retried(queue: string, record: QueueRecord): QueueEntry {
  const { id, group } = record;
  const body = parkedBody(record.body) ?? record.body;
  return group === undefined
    ? { queue, body }
    : { queue, body, group, deduplicationId: `retry/${id}` };
}

/** What was parked, out of its wrapping. */
function parkedBody(body: string): string | undefined {
  if (!body.startsWith('{"reason":"')) return undefined;
  const parked = JSON.parse(body) as { readonly body?: unknown };
  return typeof parked.body === 'string' && parked.body !== '' ? parked.body : undefined;
}
