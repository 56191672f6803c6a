/** What was taken of the services that are paid for by use, and what that costs. */
import { functionMemoryMib } from '../../infra/limit.ts';
import { trafficPrice } from '../../infra/price.ts';

export type Tally = {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Of the queues, in steps of 64 KB. */
  readonly requests: number;
  readonly calls: number;
  /** Time of these calls. */
  readonly callMs: number;
};

export const nothing: Tally = { writeUnits: 0, readUnits: 0, requests: 0, calls: 0, callMs: 0 };

const mibPerGib = 1024;

/** The sum of some, multiplied. */
export function sum(tallies: Iterable<Tally>, times = 1): Tally {
  const total = { ...nothing };
  for (const tally of tallies) {
    total.writeUnits += tally.writeUnits * times;
    total.readUnits += tally.readUnits * times;
    total.requests += tally.requests * times;
    total.calls += tally.calls * times;
    total.callMs += tally.callMs * times;
  }
  return total;
}

export type Parts = Readonly<Record<string, number>>;

/** The dollars of a tally, by service. */
export function partsOf(tally: Tally): Parts {
  const gibSeconds = (tally.callMs / 1000) * (functionMemoryMib / mibPerGib);
  return {
    writes: tally.writeUnits * trafficPrice.writeUnit,
    reads: tally.readUnits * trafficPrice.readUnit,
    queues: tally.requests * trafficPrice.queueRequest,
    functionCalls: tally.calls * trafficPrice.functionCall,
    functionTime: gibSeconds * trafficPrice.functionGibSecond,
  };
}

/** The sum of some parts. */
export function dollarsOf(parts: Parts): number {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}
