/**
 * The FIFO queues between edge and functions, each with its dead letters. The queues that edges make for their own commands aren't
 * here: they come and go with the edges.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { queueRetentionDays, receivesMax, visibilityS } from './limit.ts';
import type { Names, QueueNames } from './names.ts';

export type QueueName = keyof Names['queues'];

export type Queues = Readonly<Record<QueueName, { readonly live: Queue; readonly dead: Queue }>>;

/** Makes all queues. */
export function makeQueues(scope: Construct, names: Names, key: IKey | undefined): Queues {
  const pair = (id: string, queue: QueueNames) => makePair(scope, { id, queue, key });
  return {
    participation: pair('Participation', names.queues.participation),
    registration: pair('Registration', names.queues.registration),
    group: pair('Group', names.queues.group),
    commands: pair('Commands', names.queues.commands),
  };
}

type PairOptions = {
  readonly id: string;
  readonly queue: QueueNames;
  readonly key: IKey | undefined;
};

function makePair(scope: Construct, { id, queue, key }: PairOptions) {
  const common: QueueProps = {
    fifo: true,
    // Every sender gives a deduplication id of its own; a body may well come twice.
    contentBasedDeduplication: false,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    retentionPeriod: Duration.days(queueRetentionDays),
    visibilityTimeout: Duration.seconds(visibilityS),
    // Records are on their way; what has to outlive a stack is in the table.
    removalPolicy: RemovalPolicy.DESTROY,
    enforceSSL: true,
    ...(key === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key }),
  };
  const dead = new Queue(scope, `${id}DeadLetters`, { ...common, queueName: queue.dead });
  const live = new Queue(scope, `${id}Queue`, {
    ...common,
    queueName: queue.live,
    deadLetterQueue: { queue: dead, maxReceiveCount: receivesMax },
  });
  return { live, dead };
}
