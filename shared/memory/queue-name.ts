/** What the name of a queue says, and which entries a queue takes. The rules are those of SQS. */
import type { QueueEntry } from '../ports/queue.ts';
import { bodyLengthMax, delayMsMax } from './limit.ts';

const fifoSuffix = '.fifo';
const deadSuffix = '-dead';

/** Whether records of the queue keep their order within a group. */
export function isFifo(queue: string): boolean {
  return queue.endsWith(fifoSuffix);
}

/** The queue of a queue's dead letters; none for dead letters themselves, which stay where they are. */
export function deadLetterQueue(queue: string): string | undefined {
  const isOrdered = isFifo(queue);
  const stem = isOrdered ? queue.slice(0, -fifoSuffix.length) : queue;
  if (stem.endsWith(deadSuffix)) return undefined;
  return `${stem}${deadSuffix}${isOrdered ? fifoSuffix : ''}`;
}

/** Throws if a queue of the entry's kind would not take it. */
export function checkEntry(entry: QueueEntry): void {
  const wrong = wrongWith(entry);
  if (wrong !== undefined) throw new Error(`queue ${entry.queue}: ${wrong}`);
}

function wrongWith(entry: QueueEntry): string | undefined {
  const { queue, body, group, deduplicationId, delayMs = 0 } = entry;
  if (body.length > bodyLengthMax) {
    return `a body of ${body.length} characters is over the limit of ${bodyLengthMax}`;
  }
  if (body === '') return 'an entry needs a body';
  if (!isFifo(queue)) {
    if (group !== undefined || deduplicationId !== undefined) {
      return 'only FIFO queues have groups and deduplication ids';
    }
    if (delayMs < 0 || delayMs > delayMsMax) return `a delay may be 0 to ${delayMsMax} ms`;
    return undefined;
  }
  if (group === undefined || deduplicationId === undefined) {
    return 'an entry of a FIFO queue needs a group and a deduplication id';
  }
  return delayMs === 0 ? undefined : 'an entry of a FIFO queue has no delay of its own';
}
