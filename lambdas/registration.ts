/** The function behind the registration queue: keeps bindings and wakes the participations of a user who is back. */
import middy from '@middy/core';
import { handleBatch, type SqsBatchResponse, type SqsEvent } from '../shared/app/batch.ts';
import { handleRegistration } from '../shared/app/handle-registration.ts';
import { readRegistrationMessage } from '../shared/core/message.ts';
import type { FunctionContext } from './context.ts';
import { park } from './park.ts';

/** Makes the handler for some ports. */
export function registrationHandler(context: FunctionContext) {
  return middy<SqsEvent, SqsBatchResponse>().handler((event) =>
    handleBatch(event, {
      read: readRegistrationMessage,
      handle: (messages) =>
        handleRegistration(
          context.ports,
          messages.map((message) => message.event),
        ),
      park: park(context, 'registration'),
      failed: (group, error) => context.failed('registration', group, error),
    }),
  );
}
