/** Parks a record that can't be decoded among the dead letters, with its reason, at once. */
import type { SqsRecord } from '../shared/app/batch.ts';
import type { FunctionContext } from './context.ts';

/** The parking of one handler's queue. */
export function park(context: FunctionContext, handler: string) {
  return async (record: SqsRecord, reason: string): Promise<void> => {
    await context.ports.queue.send([
      {
        queue: `${handler}-dead.fifo`,
        group: record.attributes.MessageGroupId ?? handler,
        deduplicationId: record.messageId,
        body: JSON.stringify({ reason, body: record.body }),
      },
    ]);
    context.parked(handler, reason);
  };
}
