/**
 * What the Participating Function asks of the runtime beyond SIP and MSRP: reports to the functions, look-ups in the store, and
 * timers. Each report and look-up is answered once, by its number.
 */
import type {
  MessagesEvent,
  ParticipationEvent,
  Source,
} from '../../shared/core/participation/event.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import type { Target } from '../sip/effect.ts';
import type { StoredRun } from './delivery.ts';

export type MessagesReport = Omit<MessagesEvent, 'bytes'> & { readonly bytes: Uint8Array };

export type Report = {
  readonly kind: 'report';
  readonly report: number;
  readonly name: ParticipationName;
  readonly source?: Source;
  readonly event: ParticipationEvent | MessagesReport;
  /** Nobody is there who would wait for what becomes of it. */
  readonly canWait?: true;
};

export type ParticipatingEffect =
  | Report
  /** The user's registered clients: all that a delivery needs, however many participations the user has. */
  | { readonly kind: 'find-clients'; readonly lookup: number; readonly user: string }
  /** The user's registered clients and participations, all or those that are named, and an epoch if something may begin. */
  | {
      readonly kind: 'find-user';
      readonly lookup: number;
      readonly user: string;
      readonly contributionIds?: readonly string[];
      readonly isBeginning: boolean;
    }
  | {
      readonly kind: 'read-segments';
      readonly lookup: number;
      readonly name: ParticipationName;
      readonly after: number;
      readonly bytesMax: number;
    }
  /** The Message-IDs that were stored last. */
  | {
      readonly kind: 'read-tail';
      readonly lookup: number;
      readonly name: ParticipationName;
      readonly messagesMax: number;
    }
  | { readonly kind: 'set-timer'; readonly timer: string; readonly delayMs: number }
  | { readonly kind: 'clear-timer'; readonly timer: string }
  /** For the metrics. */
  | {
      readonly kind: 'count';
      readonly what: 'deferred' | 'delivered' | 'relayed';
      readonly messages: number;
    };

/** A registered client, as far as it matters here. */
export type Binding = {
  readonly contact: string;
  readonly instance?: string;
  /** An IMS core reaches the device, or, without an instance, whichever the user has. */
  readonly isByCore?: true;
  readonly target: Target;
  /** Proxies on the way to the client (RFC 3327). */
  readonly path?: readonly string[];
  /** Of its registration: a client that has begun anew takes another one (RFC 3261 10.2). */
  readonly callId?: string;
  /** The same of a device behind a core, and its place. */
  readonly device?: { readonly contact: string; readonly callId?: string };
};

export type ClientsFound = {
  /** False for a user of our domain whom nobody knows. */
  readonly isKnown: boolean;
  readonly bindings: readonly Binding[];
};

export type UserFound = ClientsFound & {
  /** Those that were asked for, as far as they are stored. */
  readonly participations: readonly Participation[];
  /** An epoch that nothing of the user has had, behind those of the participations; 0 if none was asked for. */
  readonly epoch: number;
};

export type LookupResult =
  | { readonly kind: 'clients'; readonly clients: ClientsFound }
  | { readonly kind: 'user'; readonly user: UserFound }
  | { readonly kind: 'segments'; readonly runs: readonly StoredRun[] }
  | { readonly kind: 'tail'; readonly messageIds: readonly string[] }
  /** The store did not answer. */
  | { readonly kind: 'fault' };
