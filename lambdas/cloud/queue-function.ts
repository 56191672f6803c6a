/**
 * What stands around every function behind a queue in the cloud: it counts what happens during a call and writes it as one line, and
 * tells of failures. One call runs at a time in a process, so the counts belong to it.
 */
import type { SqsBatchResponse } from '../../shared/app/batch.ts';
import type { Ports } from '../../shared/app/handle-participation.ts';
import { metricFields } from '../../shared/metric-line.ts';
import type { FunctionContext } from '../context.ts';
import { countedStore } from './counted-store.ts';
import { errorFields, type FunctionLog } from './log.ts';

type TimedRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly MessageGroupId?: string; readonly SentTimestamp?: string };
};

export type TimedEvent = { readonly Records: readonly TimedRecord[] };

type Handler<Call> = (event: TimedEvent, call: Call) => Promise<SqsBatchResponse>;

export type QueueFunctionOptions = {
  readonly ports: Ports;
  readonly log: FunctionLog;
  /** Names the deployment in its metrics. */
  readonly service: string;
};

/** Makes a counted handler out of the maker of a plain one. */
export function queueFunction<Call>(
  { ports, log, service }: QueueFunctionOptions,
  makeHandler: (context: FunctionContext) => Handler<Call>,
): Handler<Call> {
  let counts = { Conflicts: 0, FailedGroups: 0, Parked: 0 };
  const store = countedStore(ports.store, () => {
    counts.Conflicts++;
  });
  const handle = makeHandler({
    ports: { ...ports, store },
    failed: (handler, _group, error) => {
      counts.FailedGroups++;
      log.error('a group of records failed and comes back', { handler, ...errorFields(error) });
    },
    parked: (handler, reason) => {
      counts.Parked++;
      log.error('a record was parked', { handler, reason });
    },
  });
  return async (event, call) => {
    counts = { Conflicts: 0, FailedGroups: 0, Parked: 0 };
    const response = await handle(event, call);
    const nowMs = ports.nowMs();
    const values = { ...counts, QueueToDone: agesOf(event, response, nowMs) };
    const records = event.Records.length;
    log.info('batch', { records, ...metricFields(service, values, nowMs) });
    return response;
  };
}

/** How long ago the records that are done were sent. */
function agesOf(event: TimedEvent, response: SqsBatchResponse, nowMs: number): readonly number[] {
  const failed = new Set(response.batchItemFailures.map((one) => one.itemIdentifier));
  return event.Records.flatMap(({ messageId, attributes }) =>
    failed.has(messageId) || attributes.SentTimestamp === undefined
      ? []
      : [Math.max(0, nowMs - Number(attributes.SentTimestamp))],
  );
}
