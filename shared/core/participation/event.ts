/**
 * What can happen to a participation: one user in one group session, keyed by user and Contribution-ID. Most events are
 * reported by the edge that holds its legs, some by other functions. Times are the reporter's.
 */

/** A SIP dialog as the edge keeps it; opaque here. */
export type StoredDialog = { readonly callId: string };

export type StoredHeader = { readonly name: string; readonly value: string };

/** What a delivery INVITE repeats of the original invitation (000 B.2.3.x.y steps 11-12). */
export type GroupInfo = {
  /** Not of a group (`kind.ts`): `identity` is the other user then, or the user for standalone messages. */
  readonly kind?: 'one-to-one' | 'notifications' | 'standalone';
  /** Group Session Identity of the present run. */
  readonly identity: string;
  /** End-to-end headers of the original INVITE, Contribution-ID and Conversation-ID among them. */
  readonly headers: readonly StoredHeader[];
  /** From of the original INVITE, without its tag. */
  readonly from: string;
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes: readonly string[];
};

/** Why the function stays in the media path (002 8.3.2.9; decision D-02). */
export type Trigger = 'bye' | 'invite-timeout' | 'unreachable' | 'msrp-setup' | 'msrp-lost';

/** The end of a delivery: how far the client has acknowledged, and, as the store says, how far there is something. */
export type Finished = { readonly cursor?: number; readonly last?: number };

/** What an edge reports. */
export type LegEvent =
  /** A participation begins; `trigger` is given if the client is away from the start. */
  | {
      readonly kind: 'opened';
      readonly group: GroupInfo;
      readonly focus: StoredDialog;
      readonly roster: readonly string[];
      readonly instance?: string;
      readonly trigger?: Trigger;
      /** When the user's clients were looked up: who has registered since then was not asked. */
      readonly sinceMs?: number;
    }
  /** The focus has a new leg to us, by its own INVITE or by our recovery. */
  | { readonly kind: 'focus-joined'; readonly identity: string; readonly focus: StoredDialog }
  | { readonly kind: 'client-joined'; readonly instance?: string }
  | {
      readonly kind: 'client-lost';
      readonly trigger: Trigger;
      readonly last: number;
      /**
       * When the client was last heard of, if the loss shows only later: a registration since then is news. 0: any is, for it was our side that
       * failed.
       */
      readonly sinceMs?: number;
    }
  /** The client's final answer to our delivery INVITE. */
  | { readonly kind: 'client-refused'; readonly status: number }
  /** BYE with cause 200: a voluntary leave (001 8.3.2.9). */
  | { readonly kind: 'client-left' }
  | { readonly kind: 'roster'; readonly users: readonly string[] }
  | { readonly kind: 'progress'; readonly cursor: number }
  /** The client asks to come in again; `call` names its INVITE at the edge. */
  | { readonly kind: 'rejoin'; readonly call: string; readonly instance?: string }
  /** The focus has ended the session, or can't be reached any more; `last` is the last position given. */
  | { readonly kind: 'focus-ended'; readonly last: number; readonly cause?: number }
  /** Something was kept for an absent user outside any session. */
  | {
      readonly kind: 'deferred';
      readonly group: GroupInfo;
      /** The user's only device that is to get it. */
      readonly instance?: string;
      readonly last: number;
      /** When the user's clients were looked up: who has registered since then was not asked. */
      readonly sinceMs: number;
    }
  /** Something was kept for a client that took the last delivery and is registered still. */
  | { readonly kind: 'pending'; readonly last: number }
  /** Everything of an ended session has been delivered and the delivery session closed. */
  | ({ readonly kind: 'drained' } & Finished)
  /** The edge ends, and gives the participation to another; `client` is the dialog of a client that stays in the session. */
  | {
      readonly kind: 'handed-over';
      readonly successor: string;
      readonly last: number;
      readonly client?: StoredDialog;
    }
  | { readonly kind: 'restarted'; readonly identity: string; readonly focus: StoredDialog }
  | ({ readonly kind: 'restart-failed'; readonly status: number } & Finished);

/** What other functions report. */
export type AvailabilityEvent =
  /** The user has registered; `instances` has one entry a client, see `instancesAt`. */
  | {
      readonly kind: 'client-available';
      readonly instances: readonly string[];
      readonly registeredAtMs: number;
    }
  | { readonly kind: 'edge-lost'; readonly edge: string; readonly successor: string };

export type ParticipationEvent = (LegEvent | AvailabilityEvent) & { readonly atMs: number };

/** Messages to keep: bytes of `segment.ts`. They go to the segments, past the participation's item. */
export type MessagesEvent = {
  readonly kind: 'messages';
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly oldestMs: number;
  /** Base64 of the segment's bytes. */
  readonly bytes: string;
};

/** Who reports: an edge counts its events of a key, so that a replay is recognised. */
export type Source = { readonly edge: string; readonly epoch: number; readonly counter: number };
