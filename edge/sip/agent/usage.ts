/**
 * What a dialog is used for: a call (INVITE) or a subscription (RFC 5057). A usage has one handle from its first message on and is
 * the one thing in the agent that changes in place; everything in it is replaced by whole values.
 */
import type { DialogState, Target } from '../effect.ts';
import type { Header, SipRequest, SipResponse } from '../message.ts';
import type { SessionTimer } from './session-timer.ts';

type UsageBase = {
  readonly handle: string;
  /** Undefined until the other side's tag is known. */
  dialog: DialogState | undefined;
  /** The name under which the registry knows it. */
  key: string | undefined;
  /** Requests that came in this dialog and wait for the owner. */
  readonly pending: Set<string>;
  /** Timers that are running. */
  readonly timers: Set<string>;
};

/** An INVITE of ours that has no final answer. */
export type Outgoing = {
  readonly transaction: string;
  /** Without Via. */
  readonly request: SipRequest;
  readonly target: Target;
  readonly hasProvisional: boolean;
  /** Headers of the CANCEL that is wanted. */
  readonly cancel: readonly Header[] | undefined;
  /** The owner has said goodbye and wants no more news. */
  readonly isAbandoned: boolean;
  /** How often Session-Expires was raised. */
  readonly raises: number;
};

/** A 2xx of ours that has no ACK (RFC 3261 13.3.1.4). */
export type Answer = {
  readonly transaction: string;
  readonly response: SipResponse;
  readonly target: Target;
  readonly sequence: number;
  readonly intervalMs: number;
  readonly endsAtMs: number;
};

/** A re-INVITE of the owner, or a refresh by the agent, on its way or waiting for its turn. */
export type Reinvite = {
  readonly owner: string | undefined;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** Undefined while it waits. */
  readonly transaction: string | undefined;
  readonly glares: number;
  readonly raises: number;
  readonly floorS: number;
};

export type Call = UsageBase & {
  readonly kind: 'call';
  phase: 'inviting' | 'offered' | 'answered' | 'confirmed';
  outgoing: Outgoing | undefined;
  /** The INVITE of the other side that has no final answer. */
  incoming: string | undefined;
  /** The UPDATE of the other side that has no final answer. */
  updating: string | undefined;
  answer: Answer | undefined;
  reinvite: Reinvite | undefined;
  /** A BYE that waits for the ACK. */
  bye: { readonly owner: string; readonly headers: readonly Header[] } | undefined;
  session: SessionTimer | undefined;
  /** Our last session description, for refreshes by re-INVITE. */
  description: Uint8Array | undefined;
  /** The other side understands UPDATE. */
  peerUpdates: boolean;
};

export type Subscription = UsageBase & {
  readonly kind: 'subscription';
  readonly role: 'subscriber' | 'notifier';
  /** The SUBSCRIBE of a subscriber, for a NOTIFY that comes before the 2xx. */
  readonly request: SipRequest;
};

export type Usage = Call | Subscription;

/** A call before its first message. */
export function newCall(handle: string, phase: Call['phase']): Call {
  return {
    ...newBase(handle),
    kind: 'call',
    phase,
    outgoing: undefined,
    incoming: undefined,
    updating: undefined,
    answer: undefined,
    reinvite: undefined,
    bye: undefined,
    session: undefined,
    description: undefined,
    peerUpdates: false,
  };
}

/** A subscription before its first message. */
export function newSubscription(
  handle: string,
  role: Subscription['role'],
  request: SipRequest,
): Subscription {
  return { ...newBase(handle), kind: 'subscription', role, request };
}

/** Changes the dialog of a usage, if it has one. */
export function updateDialog(
  usage: { dialog: DialogState | undefined },
  change: (dialog: DialogState) => DialogState,
): void {
  if (usage.dialog !== undefined) usage.dialog = change(usage.dialog);
}

function newBase(handle: string): UsageBase {
  return { handle, dialog: undefined, key: undefined, pending: new Set(), timers: new Set() };
}
