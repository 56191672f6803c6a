/** The function on a schedule: measures who is away. What has expired the table removes by itself. */
import middy from '@middy/core';
import type { Ports } from '../shared/app/handle-participation.ts';
import { type Away, measureAway } from '../shared/app/measure-away.ts';

export type SweepContext = {
  readonly ports: Pick<Ports, 'store'>;
  readonly measured: (away: Away) => void;
};

/** Makes the handler for some ports. */
export function sweepHandler({ ports, measured }: SweepContext) {
  return middy<unknown, void>().handler(async () => {
    measured(await measureAway(ports.store));
  });
}
