/** The entry point of the function that a person calls about dead letters. */
import { deadLetterHandler } from '../dead-letter.ts';
import { log, ports } from './process.ts';

export const handler = deadLetterHandler({
  queue: ports.queue,
  done: (action, queue, { count, left }) =>
    log.info('dead letters', { action, queue, count, left }),
});
