/** An edge that ends gives what it holds to others (design 7): begun within a step of the machines, waited for outside. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Participating } from '../participating/participating.ts';
import { handOverMs, handOverPollMs } from './limit.ts';

/** Resolves when the functions have it all; what isn't given in time is taken over from what is stored. */
export async function handOver(
  participating: Pick<Participating, 'handOver' | 'leaving'>,
  successorOf: (user: string) => string,
  step: (input: (nowMs: number) => void) => void,
): Promise<void> {
  step((nowMs) => participating.handOver(nowMs, successorOf));
  const untilMs = performance.now() + handOverMs;
  while (participating.leaving === 'under-way' && performance.now() < untilMs) {
    await pause(handOverPollMs);
  }
}
