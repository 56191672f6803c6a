import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportMetricsEveryMs } from '../../../edge/runtime/limit.ts';
import { startMetricReporter } from '../../../edge/runtime/metric-reporter.ts';
import { Metrics } from '../../../edge/runtime/metrics.ts';

const levels = {
  registrations: 0,
  groups: 0,
  participations: {},
  queues: {},
  deadLetters: 0,
  connections: {},
};

let metrics: Metrics;
let lines: Record<string, unknown>[];

beforeEach(() => {
  vi.useFakeTimers();
  metrics = new Metrics(() => levels);
  lines = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function start() {
  return startMetricReporter({
    service: 'rejoin',
    held: () => ({ sessions: 3, connections: 5 }),
    happened: () => ({ ...metrics.totals, ...metrics.troubles }),
    log: { info: (fields: unknown) => lines.push(fields as Record<string, unknown>) },
    nowMs: () => 1000,
  });
}

describe('what an edge tells the watch', () => {
  test('is what it holds, every minute', () => {
    start();
    vi.advanceTimersByTime(2 * reportMetricsEveryMs);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ Service: 'rejoin', Sessions: 3, Connections: 5 });
  });

  test('is what happened since the line before, each thing once', () => {
    metrics.deferred(10);
    const reporter = start();
    metrics.deferred(4);
    metrics.delivered(2);
    metrics.takenOver();
    metrics.sip('out', 'INVITE', 503);
    metrics.sip('out', 'REGISTER', 500);
    metrics.sip('in', 'INVITE', 503);
    metrics.sip('out', 'INVITE', 486);
    vi.advanceTimersByTime(reportMetricsEveryMs);
    metrics.delivered(1);
    reporter.stop();
    expect(lines).toMatchObject([
      { Deferred: 4, Delivered: 2, TakeOvers: 1, ServerErrors: 2 },
      { Deferred: 0, Delivered: 1, TakeOvers: 0, ServerErrors: 0 },
    ]);
  });

  test('ends with a last line', () => {
    start().stop();
    vi.advanceTimersByTime(10 * reportMetricsEveryMs);
    expect(lines).toHaveLength(1);
  });
});
