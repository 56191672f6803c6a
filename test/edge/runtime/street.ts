/** Several edges over one store, each looking at the others, for tests with the clock in their hand. */
import { vi } from 'vitest';
import { Fence } from '../../../edge/runtime/fence.ts';
import { Neighbours } from '../../../edge/runtime/neighbours.ts';
import { nameSuccessor } from '../../../shared/app/edges.ts';
import { heartbeatMs } from '../../../shared/app/edges-limit.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Store } from '../../../shared/ports/store.ts';

export type House = {
  readonly name: string;
  readonly place: { readonly host: string; readonly sipPort: number; readonly msrpPort: number };
  readonly neighbours: Neighbours;
  readonly fence: Fence;
  /** What the edge was told: `lost c`, `changed`, `fenced`, `failed`. */
  readonly told: string[];
};

export type HouseOptions = {
  readonly store?: Store;
  /** How far the edge's time of day is from that of the others. */
  readonly skewMs?: number;
  /** A take-over that fails, or lasts. */
  readonly lost?: (edge: string) => Promise<void>;
};

const users = Array.from({ length: 60 }, (_, index) => `sip:user${index}@rejoin.test`);

/** Where some users are at home, as an edge has it. */
export function homes({ neighbours }: House): readonly string[] {
  return users.map((user) => neighbours.homeOf(user));
}

/** Those of some edges that an edge takes for living: `ac` of `abc`. */
export function alive({ neighbours }: House, names: string): string {
  return names
    .split('')
    .filter((name) => neighbours.isAlive(name))
    .join('');
}

export class Street {
  readonly store: Store = memoryStore();
  /** Hosts where nobody listens any more. */
  readonly closed = new Set<string>();
  /** What the edges were told of places where nobody is any more. */
  readonly empty: string[] = [];
  /** Hosts that were asked whether anybody listens. */
  readonly asked: string[] = [];
  #held: Promise<void> | undefined;
  readonly #houses = new Map<string, House>();

  /** An edge that has not started yet. */
  build(name: string, { store = this.store, skewMs = 0, lost }: HouseOptions = {}): House {
    const told: string[] = [];
    const fence = new Fence();
    const place = { host: `${name}.test`, sipPort: 5060, msrpPort: 2855 };
    const neighbours = new Neighbours({
      store,
      edge: name,
      nowMs: () => Date.now() + skewMs,
      fence,
      lost: async (edge) => {
        told.push(`lost ${edge}`);
        if (lost === undefined) await this.#takeOver(edge, name);
        else await lost(edge);
      },
      failed: () => told.push('failed'),
      changed: () => told.push('changed'),
      gone: (gone) => this.empty.push(`${name}: ${gone.host}`),
      fenced: () => told.push('fenced'),
      isGone: async ({ host }) => {
        this.asked.push(host);
        await this.#held;
        return this.closed.has(host);
      },
    });
    const house = { name, place, neighbours, fence, told };
    this.#houses.set(name, house);
    return house;
  }

  /** Starts edges one after the other, and waits until all know of all. */
  async open(...names: readonly string[]): Promise<readonly House[]> {
    const houses = names.map((name) => this.build(name));
    for (const { neighbours, place } of houses) await neighbours.start(place);
    await this.heartbeats(1);
    for (const { told } of houses) told.length = 0;
    return houses;
  }

  /** Three edges that know of one another. */
  async three(): Promise<readonly [House, House, House]> {
    const [a, b, c] = await this.open('a', 'b', 'c');
    if (a === undefined || b === undefined || c === undefined) throw new Error('no edges');
    return [a, b, c];
  }

  /** Lets heartbeats pass. */
  async heartbeats(count: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(count * heartbeatMs);
  }

  /** An edge whose process has ended: it says nothing more, and nobody listens at its place. */
  async kill({ neighbours, place }: House): Promise<void> {
    this.closed.add(place.host);
    await neighbours.fallSilent();
  }

  /** From now on nobody hears whether an edge is there; until what this answers is called. */
  hold(): () => void {
    let release = (): void => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    for (const { neighbours } of this.#houses.values()) await neighbours.fallSilent();
  }

  async #takeOver(edge: string, successor: string): Promise<void> {
    await nameSuccessor(this.store, edge, { successor, isTakenOver: true, nowMs: Date.now() });
  }
}
