/**
 * What an edge tells the cloud's watch: a log line a minute with what it holds and what has happened since the line before (`metric-line.ts`).
 * The scaling of the edges hangs on it. Elsewhere `/metrics` is asked instead.
 */
import type { Logger } from 'pino';
import { metricFields } from '../../shared/metric-line.ts';
import { reportMetricsEveryMs } from './limit.ts';

/** What is held now. */
export type Held = { readonly sessions: number; readonly connections: number };

/** What has happened since the start. */
export type Happened = {
  readonly deferred: number;
  readonly delivered: number;
  readonly serverErrors: number;
  readonly takeOvers: number;
};

export type MetricReporterOptions = {
  /** Names the deployment. */
  readonly service: string;
  readonly held: () => Held;
  readonly happened: () => Happened;
  readonly log: Pick<Logger, 'info'>;
  readonly nowMs: () => number;
};

export type MetricReporter = {
  /** Writes the last line. */
  readonly stop: () => void;
};

/** Starts writing lines. */
export function startMetricReporter(options: MetricReporterOptions): MetricReporter {
  let before = options.happened();
  const report = (): void => {
    before = reportOne(options, before);
  };
  const timer = setInterval(report, reportMetricsEveryMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      report();
    },
  };
}

function reportOne(options: MetricReporterOptions, before: Happened): Happened {
  const { sessions, connections } = options.held();
  const now = options.happened();
  const values = {
    Sessions: sessions,
    Connections: connections,
    Deferred: now.deferred - before.deferred,
    Delivered: now.delivered - before.delivered,
    ServerErrors: now.serverErrors - before.serverErrors,
    TakeOvers: now.takeOvers - before.takeOvers,
  };
  options.log.info(metricFields(options.service, values, options.nowMs()), 'metrics');
  return now;
}
