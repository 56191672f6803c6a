/**
 * The state of a participation, as it is kept: one item, with the effects of the last decision beside it. What only lives as
 * long as the edge's legs (windows, connections, the client's dialog) is not in it.
 */
import type { GroupInfo, StoredDialog } from './event.ts';

export type ParticipationName = { readonly user: string; readonly contributionId: string };

/**
 * joined      the client is in the session (or is being brought up to date in it)
 * buffering   the client is away, the focus's session goes on
 * reinviting  our INVITE to the client is out, the focus's session goes on
 * inactive    the focus has ended the session, messages wait
 * draining    our INVITE for an ended session is out, or its messages are being delivered
 * restarting  the client has re-joined an ended session, the re-start is asked of the focus
 * gone        over; kept for a while so that late events and epochs are recognised
 */
export type Phase =
  | 'joined'
  | 'buffering'
  | 'reinviting'
  | 'inactive'
  | 'draining'
  | 'restarting'
  | 'gone';

export type Participation = ParticipationName & {
  readonly phase: Phase;
  /** Rises with each take-over; events of an older one are refused. */
  readonly epoch: number;
  /** The edge that acts for it; absent while none has to. */
  readonly edge?: string;
  /** The last applied counter of the present epoch. */
  readonly counter: number;
  readonly group: GroupInfo;
  readonly focus?: StoredDialog;
  readonly roster: readonly string[];
  /** The device that accepted the group session, if any has. */
  readonly instance?: string;
  /** Position up to which the client has acknowledged. */
  readonly cursor: number;
  /** Last position known to be given; up to date when the session has ended. */
  readonly last: number;
  readonly awaySinceMs: number;
  /** While draining: the client has accepted our INVITE. */
  readonly hasAccepted?: boolean;
  /** Time of the newest registration that has been acted on: a report of it that comes again is a replay. */
  readonly availableAtMs?: number;
  /** The call of the newest re-join that was decided on: one that comes again is a replay. */
  readonly lastCall?: string;
  /** It is over because the user wanted that. */
  readonly hasLeft?: boolean;
  /** The client has registered again while an INVITE to it was out. */
  readonly isAvailableAgain: boolean;
  readonly changedAtMs: number;
};

/** What a decision asks for; commands go to the owning edge, or to any edge if there is none. */
export type ParticipationEffect =
  | { readonly kind: 'command'; readonly command: Command }
  /** Remove the segments up to a position. Delivered ones hurt nobody while they are left to their expiry. */
  | { readonly kind: 'discard'; readonly through: number; readonly isDelivered?: boolean }
  /** Look for a registration newer than `sinceMs`; if there is one, it comes as `client-available`. */
  | { readonly kind: 'find-registration'; readonly sinceMs: number };

export type Command =
  /** INVITE the client: sendrecv while the session is active, sendonly when it has ended. */
  | { readonly kind: 'invite-client'; readonly participation: Participation }
  /** Give up an INVITE that has had no answer at all, and try the client's new registration. */
  | { readonly kind: 'invite-again'; readonly participation: Participation }
  | {
      readonly kind: 'accept-rejoin';
      readonly call: string;
      readonly participation: Participation;
    }
  | { readonly kind: 'refuse-rejoin'; readonly call: string; readonly status: number }
  /** Nothing is kept for it: relay the re-join to the focus. */
  | { readonly kind: 'relay-rejoin'; readonly call: string }
  /** Leave the focus's session: BYE with a Reason cause, and un-SUBSCRIBE. */
  | { readonly kind: 'release'; readonly participation: Participation; readonly cause: number }
  /** Take the legs up after another edge: re-INVITE the focus, and the client that was handed over; without one go on deferring. */
  | {
      readonly kind: 'restore';
      readonly participation: Participation;
      readonly client?: StoredDialog;
    };

export type Decision = {
  readonly state: Participation | undefined;
  readonly effects: readonly ParticipationEffect[];
};
