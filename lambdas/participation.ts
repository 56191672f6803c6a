/** The function behind the participation queue: messages to keep, losses, re-joins, outcomes, availability. */
import middy from '@middy/core';
import { handleBatch, type SqsBatchResponse, type SqsEvent } from '../shared/app/batch.ts';
import { handleParticipation } from '../shared/app/handle-participation.ts';
import { readParticipationMessage } from '../shared/core/message.ts';
import type { FunctionContext } from './context.ts';
import { park } from './park.ts';

/** Makes the handler for some ports. */
export function participationHandler(context: FunctionContext) {
  return middy<SqsEvent, SqsBatchResponse>().handler((event) =>
    handleBatch(event, {
      read: readParticipationMessage,
      handle: async (messages) => {
        const first = messages[0];
        if (first !== undefined) await handleParticipation(context.ports, first.name, messages);
      },
      park: park(context, 'participation'),
      failed: (group, error) => context.failed('participation', group, error),
    }),
  );
}
