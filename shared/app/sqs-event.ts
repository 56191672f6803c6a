/** Records of a queue in the shape in which Lambda hands them to a function, so that the handlers are the same everywhere. */
import type { QueueRecord } from '../ports/queue.ts';
import type { SqsEvent, SqsRecord } from './batch.ts';

/** What a function is told about its call; only what can be said without a cloud is filled in. */
export type FunctionCall = {
  readonly callbackWaitsForEmptyEventLoop: boolean;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly getRemainingTimeInMillis: () => number;
};

export type FullSqsRecord = SqsRecord & {
  readonly receiptHandle: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly ApproximateFirstReceiveTimestamp: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
    readonly SequenceNumber?: string;
    readonly MessageGroupId?: string;
    readonly MessageDeduplicationId?: string;
  };
  readonly messageAttributes: Readonly<Record<string, never>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
};

/** The event for a batch of records. */
export function sqsEventOf(
  queueName: string,
  records: readonly QueueRecord[],
): SqsEvent & { readonly Records: readonly FullSqsRecord[] } {
  return { Records: records.map((record) => recordOf(queueName, record)) };
}

/** The call that comes with a batch. */
export function callOf(queueName: string, id: string, remainingMs: () => number): FunctionCall {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: queueName,
    functionVersion: '$LATEST',
    invokedFunctionArn: arnOf('lambda', `function:${queueName}`),
    memoryLimitInMB: '0',
    awsRequestId: id,
    logGroupName: queueName,
    logStreamName: id,
    getRemainingTimeInMillis: remainingMs,
  };
}

function recordOf(queueName: string, record: QueueRecord): FullSqsRecord {
  const { id, receipt, body, group, deduplicationId, receives, sentAtMs } = record;
  return {
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      // When it was first received isn't kept; no earlier than this.
      ApproximateFirstReceiveTimestamp: String(sentAtMs),
      SentTimestamp: String(sentAtMs),
      SenderId: 'rejoin',
      ...(group === undefined
        ? {}
        : { MessageGroupId: group, SequenceNumber: id.padStart(20, '0') }),
      ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
    },
    messageAttributes: {},
    // Nothing was on a network here that a digest would protect from.
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: arnOf('sqs', queueName),
    awsRegion: 'local',
  };
}

function arnOf(service: string, name: string): string {
  return `arn:aws:${service}:local:000000000000:${name}`;
}
