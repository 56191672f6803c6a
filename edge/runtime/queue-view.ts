/** What operators see of the queues: their depths, and single records without what is in them. */
import { deadLetterQueue } from '../../shared/memory/queue-name.ts';
import type { PeekedRecord, Queue } from '../../shared/ports/queue.ts';
import { otherQueuesMax } from './limit.ts';

export type QueueSummary = {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly oldest: string | null;
  readonly dead: number;
  readonly oldestDead: string | null;
  /** Whether this process takes records from it. */
  readonly isServed: boolean;
};

export type RecordSummary = {
  readonly id: string;
  /** Whose order it keeps; users are masked as in the log. */
  readonly group: string | null;
  /** What it reports or commands; null if that can't be told. */
  readonly kind: string | null;
  readonly state: 'waiting' | 'out';
  readonly receives: number;
  readonly sentAt: string;
  /** Why it was parked; null for a record that was received too often. */
  readonly reason: string | null;
};

export type Mask = (uri: string) => string;

/** The names of the queues that are served here, and of others that exist. Dead letters have no entry of their own. */
export async function queueNamesOf(
  queue: Queue,
  served: readonly string[],
): Promise<readonly string[]> {
  const others = (await queue.names())
    .map((name) => sourceQueue(name) ?? name)
    .filter((name) => !served.includes(name));
  return [...served, ...[...new Set(others)].slice(-otherQueuesMax)];
}

/** The depths of all queues that are served here, and of others that hold something. */
export async function queueSummaries(
  queue: Queue,
  served: readonly string[],
): Promise<readonly QueueSummary[]> {
  const summaries: QueueSummary[] = [];
  for (const name of await queueNamesOf(queue, served)) {
    const summary = await summaryOf(queue, name, served.includes(name));
    const isEmpty = summary.waiting + summary.inFlight + summary.dead === 0;
    if (summary.isServed || !isEmpty) summaries.push(summary);
  }
  return summaries;
}

/** The queue whose dead letters a queue holds. */
function sourceQueue(name: string): string | undefined {
  const source = name.replace(/-dead(?=(\.fifo)?$)/, '');
  return deadLetterQueue(source) === name ? source : undefined;
}

async function summaryOf(queue: Queue, name: string, isServed: boolean): Promise<QueueSummary> {
  const { visible, inFlight, oldestMs } = await queue.depth(name);
  const dead = await queue.depth(deadLetterQueue(name) ?? name);
  return {
    name,
    waiting: visible,
    inFlight,
    oldest: timeText(oldestMs),
    dead: dead.visible + dead.inFlight,
    oldestDead: timeText(dead.oldestMs),
    isServed,
  };
}

/** A record as it may be shown. */
export function recordSummary(record: PeekedRecord, mask: Mask): RecordSummary {
  const { id, group, receives, sentAtMs, isOut, bodyStart } = record;
  return {
    id,
    group: group === undefined ? null : maskedGroup(group, mask),
    kind: kindIn(bodyStart),
    state: isOut ? 'out' : 'waiting',
    receives,
    sentAt: new Date(sentAtMs).toISOString(),
    reason: reasonIn(bodyStart),
  };
}

/** A group is a user, a user and a Contribution-ID, or a Contribution-ID. */
function maskedGroup(group: string, mask: Mask): string {
  if (!/^(sips?|tel):/i.test(group)) return group;
  const end = group.lastIndexOf('#');
  return end < 0 ? mask(group) : `${mask(group.slice(0, end))}${group.slice(end)}`;
}

/** Within a JSON text no quote stands bare, so no user's text looks like this. */
function kindIn(bodyStart: string): string | null {
  return /"(?:event|command)":\{"kind":"([a-z-]{1,40})"/.exec(bodyStart)?.[1] ?? null;
}

/** A parked record begins with why; the reason is ours. */
function reasonIn(bodyStart: string): string | null {
  return /^\{"reason":"([^"\\]{1,200})","body":"/.exec(bodyStart)?.[1] ?? null;
}

function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
