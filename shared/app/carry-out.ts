/** Carries out what a decision asks for, after it was committed; safe to repeat, for everything sent has an id. */
import { segmentKey } from '../core/key.ts';
import { edgeOfCall } from '../core/participation/call.ts';
import type {
  Command,
  ParticipationEffect,
  ParticipationName,
} from '../core/participation/state.ts';
import type { Queue, QueueEntry } from '../ports/queue.ts';
import { QueueAbsent } from '../ports/queue-absent.ts';
import type { Store } from '../ports/store.ts';
import { commandQueue, participationGroup, queueNames } from './queue-names.ts';

export type Caused = {
  readonly effects: readonly ParticipationEffect[];
  /** Names the write that holds the effects. Versions begin anew when an item has expired, hence the time. */
  readonly version: number;
  readonly changedAtMs: number;
};

export type CarryOutPorts = {
  readonly store: Store;
  readonly queue: Queue;
  /** What was delivered is left to its expiry, where removing it costs as much as writing it. */
  readonly leavesDelivered?: boolean;
};

/** Discards and sends. Answers since when a registration is asked for, if one is. */
export async function carryOut(
  ports: CarryOutPorts,
  name: ParticipationName,
  caused: Caused,
): Promise<number | undefined> {
  const entries: QueueEntry[] = [];
  let sinceMs: number | undefined;
  for (const [index, effect] of caused.effects.entries()) {
    if (effect.kind === 'discard') {
      const isLeft = effect.isDelivered === true && ports.leavesDelivered === true;
      if (!isLeft) await ports.store.discard(segmentKey(name), effect.through);
    } else if (effect.kind === 'find-registration') {
      sinceMs = Math.min(sinceMs ?? effect.sinceMs, effect.sinceMs);
    } else {
      const id = `${caused.version}/${caused.changedAtMs}/${index}`;
      entries.push(entryOf(name, effect.command, id));
    }
  }
  await sendCommands(ports.queue, entries);
  return sinceMs;
}

/**
 * The queue of an edge goes with the edge. What was meant for it is decided on anew when the participation has another owner, so it is
 * left out; an ownerless command waits for any edge.
 */
async function sendCommands(queue: Queue, entries: readonly QueueEntry[]): Promise<void> {
  if (entries.length === 0) return;
  try {
    await queue.send(entries);
  } catch (error) {
    if (!(error instanceof QueueAbsent) || error.queue === queueNames.commands) throw error;
    await sendCommands(
      queue,
      entries.filter((entry) => entry.queue !== error.queue),
    );
  }
}

/** The entry of a command. An answer to a call is known by the call, which has one answer however often it is decided on. */
function entryOf(name: ParticipationName, command: Command, writeId: string): QueueEntry {
  const isAnswer = 'call' in command;
  const edge = isAnswer ? edgeOfCall(command.call) : command.participation.edge;
  const id = isAnswer ? command.call : writeId;
  const group = participationGroup(name);
  return {
    queue: commandQueue(edge),
    group,
    deduplicationId: `${group}/${id}`,
    body: JSON.stringify({ id, name, command }),
  };
}
