/** The first message that waits for a client, for the INVITE that brings it (001 8.3.2.9.1.1 step 6, decision O-11). */
import type { StoredMessage } from '../../shared/core/segment.ts';
import type { StoredRun } from './delivery.ts';
import type { Desk } from './desk.ts';
import { firstReadsMax, inviteMessageBytesMax, readBytesMax, rereadMaxMs } from './limit.ts';
import type { Participant } from './participant.ts';

export type FirstRead =
  | { readonly kind: 'first'; readonly message: StoredMessage }
  | { readonly kind: 'none' }
  /** Something waits that the store does not show yet. */
  | { readonly kind: 'unsure' };

export type FirstWish = {
  /** Whether somebody still waits for it. */
  readonly isWanted: () => boolean;
  readonly found: (nowMs: number, read: FirstRead) => void;
};

/** Reads it. What was handed to the queue may not be in the table yet, and a store that failed is asked again, a few times. */
export function readFirst(
  desk: Desk,
  participant: Participant,
  wish: FirstWish,
  readsLeft: number = firstReadsMax,
): void {
  const { name, bridge } = participant;
  const range = { after: bridge.cursor, bytesMax: readBytesMax };
  desk.readSegments(name, range, (nowMs, runs) => {
    if (!wish.isWanted()) return;
    const message = firstAfter(runs ?? [], bridge.cursor);
    if (message !== undefined) wish.found(nowMs, { kind: 'first', message });
    else if (runs !== undefined && bridge.last <= bridge.cursor)
      wish.found(nowMs, { kind: 'none' });
    else if (readsLeft === 0) wish.found(nowMs, { kind: 'unsure' });
    else {
      desk.setTimer(`first/${desk.nextNumber()}`, rereadMaxMs, () => {
        if (wish.isWanted()) readFirst(desk, participant, wish, readsLeft - 1);
      });
    }
  });
}

/** Whether a message may go within an INVITE: whole, and not too long. */
export function isShowable({ part, body }: StoredMessage): boolean {
  return (part === undefined || part === 'whole') && body.length <= inviteMessageBytesMax;
}

/** The first message behind a position. */
function firstAfter(runs: readonly StoredRun[], after: number): StoredMessage | undefined {
  for (const { first, messages } of runs) {
    const found = messages.find((_message, index) => first + index > after);
    if (found !== undefined) return found;
  }
  return undefined;
}
