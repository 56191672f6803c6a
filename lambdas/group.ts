/** The function behind the group queue: keeps the groups of our own focus. */
import middy from '@middy/core';
import { handleBatch, type SqsBatchResponse, type SqsEvent } from '../shared/app/batch.ts';
import { handleGroup } from '../shared/app/handle-group.ts';
import { readGroupMessage } from '../shared/core/message.ts';
import type { FunctionContext } from './context.ts';
import { park } from './park.ts';

/** Makes the handler for some ports. */
export function groupHandler(context: FunctionContext) {
  return middy<SqsEvent, SqsBatchResponse>().handler((event) =>
    handleBatch(event, {
      read: readGroupMessage,
      handle: (messages) =>
        handleGroup(
          context.ports,
          messages.map((message) => message.event),
        ),
      park: park(context, 'group'),
      failed: (group, error) => context.failed('group', group, error),
    }),
  );
}
