/** What a function's process in the cloud is set up with, once: its table, its queues, its log. */
import type { Ports } from '../../shared/app/handle-participation.ts';
import { cloudStore } from '../../shared/cloud-store.ts';
import { sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { functionLog } from './log.ts';
import { openPorts } from './open-ports.ts';

export const ports: Ports = openPorts(process.env, (aws) => ({
  store: cloudStore(aws),
  queue: sqsQueue({ prefix: aws.queuePrefix }),
}));

/** Names the deployment in its metrics. */
export const service = process.env.REJOIN_AWS_TABLE ?? 'rejoin';

export const log = functionLog({ function: process.env.AWS_LAMBDA_FUNCTION_NAME });
