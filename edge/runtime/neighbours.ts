/**
 * The edges that there are: this one says every moment that it lives and where it is reached, and looks at the others. One that has said
 * nothing for a while is lost; the same one of the others takes it over, as each of them finds by itself. How long is measured here, from
 * when its last word was first seen, so that clocks need not agree. Users have a home among the living edges, the same for all who ask,
 * which moves as little as possible when edges come and go (rendezvous hashing).
 */
import { createHash } from 'node:crypto';
import { beat, edgesKnown, type KnownEdge, leave } from '../../shared/app/edges.ts';
import {
  clockSkewMaxMs,
  doubtAfterMs,
  heartbeatMs,
  lostAfterMs,
} from '../../shared/app/edges-limit.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Addresses } from './build.ts';
import type { Fence } from './fence.ts';

export type NeighboursOptions = {
  readonly store: Store;
  readonly edge: string;
  /** The time of day. */
  readonly nowMs: () => number;
  readonly fence: Fence;
  /** An edge is lost, and is this one's to take over. */
  readonly lost: (edge: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
  /** Edges have come or gone: users have moved. */
  readonly changed: () => void;
  /** Nobody is at an edge's place any more. */
  readonly gone: (place: Addresses) => void;
  /** This edge was taken for lost by the others. */
  readonly fenced: () => void;
  /** Nobody listens at an edge's place any more: its process has ended. */
  readonly isGone: (place: Addresses) => Promise<boolean>;
};

/** The last word of an edge, and when it was first seen here. */
type Word = { readonly atMs: number; readonly seenMs: number };

type Place = Addresses & { readonly isLeaving: boolean };

export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #takenOver = new Set<string>();
  /** Edges that were found to be gone before their time. */
  readonly #gone = new Set<string>();
  /** Edges that could not be reached, while it is being found out whether they are gone. */
  readonly #doubted = new Set<string>();
  readonly #takeOvers = new Set<Promise<void>>();
  #words = new Map<string, Word>();
  #living = new Map<string, Place>();
  #place: Addresses | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLeaving = false;
  /** The look that is under way, or was the last. */
  #looking: Promise<void> | undefined;
  /** Resolved with the end of the next look to begin. */
  #nextLook = Promise.withResolvers<void>();

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  /** Says where this edge is, and from now on that it lives. */
  async start(place: Addresses): Promise<void> {
    this.#place = place;
    await this.#look();
    this.#timer = setInterval(() => void this.#lookAgain(), heartbeatMs);
  }

  /** Is nobody's home from now on, and stays reachable. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#looking;
    await this.#lookAgain();
  }

  /** Says nothing more, and takes nothing over any more. From here on the edge may be given up to others, by itself too. */
  async fallSilent(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all(this.#takeOvers);
  }

  /** Is gone; the item stays if somebody goes on for the edge. */
  async stop(): Promise<void> {
    await this.fallSilent();
    await leave(this.#options.store, this.#options.edge);
  }

  /** Where another edge is reached; undefined for one that is not there. */
  placeOf(edge: string): Addresses | undefined {
    return this.#doubted.has(edge) ? undefined : this.#living.get(edge);
  }

  /** The same, though it may be found out at the moment whether the edge is gone. */
  lastPlaceOf(edge: string): Addresses | undefined {
    return this.#living.get(edge);
  }

  /** Whether an address is another edge's. */
  isHost(host: string): boolean {
    for (const place of this.#living.values()) if (place.host === host) return true;
    return false;
  }

  /** The other edges at an address. */
  othersAt(host: string): readonly Place[] {
    const others = [...this.#living].filter(([name]) => name !== this.#options.edge);
    return others.map(([, place]) => place).filter((place) => place.host === host);
  }

  /** Whether nobody listens at an edge's place any more. */
  isGone(place: Addresses): Promise<boolean> {
    return this.#options.isGone(place);
  }

  /** Whether another edge sends SIP from an address. */
  isPlace(host: string, sipPort: number): boolean {
    for (const place of this.#living.values()) {
      if (place.host === host && place.sipPort === sipPort) return true;
    }
    return false;
  }

  /** Something could not be sent there. If that is another edge's place, nothing goes to it until it is known whether the edge is gone. */
  unreached({ host, port }: { readonly host: string; readonly port: number }): void {
    for (const [name, place] of this.#living) {
      const isMeant = place.host === host && place.sipPort === port;
      if (isMeant && name !== this.#options.edge) void this.#doubt(name, place);
    }
  }

  async #doubt(name: string, place: Place): Promise<void> {
    if (this.#doubted.has(name)) return;
    this.#doubted.add(name);
    const isGone = await this.#options.isGone(place);
    this.#doubted.delete(name);
    if (!isGone) return;
    this.#gone.add(name);
    this.#living.delete(name);
    this.#options.gone(place);
    this.#options.changed();
    void this.#lookAgain();
  }

  /** Resolves when it has been looked once more which edges there are: a heartbeat later at most. */
  looked(): Promise<void> {
    return this.#nextLook.promise;
  }

  isAlive(edge: string): boolean {
    return this.placeOf(edge) !== undefined;
  }

  /** An edge that lives and has not said that it ends. */
  isStaying(edge: string): boolean {
    return this.isAlive(edge) && this.#living.get(edge)?.isLeaving === false;
  }

  /** The edge that serves an address: this one if there is no other. */
  homeOf(address: string): string {
    return highest(this.#reached(), address) ?? this.#options.edge;
  }

  /** Who takes over for an edge; undefined if there is nobody else. */
  heirOf(edge: string): string | undefined {
    return highest(
      this.#reached().filter((name) => name !== edge),
      edge,
    );
  }

  /** The homes that something can be sent to at present. */
  #reached(): readonly string[] {
    return this.#homes().filter((name) => !this.#doubted.has(name));
  }

  /** The edges that take new users. */
  #homes(): readonly string[] {
    return [...this.#living].filter(([, { isLeaving }]) => !isLeaving).map(([name]) => name);
  }

  /** Looks at once, unless it is doing so. Never rejects. */
  #lookAgain(): Promise<void> {
    if (this.#looking !== undefined) return this.#looking;
    const { resolve } = this.#nextLook;
    this.#nextLook = Promise.withResolvers();
    this.#looking = this.#look()
      // The next look tries again; whoever is late for too long is taken over by the others.
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => {
        this.#looking = undefined;
        resolve();
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { store, edge, nowMs, fence, fenced } = this.#options;
    if (this.#place === undefined) return;
    const sinceMs = performance.now();
    const isLeaving = this.#isLeaving;
    const isOwn = await beat(store, edge, { atMs: nowMs(), place: this.#place, isLeaving });
    if (!isOwn) {
      fenced();
      return;
    }
    fence.renew(sinceMs);
    const known = await edgesKnown(store);
    this.#forgetOthers(known);
    const late = await this.#late(known);
    const isOut = (name: string): boolean => late.has(name) || this.#gone.has(name);
    this.#setLiving(known.filter((one) => one.successor === undefined && !isOut(one.name)));
    for (const { name, isTakenOver } of known) {
      if (late.has(name) && isTakenOver !== true) this.#takeOver(name);
    }
  }

  /** Of an edge whose item has expired nothing is remembered. */
  #forgetOthers(known: readonly KnownEdge[]): void {
    const names = new Set(known.map(({ name }) => name));
    for (const remembered of [this.#gone, this.#takenOver]) {
      for (const name of remembered) if (!names.has(name)) remembered.delete(name);
    }
  }

  /** Edges that have said nothing for too long. All that are in doubt are asked at once: the next heartbeat waits for them. */
  async #late(known: readonly KnownEdge[]): Promise<ReadonlySet<string>> {
    const others = known.filter(({ name }) => name !== this.#options.edge);
    const atMs = performance.now();
    this.#words = new Map(others.map((one) => [one.name, this.#wordOf(one, atMs)]));
    const asked = others.map(async (one) => ((await this.#isLate(one, atMs)) ? [one.name] : []));
    return new Set((await Promise.all(asked)).flat());
  }

  #wordOf({ name, atMs }: KnownEdge, seenMs: number): Word {
    const before = this.#words.get(name);
    return before?.atMs === atMs ? before : { atMs, seenMs };
  }

  async #isLate(one: KnownEdge, atMs: number): Promise<boolean> {
    const { nowMs, isGone } = this.#options;
    const silentMs = atMs - (this.#words.get(one.name)?.seenMs ?? atMs);
    if (silentMs > lostAfterMs || nowMs() - one.atMs > lostAfterMs + clockSkewMaxMs) return true;
    // It hands over by itself, and takes no connections while it does so.
    if (one.isLeaving === true || one.place === undefined) return false;
    return this.#gone.has(one.name) || (silentMs > doubtAfterMs && (await isGone(one.place)));
  }

  #setLiving(living: readonly KnownEdge[]): void {
    const before = this.#homes().join(' ');
    const placesBefore = this.#living;
    this.#living = new Map(
      living.flatMap(({ name, place, isLeaving }) =>
        place === undefined ? [] : [[name, { ...place, isLeaving: isLeaving === true }] as const],
      ),
    );
    for (const [name, place] of placesBefore) {
      if (!this.#living.has(name)) this.#options.gone(place);
    }
    if (this.#homes().join(' ') !== before) this.#options.changed();
  }

  /** A take-over lasts longer than a heartbeat: it is not waited for. */
  #takeOver(name: string): void {
    const isMine = (this.heirOf(name) ?? this.#options.edge) === this.#options.edge;
    if (!isMine || this.#takenOver.has(name) || this.#isLeaving) return;
    this.#takenOver.add(name);
    const taking = this.#options.lost(name).catch((error: unknown) => {
      this.#takenOver.delete(name);
      this.#options.failed(error);
    });
    this.#takeOvers.add(taking);
    void taking.finally(() => this.#takeOvers.delete(taking));
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
