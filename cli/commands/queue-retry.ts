/** `queue retry`: sends dead letters back to their queue, in their order, once what had kept them from being handled is mended. */
import type { DeadLettersDone } from '../../shared/dead-letters.ts';
import { clientOf } from '../client.ts';
import { type Command, configOption, type Given, urlOption, type World } from '../command.ts';
import { deadLettersOutcome, deadLettersPath, deadOptions } from '../dead-letters.ts';

export const queueRetry: Command = {
  name: 'queue retry',
  summary: 'send dead letters back to their queue, in order',
  positionals: ['queue'],
  options: [...deadOptions, urlOption, configOption],
  details: `They go to the end of their queue. Messages among them keep their place in their session;
those that the client has passed meanwhile are not delivered any more.`,
  run: async (given: Given, world: World) => {
    const path = `${deadLettersPath(given)}/retry`;
    const done = await clientOf(given, world).post<DeadLettersDone>(path);
    return deadLettersOutcome('sent back', done);
  },
};
