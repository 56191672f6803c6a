/**
 * What a process that ends still says: whoever waits for an answer here is told to try again, and whoever follows a roster that nothing more
 * comes. It waits for the answers, but not for those who are gone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Controlling } from '../controlling/controlling.ts';
import type { Participating } from '../participating/participating.ts';
import { lastWordsMs, lastWordsPollMs } from './limit.ts';

export type Ending = {
  readonly participating: Pick<Participating, 'stop' | 'counts'>;
  readonly controlling: Pick<Controlling, 'stop' | 'counts'>;
};

/** Resolves when everybody has answered, or could have. */
export async function sayLastWords(
  { participating, controlling }: Ending,
  step: (input: (nowMs: number) => void) => void,
): Promise<void> {
  step((nowMs) => {
    participating.stop(nowMs);
    controlling.stop(nowMs);
  });
  const untilMs = performance.now() + lastWordsMs;
  const isAwaited = (): boolean =>
    participating.counts.waiting > 0 || controlling.counts.waiting > 0;
  // Once in any case: a datagram goes out a turn of the event loop later.
  do await pause(lastWordsPollMs);
  while (isAwaited() && performance.now() < untilMs);
}
