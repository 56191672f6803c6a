/**
 * Numbers for the cloud's watch, as fields of a log line: a line with these fields is counted when it is stored, without a call and
 * without an agent (CloudWatch's embedded metric format). The names stand here once, for whoever counts and for whoever draws and alarms.
 */

export const metricNamespace = 'Rejoin';
/** Tells deployments apart; nothing finer, for each value of a dimension is a metric that is paid for. */
export const serviceDimension = 'Service';

/** What is counted, and in which unit. */
export const metricUnits = {
  /** Group sessions that an edge acts in at the moment. */
  Sessions: 'Count',
  /** Open connections of clients and peers at an edge. */
  Connections: 'Count',
  /** Messages kept for later, and those that a client has acknowledged. */
  Deferred: 'Count',
  Delivered: 'Count',
  /** SIP answers of the 5xx class that an edge has given. */
  ServerErrors: 'Count',
  /** Participations that came to another edge. */
  TakeOvers: 'Count',
  /** Races that a write has lost; each costs a read and another decision. */
  Conflicts: 'Count',
  /** Groups of records that failed and come back. */
  FailedGroups: 'Count',
  /** Records that can't be decoded or break an invariant. */
  Parked: 'Count',
  /** From the moment an edge sent a record to the moment its function was done with it. */
  QueueToDone: 'Milliseconds',
  /** Users who are away from a session that goes on for them, and since when the first of them is. */
  Away: 'Count',
  OldestAway: 'Seconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** A list counts each of its values: percentiles come of it. */
export type MetricValues = { readonly [Name in MetricName]?: number | readonly number[] };

/** As many values of a list as one line may hold. */
const listValuesMax = 100;

/** The fields of a line. */
export function metricFields(
  service: string,
  values: MetricValues,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(values) as MetricName[];
  const shown = names.map((name) => {
    const value = values[name];
    return [name, typeof value === 'number' ? value : value?.slice(0, listValuesMax)] as const;
  });
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[serviceDimension]],
          Metrics: names.map((name) => ({ Name: name, Unit: metricUnits[name] })),
        },
      ],
    },
    [serviceDimension]: service,
    ...Object.fromEntries(shown),
  };
}
