/** What a function's process in the cloud is set up with, once. */
import type { Ports } from '../../shared/app/handle-participation.ts';
import { functionLog } from './log.ts';
import { openPorts } from './open-ports.ts';

export const ports: Ports = openPorts(process.env, () => {
  throw new Error("REJOIN_STORE (store): aws: isn't served by this version.");
});

/** Names the deployment in its metrics. */
export const service = process.env.REJOIN_AWS_TABLE ?? 'rejoin';

export const log = functionLog({ function: process.env.AWS_LAMBDA_FUNCTION_NAME });
