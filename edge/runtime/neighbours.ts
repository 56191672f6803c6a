/**
 * The edges that there are: this one says every moment that it lives and where it is reached, and looks at the others. One that has said
 * nothing for a while is lost; the same one of the others takes it over, as each of them finds by itself. Users have a home among the
 * living edges, the same for all who ask, which moves as little as possible when edges come and go (rendezvous hashing).
 */
import { createHash } from 'node:crypto';
import { beat, edgesKnown, type KnownEdge, leave } from '../../shared/app/edges.ts';
import { heartbeatMs, lostAfterMs } from '../../shared/app/edges-limit.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Addresses } from './build.ts';

export type NeighboursOptions = {
  readonly store: Store;
  readonly edge: string;
  readonly nowMs: () => number;
  /** An edge is lost, and is this one's to take over. */
  readonly lost: (edge: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
  /** Edges have come or gone: users have moved. */
  readonly changed: () => void;
  /** This edge was taken for lost by the others. */
  readonly fenced: () => void;
};

export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #takenOver = new Set<string>();
  #living = new Map<string, Addresses>();
  #place: Addresses | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLeaving = false;
  /** The look that is under way, or was the last. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  /** Says where this edge is, and from now on that it lives. */
  async start(place: Addresses): Promise<void> {
    this.#place = place;
    await this.#look();
    this.#timer = setInterval(() => {
      this.#looking = this.#lookAgain();
    }, heartbeatMs);
  }

  /** Is nobody's home from now on, and stays reachable. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    if (this.#place !== undefined) await this.#lookAgain();
  }

  /** Says nothing more, and takes nothing over any more. From here on the edge may be given up to others, by itself too. */
  async fallSilent(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Is gone; the item stays if somebody goes on for the edge. */
  async stop(): Promise<void> {
    await this.fallSilent();
    await leave(this.#options.store, this.#options.edge);
  }

  /** Where another edge is reached; undefined for one that is not there. */
  placeOf(edge: string): Addresses | undefined {
    return this.#living.get(edge);
  }

  /** Whether an address is another edge's. */
  isHost(host: string): boolean {
    for (const place of this.#living.values()) if (place.host === host) return true;
    return false;
  }

  isAlive(edge: string): boolean {
    return this.#living.has(edge);
  }

  /** The edge that serves an address: this one if there is no other. */
  homeOf(address: string): string {
    return highest(this.#living.keys(), address) ?? this.#options.edge;
  }

  /** Who takes over for an edge; undefined if there is nobody else. */
  heirOf(edge: string): string | undefined {
    const others = [...this.#living.keys()].filter((name) => name !== edge);
    return highest(others, edge);
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      // The next look tries again; whoever is late for too long is taken over by the others.
      this.#options.failed(error);
    }
  }

  async #look(): Promise<void> {
    const { store, edge, nowMs, fenced } = this.#options;
    if (this.#place === undefined) return;
    const isOwn = await beat(store, edge, {
      atMs: nowMs(),
      place: this.#place,
      isLeaving: this.#isLeaving,
    });
    if (!isOwn) {
      fenced();
      return;
    }
    const known = await edgesKnown(store);
    const atMs = nowMs();
    const isLate = (one: KnownEdge): boolean => one.name !== edge && atMs - one.atMs > lostAfterMs;
    const living = known.filter((one) => one.successor === undefined && !isLate(one));
    const before = [...this.#living.keys()].join(' ');
    this.#living = new Map(
      living
        .filter(({ isLeaving }) => isLeaving !== true)
        .flatMap(({ name, place }) => (place === undefined ? [] : [[name, place] as const])),
    );
    if ([...this.#living.keys()].join(' ') !== before) this.#options.changed();
    for (const one of known.filter((late) => isLate(late) && late.isTakenOver !== true)) {
      await this.#takeOver(one.name);
    }
  }

  async #takeOver(name: string): Promise<void> {
    const isMine = (this.heirOf(name) ?? this.#options.edge) === this.#options.edge;
    if (!isMine || this.#takenOver.has(name)) return;
    this.#takenOver.add(name);
    try {
      await this.#options.lost(name);
    } catch (error) {
      this.#takenOver.delete(name);
      throw error;
    }
  }
}

/** The name that scores highest for an address. */
function highest(names: Iterable<string>, address: string): string | undefined {
  let best: string | undefined;
  let bestScore = '';
  for (const name of names) {
    const score = createHash('sha256').update(`${name} ${address}`).digest('hex');
    if (score > bestScore) {
      best = name;
      bestScore = score;
    }
  }
  return best;
}
