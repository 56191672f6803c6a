/** The function on a schedule: measures who is away, and removes what has expired where the store doesn't do so by itself. */
import middy from '@middy/core';
import type { Ports } from '../shared/app/handle-participation.ts';
import { type Away, measureAway } from '../shared/app/measure-away.ts';

export type SweepContext = {
  readonly ports: Pick<Ports, 'store' | 'nowMs'>;
  readonly measured: (away: Away) => void;
};

/** Makes the handler for some ports. */
export function sweepHandler({ ports, measured }: SweepContext) {
  return middy<unknown, void>().handler(async () => {
    measured(await measureAway(ports.store));
    await ports.store.expire(Math.floor(ports.nowMs() / 1000));
  });
}
