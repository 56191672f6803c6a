/** What a final answer of 300 or more to the focus's INVITE says about the member. */
import type { RosterUser } from '../xml/roster.ts';

export type RefusedMember = {
  /** How the roster shows it; the reason holds the code, by which clients tell a refusal from a failure. */
  readonly shown: Pick<RosterUser, 'status' | 'reason'>;
  /** The member declines, or does not exist. Anybody else stays one and may come later (decision O-05). */
  readonly isDeparted: boolean;
};

const unreachable = new Set([408, 430, 480]);

/** Reads a refusal. */
export function readRefusal(status: number): RefusedMember {
  const isDeparted = status === 603 || status === 404 || status === 604;
  return { shown: { status: shownStatus(status), reason: `SIP;cause=${status}` }, isDeparted };
}

function shownStatus(status: number): RosterUser['status'] {
  if (status === 603) return 'declined';
  if (status === 486 || status === 600) return 'busy';
  const isServerFailure = status >= 500 && status < 600;
  return isServerFailure || unreachable.has(status) ? 'disconnected' : 'failed';
}
