/** One session of a scripted party: its dialog, its media and what has happened to it. */
import type { MsrpMedia } from '../../../edge/sdp/msrp-media.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';

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
  /** A session description in the place of the party's own. */
  sdp: Uint8Array | undefined;
  /** No media connection is set up. */
  isDeaf: boolean;
};
