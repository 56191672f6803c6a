/** What brings a client what waits for it: an INVITE into its group, a session for each sender, or MESSAGE by MESSAGE. */
import type { OutboundMessage } from '../msrp/effect.ts';
import { DeliveryInvitation } from './delivery-invitation.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { PagerDelivery } from './pager-delivery.ts';
import type { Participant } from './participant.ts';
import { SenderDelivery } from './sender-delivery.ts';

export type ClientReturn = {
  /** A client is being asked, or is about to be. */
  readonly isOut: boolean;
  /** Others are before it: nobody has been asked yet. */
  readonly isInLine?: boolean;
  /** The client that is being asked has shown no sign of that. */
  readonly isUnanswered?: boolean;
  /** A client is to be asked once more after a while. */
  readonly isDue?: boolean;
  /** Where the bridge sends to, if that is no session. */
  readonly leg?:
    | { readonly send: (nowMs: number, message: OutboundMessage) => boolean }
    | undefined;
  readonly start: (nowMs: number) => void;
  /** The client has registered again, or shows otherwise that it is there. */
  readonly again: (nowMs: number) => void;
  /** The client has come in by itself. */
  readonly cancel: (nowMs: number) => void;
  /** The client's session is over, where it has one of its own for what waited. */
  readonly sessionOver?: () => void;
  /** Clients are there: what comes goes to them, without a session. */
  readonly goOn?: (nowMs: number, bindings: readonly Binding[]) => void;
  /** Everything that waited is delivered; true if what comes is to be passed on at once. */
  readonly caughtUp?: (nowMs: number) => boolean;
};

export function clientReturn(desk: Desk, participant: Participant): ClientReturn {
  const { kind } = participant.group;
  if (kind === undefined) return new DeliveryInvitation(desk, participant);
  if (kind === 'standalone') return new PagerDelivery(desk, participant);
  return new SenderDelivery(desk, participant);
}
