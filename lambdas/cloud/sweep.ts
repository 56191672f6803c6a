/** The entry point of the function on a schedule. */
import { metricFields } from '../../shared/metric-line.ts';
import { sweepHandler } from '../sweep.ts';
import { log, ports, service } from './process.ts';

export const handler = sweepHandler({
  ports,
  measured: ({ away, oldestMs, seen, isPartial }) => {
    const nowMs = ports.nowMs();
    const OldestAway = oldestMs === undefined ? 0 : Math.max(0, (nowMs - oldestMs) / 1000);
    const fields = metricFields(service, { Away: away, OldestAway }, nowMs);
    log.info('swept', { seen, isPartial, ...fields });
  },
});
