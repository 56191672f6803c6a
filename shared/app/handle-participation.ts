/**
 * Load, decide, commit, send: the one loop that turns a batch of a participation's events into state and commands. It may run
 * twice or at the same time as another; a lost race reads again and decides again.
 */
import { participationKey, registrationKey, segmentKey } from '../core/key.ts';
import type { ParticipationMessage } from '../core/message.ts';
import type { MessagesEvent } from '../core/participation/event.ts';
import {
  type Envelope,
  type Folded,
  fold,
  type ParticipationRecord,
} from '../core/participation/fold.ts';
import type { Policy } from '../core/participation/policy.ts';
import type { ParticipationEffect, ParticipationName } from '../core/participation/state.ts';
import { instancesAt, type Registration } from '../core/registration.ts';
import type { Queue, QueueEntry } from '../ports/queue.ts';
import type { Item, Segment, Store } from '../ports/store.ts';
import { commandQueue, participationGroup } from './queue-names.ts';

export type Ports = {
  readonly store: Store;
  readonly queue: Queue;
  readonly nowMs: () => number;
  readonly deferredLifetimeS: number;
  readonly policy?: Policy;
};

/** A race that is lost this often in a row is a fault: the record comes back later. */
const conflictsMax = 20;
/** How long the name of an ended participation is kept, so that late events and epochs are recognised. */
const goneLifetimeS = 3600;

/** Applies the events of one participation, in their order. */
export async function handleParticipation(
  ports: Ports,
  name: ParticipationName,
  messages: readonly ParticipationMessage[],
): Promise<void> {
  let events: Envelope[] = [];
  let segments: MessagesEvent[] = [];
  for (const message of messages) {
    const { event } = message;
    if (event.kind === 'messages') {
      if (events.length > 0) await decideAndSend(ports, name, events);
      events = [];
      segments.push(event);
    } else {
      if (segments.length > 0) await append(ports, name, segments);
      segments = [];
      events.push({ ...message, event });
    }
  }
  if (segments.length > 0) await append(ports, name, segments);
  if (events.length > 0) await decideAndSend(ports, name, events);
}

/** The hot path: one conditional put a segment, the participation's item is not touched (design 4). */
async function append(
  ports: Ports,
  name: ParticipationName,
  events: readonly MessagesEvent[],
): Promise<void> {
  const key = segmentKey(name);
  const expiresAtS = Math.ceil(ports.nowMs() / 1000) + ports.deferredLifetimeS;
  await Promise.all(
    events.map((event) => {
      const { first, last, count, oldestMs } = event;
      const bytes = Buffer.from(event.bytes, 'base64');
      const segment: Segment = { key, first, last, count, oldestMs, bytes, expiresAtS };
      return ports.store.append(segment);
    }),
  );
}

async function decideAndSend(
  ports: Ports,
  name: ParticipationName,
  batch: readonly Envelope[],
): Promise<void> {
  const key = participationKey(name);
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await ports.store.read(key.partition, key.sort);
    const before = item?.data as ParticipationRecord | undefined;
    const folded = fold(before, batch, ports.policy);
    const version = (item?.version ?? 0) + 1;
    if (folded.isChanged) {
      const outcome = await ports.store.commit(itemOf(ports, name, { folded, version }));
      if (outcome.kind === 'conflict') continue;
    }
    // What a replayed event caused is sent again; the receivers know its ids.
    if (folded.isReplay) await performAgain(ports, name, item);
    if (folded.isChanged) {
      await perform(ports, name, { version, effects: folded.record?.effects ?? [] });
    }
    return;
  }
  throw new Error(`the participation was changed by others ${conflictsMax} times in a row`);
}

function itemOf(
  ports: Ports,
  name: ParticipationName,
  next: { readonly folded: Folded; readonly version: number },
): Item {
  const record = next.folded.record;
  const edge = record?.state.edge;
  const nowS = Math.ceil(ports.nowMs() / 1000);
  const isGone = record?.state.phase === 'gone';
  return {
    ...participationKey(name),
    version: next.version,
    data: record,
    ...(edge === undefined ? {} : { owner: edge }),
    expiresAtS: nowS + (isGone ? goneLifetimeS : ports.deferredLifetimeS),
  };
}

async function performAgain(
  ports: Ports,
  name: ParticipationName,
  item: Item | undefined,
): Promise<void> {
  const before = item?.data as ParticipationRecord | undefined;
  if (item === undefined || before === undefined) return;
  await perform(ports, name, { version: item.version, effects: before.effects });
}

type Caused = { readonly version: number; readonly effects: readonly ParticipationEffect[] };

async function perform(ports: Ports, name: ParticipationName, caused: Caused): Promise<void> {
  const entries: QueueEntry[] = [];
  let sinceMs: number | undefined;
  for (const [index, effect] of caused.effects.entries()) {
    if (effect.kind === 'discard') {
      await ports.store.discard(segmentKey(name), effect.through);
    } else if (effect.kind === 'find-registration') {
      sinceMs = Math.min(sinceMs ?? effect.sinceMs, effect.sinceMs);
    } else {
      const { command } = effect;
      const edge = 'call' in command ? callEdge(command.call) : command.participation.edge;
      const id = `${caused.version}/${index}`;
      entries.push({
        queue: commandQueue(edge),
        group: participationGroup(name),
        deduplicationId: `${participationGroup(name)}/${id}`,
        body: JSON.stringify({ id, name, command }),
      });
    }
  }
  if (entries.length > 0) await ports.queue.send(entries);
  if (sinceMs !== undefined) await findRegistration(ports, name, sinceMs);
}

/** A call's name starts with the edge that holds it. */
function callEdge(call: string): string | undefined {
  const end = call.indexOf('/');
  return end < 0 ? undefined : call.slice(0, end);
}

/** No lost wake-up (design 4): the state was written first; now the registration is read, consistently. */
async function findRegistration(
  ports: Ports,
  name: ParticipationName,
  sinceMs: number,
): Promise<void> {
  const key = registrationKey(name.user);
  const item = await ports.store.read(key.partition, key.sort);
  const registration = item?.data as Registration | undefined;
  if (registration === undefined || registration.atMs <= sinceMs) return;
  const atMs = ports.nowMs();
  const instances = instancesAt(registration, atMs);
  if (instances.length === 0) return;
  await decideAndSend(ports, name, [
    {
      name,
      event: { kind: 'client-available', instances, registeredAtMs: registration.atMs, atMs },
    },
  ]);
}
