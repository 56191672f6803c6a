/** What a request of ours is for, so that its answer finds its way. It lives as long as the client transaction. */
import type { DialogState, Target } from '../effect.ts';
import type { SipRequest } from '../message.ts';

/** The ACKs sent for the 2xx of one INVITE, by remote tag; a 2xx that comes again gets its ACK again (RFC 3261 13.2.2.4). */
export type Acks = Map<string, { readonly request: SipRequest; readonly target: Target }>;

export type Purpose =
  /** The owner's request; `owner` is the handle that it waits with. */
  | { readonly kind: 'owner'; readonly owner: string; readonly dialog: string | undefined }
  /** An initial INVITE. */
  | { readonly kind: 'invite'; readonly call: string; readonly acks: Acks }
  /** A re-INVITE, of the owner or, without `owner`, a session refresh. `dialog` is kept for its ACK. */
  | {
      readonly kind: 'reinvite';
      readonly call: string;
      readonly owner: string | undefined;
      readonly dialog: DialogState;
      readonly acks: Acks;
    }
  /** An UPDATE that refreshes the session. */
  | { readonly kind: 'refresh'; readonly call: string; readonly isRaised: boolean }
  /** The SUBSCRIBE that opens a subscription. */
  | { readonly kind: 'subscribe'; readonly dialog: string; readonly owner: string }
  /** BYE and CANCEL whose answer nobody waits for. */
  | { readonly kind: 'silent' };
