/** One session of a scripted party: its dialog, its media and what has happened to it. */
import type { Direction, MsrpMedia } from '../../../edge/sdp/msrp-media.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';
import { contactIn } from './describe.ts';

export type Call = {
  readonly dialog: string;
  /** Whether the party has sent the INVITE. */
  readonly isOurs: boolean;
  /** The INVITE that was received. */
  readonly request: SipRequest | undefined;
  /** The MSRP session, once there is one. */
  session: string;
  /** What the other side has described. */
  remote: MsrpMedia | undefined;
  /** URI in the Contact of the other side. */
  contact: string;
  isAgreed: boolean;
  isUp: boolean;
  isOver: boolean;
  /** Cancelled: an answer that crosses is ended. */
  isGivenUp: boolean;
};

export type Invite = {
  readonly uri: string;
  readonly headers: readonly Header[];
  /** Content-Type and body around the session description. */
  readonly body?: (sdp: Uint8Array) => { contentType: string; body: Uint8Array };
  readonly direction?: Direction;
};

/** A message that a party got over MSRP. */
export type Got = {
  readonly session: string;
  readonly messageId: string;
  readonly contentType: string;
  readonly text: string;
};

/** What a party answers; `leave` leaves the other side without an answer. */
export type Manners = {
  /** Final status on an INVITE, or only a provisional one. */
  invite: number | 'leave' | 'ring';
  inviteHeaders: readonly Header[];
  /** On a re-INVITE. */
  update: number | 'leave';
  message: number | 'leave';
  /** On a SUBSCRIBE or NOTIFY. */
  request: number | 'leave';
  requestHeaders: readonly Header[];
  /** A session description in the place of the party's own. */
  sdp: Uint8Array | undefined;
  /** No media connection is set up. */
  isDeaf: boolean;
};

/** A session of which nothing but its INVITE is there; without a request the INVITE is the party's own. */
export function newCall(dialog: string, session: string, request?: SipRequest): Call {
  return {
    dialog,
    isOurs: request === undefined,
    request,
    session,
    remote: undefined,
    contact: request === undefined ? '' : contactIn(request),
    isAgreed: false,
    isUp: false,
    isOver: false,
    isGivenUp: false,
  };
}
