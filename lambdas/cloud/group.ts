/** The entry point of the function behind the group queue. */
import { groupHandler } from '../group.ts';
import { log, ports, service } from './process.ts';
import { queueFunction } from './queue-function.ts';

export const handler = queueFunction({ ports, log, service }, groupHandler);
