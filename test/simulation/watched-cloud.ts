/** Store and queue of the world, with an eye on what they take in and what they let go. */
import { segmentKey } from '../../shared/core/key.ts';
import { readParticipationMessage } from '../../shared/core/message.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import { unpackSegment } from '../../shared/core/segment.ts';
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../shared/memory/memory-store.ts';
import type { Queue, QueueEntry, QueueRecord } from '../../shared/ports/queue.ts';
import type { Segment, Store } from '../../shared/ports/store.ts';
import type { Ledger } from './ledger.ts';
import type { Simulation } from './simulation.ts';

export type WatchedCloud = { readonly store: Store; readonly queue: Queue };

type Kept = { readonly ids: readonly string[]; isStored: boolean };

/** Makes both; `sent` hears of a queue that has got something. */
export function watchedCloud(
  simulation: Simulation,
  ledger: Ledger,
  sent: (queue: string) => void,
): WatchedCloud {
  const watch = new Watch(ledger, sent);
  const store = memoryStore();
  const queue = memoryQueue({ nowMs: () => simulation.nowMs, receivesMax: 1_000_000 });
  return {
    store: extend(store, {
      commit: async (item) => {
        const outcome = await store.commit(item);
        simulation.trace(() => `${outcome.kind} ${item.partition} ${told(item.data)}`);
        return outcome;
      },
      append: async (segments) => {
        const stored = await store.append(segments);
        for (const segment of segments) watch.appended(segment);
        return stored;
      },
      discard: async (key, through) => {
        watch.discarded(key, through);
        await store.discard(key, through);
      },
    }),
    queue: extend(queue, {
      send: async (entries) => {
        await queue.send(entries);
        for (const entry of entries) watch.sent(entry);
      },
      receive: async (name, options) => {
        const records = await queue.receive(name, options);
        for (const record of records) watch.received(record);
        return records;
      },
      remove: async (name, receipts) => {
        for (const receipt of receipts) watch.removed(receipt);
        await queue.remove(name, receipts);
      },
    }),
  };
}

function extend<Port extends object>(port: Port, more: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, key) {
      const own: unknown = Reflect.get(more, key);
      if (own !== undefined) return own;
      const method: unknown = Reflect.get(target, key);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

/** What is written, in a few words. */
function told(data: unknown): string {
  const { state } = data as Partial<ParticipationRecord>;
  if (state === undefined) return '';
  const { contributionId, phase, epoch, counter, edge = 'nobody' } = state;
  return `${contributionId} ${phase}, epoch ${epoch}, counter ${counter}, owned by ${edge}`;
}

class Watch {
  readonly #ledger: Ledger;
  readonly #sent: (queue: string) => void;
  /** Runs of messages by key and first position. */
  readonly #runs = new Map<string, Map<number, Kept & { readonly last: number }>>();
  readonly #receipts = new Map<string, { readonly key: string; readonly first: number }>();

  constructor(ledger: Ledger, sent: (queue: string) => void) {
    this.#ledger = ledger;
    this.#sent = sent;
  }

  sent(entry: QueueEntry): void {
    this.#sent(entry.queue);
    const message = readParticipationMessage(entry.body);
    if (message === undefined) return;
    const key = segmentKey(message.name);
    const { event } = message;
    if (event.kind === 'progress') this.#ledger.cursorKept(key, event.cursor);
    if (event.kind !== 'messages') return;
    const messages = unpackSegment(Buffer.from(event.bytes, 'base64'));
    const ids = messages.map(({ messageId }) => messageId);
    for (const [index, { messageId, part }] of messages.entries()) {
      const isWhole = part === 'whole' || part === 'last';
      if (isWhole) this.#ledger.durable(messageId, event.first + index);
    }
    const runs = this.#runs.get(key) ?? new Map();
    this.#runs.set(key, runs);
    if (!runs.has(event.first)) runs.set(event.first, { ids, isStored: false, last: event.last });
  }

  received({ body, receipt }: QueueRecord): void {
    const message = readParticipationMessage(body);
    if (message?.event.kind !== 'messages') return;
    this.#receipts.set(receipt, { key: segmentKey(message.name), first: message.event.first });
  }

  appended(segment: Segment): void {
    const run = this.#runs.get(segment.key)?.get(segment.first);
    if (run !== undefined) run.isStored = true;
  }

  /** A record that goes must have done its work. */
  removed(receipt: string): void {
    const at = this.#receipts.get(receipt);
    if (at === undefined) return;
    this.#receipts.delete(receipt);
    const run = this.#runs.get(at.key)?.get(at.first);
    if (run === undefined || run.isStored) return;
    for (const id of run.ids)
      this.#ledger.dropped(id, 'removed from the queue before it was stored');
  }

  discarded(key: string, through: number): void {
    const runs = this.#runs.get(key);
    for (const [first, run] of runs ?? []) {
      if (run.last > through || !run.isStored) continue;
      runs?.delete(first);
      for (const id of run.ids) this.#ledger.dropped(id, 'discarded');
    }
  }
}
