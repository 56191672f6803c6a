/** Everything that the operator's tool asks of a running process, as functions; HTTP and its errors are in `api.ts`. */

import {
  type DeadLettersDone,
  dropDeadLetters,
  retryDeadLetters,
} from '../../shared/dead-letters.ts';
import { deadLetterQueue } from '../../shared/memory/queue-name.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import { type GroupPage, groupPage } from './group-view.ts';
import {
  type Mask,
  type QueueSummary,
  queueNamesOf,
  queueSummaries,
  type RecordSummary,
  recordSummary,
} from './queue-view.ts';

export type PageAsked = { readonly limit: number; readonly after?: string };

export type RecordPage = {
  readonly records: readonly RecordSummary[];
  /** Give it as `after` to get the next page; null on the last one. */
  readonly next: string | null;
};

export type Operator = {
  readonly queues: () => Promise<readonly QueueSummary[]>;
  /** The full name of a queue that is given with or without `.fifo`; undefined if there is none. */
  readonly resolve: (name: string) => Promise<string | undefined>;
  readonly records: (
    queue: string,
    asked: PageAsked & { readonly isDead: boolean },
  ) => Promise<RecordPage>;
  /** Drops one dead letter of a queue, or all. */
  readonly drop: (queue: string, id?: string) => Promise<DeadLettersDone>;
  /** Sends one dead letter of a queue back to it, or all. */
  readonly retry: (queue: string, id?: string) => Promise<DeadLettersDone>;
  /** Undefined if `after` is not of a page. */
  readonly groups: (asked: PageAsked) => Promise<GroupPage | undefined>;
};

export type OperatorOptions = {
  readonly store: Store;
  readonly queue: Queue;
  /** The queues that this process takes records from. */
  readonly served: readonly string[];
  readonly mask: Mask;
};

/** Makes the functions over a store and its queues. */
export function makeOperator({ store, queue, served, mask }: OperatorOptions): Operator {
  return {
    queues: () => queueSummaries(queue, served),
    resolve: async (name) => {
      const names = await queueNamesOf(queue, served);
      return [name, `${name}.fifo`].find((one) => names.includes(one));
    },
    records: async (name, { isDead, limit, after }) => {
      const where = isDead ? (deadLetterQueue(name) ?? name) : name;
      const page = after === undefined ? { limit } : { limit, after };
      const seen = await queue.peek(where, page);
      return {
        records: seen.map((record) => recordSummary(record, mask)),
        next: seen.length < limit ? null : (seen.at(-1)?.id ?? null),
      };
    },
    drop: (name, id) => dropDeadLetters(queue, name, id),
    retry: (name, id) => retryDeadLetters(queue, name, id),
    groups: (asked) => groupPage(store, asked),
  };
}
