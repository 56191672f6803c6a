/** What stands behind an edge: the functions in this process on an embedded store, or those in the cloud. */
import type { Addresses } from './build.ts';
import type { Edge } from './edge.ts';

export type Backend = {
  readonly edge: Edge;
  /** The queues that concern this process. */
  readonly served: readonly string[];
  /** Binds the ports and begins; answers the addresses. */
  readonly start: () => Promise<Addresses>;
  /** Takes nothing new, finishes what is under way, closes the store last. */
  readonly stop: () => Promise<void>;
  /** Records that wait, by queue. */
  readonly queueDepths: () => Promise<Readonly<Record<string, number>>>;
  /** Records that were given up, over all queues. */
  readonly deadLetters: () => Promise<number>;
};
