/**
 * An edge that ends gives what it holds to others (design 7): its groups first, whose members' functions find the new place by themselves,
 * then its participations. Begun within steps of the machines, waited for outside.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Controlling } from '../controlling/controlling.ts';
import type { Participating } from '../participating/participating.ts';
import { groupsMoveMs, handOverMs, handOverPollMs } from './limit.ts';

export type Leaving = {
  readonly participating: Pick<Participating, 'handOver' | 'leaving'>;
  readonly controlling: Pick<Controlling, 'leave'>;
};

/** Resolves when the functions have it all; what isn't given in time is taken over from what is stored. */
export async function handOver(
  { participating, controlling }: Leaving,
  successorOf: (user: string) => string,
  step: (input: (nowMs: number) => void) => void,
): Promise<void> {
  step((nowMs) => controlling.leave(nowMs));
  await pause(groupsMoveMs);
  step((nowMs) => participating.handOver(nowMs, successorOf));
  const untilMs = performance.now() + handOverMs;
  while (participating.leaving === 'under-way' && performance.now() < untilMs) {
    await pause(handOverPollMs);
  }
}
