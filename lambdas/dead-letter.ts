/**
 * The function that a person calls: sends dead letters of a queue back to it, or drops them for good, when no edge can be asked. What
 * it is called with is checked; what it did is its answer.
 */
import middy from '@middy/core';
import * as v from 'valibot';
import { queueNames } from '../shared/app/queue-names.ts';
import { type DeadLettersDone, dropDeadLetters, retryDeadLetters } from '../shared/dead-letters.ts';
import type { Queue } from '../shared/ports/queue.ts';

export type DeadLetterContext = {
  readonly queue: Queue;
  readonly done: (action: string, queue: string, outcome: DeadLettersDone) => void;
};

const queues = Object.keys(queueNames) as (keyof typeof queueNames)[];

const orderSchema = v.object({
  queue: v.picklist(queues),
  do: v.picklist(['retry', 'drop']),
  /** One record; without it all. */
  id: v.optional(v.pipe(v.string(), v.minLength(1))),
});

/** Makes the handler for some queues. */
export function deadLetterHandler({ queue, done }: DeadLetterContext) {
  return middy<unknown, DeadLettersDone>().handler(async (event) => {
    const order = v.safeParse(orderSchema, event);
    if (!order.success) {
      throw new Error(
        `give {"queue": "${queues.join('" or "')}", "do": "retry" or "drop"}, and an "id" for one record alone`,
      );
    }
    const { queue: name, do: action, id } = order.output;
    const act = action === 'retry' ? retryDeadLetters : dropDeadLetters;
    const outcome = await act(queue, queueNames[name], id);
    done(action, name, outcome);
    return outcome;
  });
}
