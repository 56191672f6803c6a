/** `queue drop`: removes dead letters for good. Other records can't be removed by hand: what they hold was promised to somebody. */
import type { DeadLettersDone } from '../../shared/dead-letters.ts';
import { clientOf } from '../client.ts';
import {
  type Command,
  configOption,
  type Given,
  UsageError,
  urlOption,
  type World,
} from '../command.ts';
import { deadLettersOutcome, deadLettersPath, deadOptions } from '../dead-letters.ts';

export const queueDrop: Command = {
  name: 'queue drop',
  summary: 'remove dead letters for good',
  positionals: ['queue'],
  options: [
    ...deadOptions,
    { name: 'yes', help: 'needed: what is dropped does not come back' },
    urlOption,
    configOption,
  ],
  run: async (given: Given, world: World) => {
    const path = deadLettersPath(given);
    if (!given.options.has('yes')) {
      throw new UsageError('what is dropped does not come back: add --yes if that is meant');
    }
    const done = await clientOf(given, world).remove<DeadLettersDone>(path);
    return deadLettersOutcome('dropped', done);
  },
};
