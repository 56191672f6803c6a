/** The entry point of the function behind the registration queue. */
import { registrationHandler } from '../registration.ts';
import { log, ports, service } from './process.ts';
import { queueFunction } from './queue-function.ts';

export const handler = queueFunction({ ports, log, service }, registrationHandler);
