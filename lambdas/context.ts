/** What every function is given: its ports, and where it tells of failures. */
import type { Ports } from '../shared/app/handle-participation.ts';

export type FunctionContext = {
  readonly ports: Ports;
  /** A group of records failed and will come back. */
  readonly failed: (handler: string, group: string, error: unknown) => void;
  /** A record was parked among the dead letters. */
  readonly parked: (handler: string, reason: string) => void;
};
