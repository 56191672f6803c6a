/** The entry point of the function behind the participation queue. */
import { participationHandler } from '../participation.ts';
import { log, ports, service } from './process.ts';
import { queueFunction } from './queue-function.ts';

export const handler = queueFunction({ ports, log, service }, participationHandler);
