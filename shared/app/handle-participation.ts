/**
 * Load, decide, commit, send: the one loop that turns a batch of a participation's events into state and commands. It may run
 * twice or at the same time as another; a lost race reads again and decides again.
 */
import { participationKey, registrationKey, segmentKey } from '../core/key.ts';
import type { ParticipationMessage } from '../core/message.ts';
import type { MessagesEvent } from '../core/participation/event.ts';
import { type Envelope, fold, type ParticipationRecord } from '../core/participation/fold.ts';
import { holdsNotifications } from '../core/participation/kind.ts';
import type { Policy } from '../core/participation/policy.ts';
import type { ParticipationName } from '../core/participation/state.ts';
import { instancesAt, type Registration } from '../core/registration.ts';
import type { Item, Segment } from '../ports/store.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { edgeLostEntry, successorOf } from './edges.ts';

export type Ports = CarryOutPorts & {
  readonly nowMs: () => number;
  readonly deferredLifetimeS: number;
  /** How long stored notifications are kept; as long as messages without it. */
  readonly imdnLifetimeS?: number;
  readonly policy?: Policy;
  /** How long an item may be missing from what `owned` finds; undefined where it never is. */
  readonly ownedLagMs?: number;
};

/** A race that is lost this often in a row is a fault: the record comes back later. */
const conflictsMax = 20;
/**
 * How much longer than any message the name of an ended participation is kept: late events and epochs are recognised by it, and a
 * message that came in after the end must not be in the way of one at the same position.
 */
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
      await decideAndSend(ports, name, events);
      events = [];
      segments.push(event);
    } else {
      await append(ports, name, segments);
      segments = [];
      events.push({ ...message, event });
    }
  }
  await append(ports, name, segments);
  await decideAndSend(ports, name, events);
}

/** The hot path: one conditional put a segment, the participation's item is not touched (design 4). */
async function append(
  ports: Ports,
  name: ParticipationName,
  events: readonly MessagesEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const key = segmentKey(name);
  const { imdnLifetimeS, deferredLifetimeS } = ports;
  const keptS = holdsNotifications(name) ? imdnLifetimeS : undefined;
  const expiresAtS = Math.ceil(ports.nowMs() / 1000) + (keptS ?? deferredLifetimeS);
  const segments = events.map(({ first, last, count, oldestMs, bytes }): Segment => {
    const stored = Buffer.from(bytes, 'base64');
    return { key, first, last, count, oldestMs, bytes: stored, expiresAtS };
  });
  await ports.store.append(segments);
}

/** `isFollowUp`: what is applied was found while the effects of another write were carried out. */
async function decideAndSend(
  ports: Ports,
  name: ParticipationName,
  events: readonly Envelope[],
  isFollowUp = false,
): Promise<void> {
  if (events.length === 0) return;
  const batch = await Promise.all(events.map((event) => withStoredEnd(ports, name, event)));
  const key = participationKey(name);
  let isRepeated = isFollowUp;
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await ports.store.read(key.partition, key.sort);
    const before = item?.data as ParticipationRecord | undefined;
    const folded = fold(before, batch, ports.policy);
    // What a replayed event caused is sent again, before the next write takes its place.
    if (folded.isReplay && item !== undefined && before !== undefined && !isRepeated) {
      isRepeated = true;
      await cause(ports, name, { version: item.version, record: before, isOwnerNews: true });
      continue;
    }
    const { record, effects } = folded;
    if (!folded.isChanged || record === undefined) {
      // Nothing is written; what is asked for here are answers to calls, which are known by their calls.
      await carryOut(ports, name, { version: 0, changedAtMs: 0, effects });
      return;
    }
    const version = (item?.version ?? 0) + 1;
    const outcome = await ports.store.commit(itemOf(ports, name, { record, version }));
    if (outcome.kind === 'conflict') continue;
    const isOwnerNews = record.state.edge !== before?.state.edge;
    await cause(ports, name, { version, record, isOwnerNews });
    return;
  }
  throw new Error(`the participation was changed by others ${conflictsMax} times in a row`);
}

/**
 * How far the messages of a session that has ended reach. An owner knows of its own ones; those of an owner before it, which was
 * lost, are known to the store alone.
 */
async function withStoredEnd(
  ports: Ports,
  name: ParticipationName,
  envelope: Envelope,
): Promise<Envelope> {
  const { event } = envelope;
  const isEnd = event.kind === 'focus-ended' || event.kind === 'drained';
  if (!isEnd && event.kind !== 'restart-failed') return envelope;
  const stored = (await ports.store.tail(segmentKey(name), 1)).at(-1);
  return { ...envelope, event: { ...event, last: Math.max(event.last ?? 0, stored?.last ?? 0) } };
}

function itemOf(
  ports: Ports,
  name: ParticipationName,
  next: { readonly record: ParticipationRecord; readonly version: number },
): Item {
  const { edge, focus, phase } = next.record.state;
  const keptS = ports.deferredLifetimeS + (phase === 'gone' ? goneLifetimeS : 0);
  return {
    ...participationKey(name),
    version: next.version,
    data: next.record,
    ...(edge === undefined ? {} : { owner: edge }),
    // A running session lasts as long as it lasts; one that has ended, as long as its messages.
    ...(focus === undefined ? { expiresAtS: Math.ceil(ports.nowMs() / 1000) + keptS } : {}),
  };
}

type Written = {
  readonly version: number;
  readonly record: ParticipationRecord;
  /** The owner has to be looked at: it may have been lost before it became the owner. */
  readonly isOwnerNews: boolean;
};

/** What a write asks for: first what is sent, then what has to be looked up. */
async function cause(ports: Ports, name: ParticipationName, written: Written): Promise<void> {
  const { version, isOwnerNews } = written;
  const { effects, state } = written.record;
  const { changedAtMs, edge } = state;
  const sinceMs = await carryOut(ports, name, { version, changedAtMs, effects });
  if (isOwnerNews && edge !== undefined) await findOwner(ports, name, { edge, version });
  if (sinceMs !== undefined) await findRegistration(ports, name, sinceMs);
}

/**
 * No participation is left with an edge that is lost (design 7): the owner was written first; now the edge is read. The news goes behind all
 * that the lost edge has still reported.
 */
async function findOwner(
  ports: Ports,
  name: ParticipationName,
  { edge, version }: { readonly edge: string; readonly version: number },
): Promise<void> {
  const successor = await successorOf(ports.store, edge);
  if (successor === undefined) return;
  const event = { lost: edge, successor, atMs: ports.nowMs(), version };
  await ports.queue.send([edgeLostEntry(name, event)]);
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
  if (registration === undefined || registration.atMs < sinceMs) return;
  const atMs = ports.nowMs();
  const instances = instancesAt(registration, atMs);
  if (instances.length === 0) return;
  const registeredAtMs = registration.atMs;
  const event = { kind: 'client-available', instances, registeredAtMs, atMs } as const;
  await decideAndSend(ports, name, [{ name, event }], true);
}
