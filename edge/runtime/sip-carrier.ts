/** What the ways to carry SIP have in common: what they take, and what they tell. */
import type { Flow, Target } from '../sip/effect.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';

/** What could not be read. With `request` and `status` it has been answered. */
export type SipRefusal = {
  readonly reason: string;
  readonly request?: SipRequest;
  readonly status?: number;
};

export type SipHandler = {
  readonly onMessage: (message: SipMessage, flow: Flow) => void;
  readonly onRefused: (refusal: SipRefusal, flow: Flow) => void;
  /** A connection is gone, and with it what ran over it. */
  readonly onFlowClosed: (flow: Flow) => void;
};

/** One way to carry SIP: datagrams, streams, WebSocket, or the inside of this process. */
export type SipCarrier = {
  /** Sends bytes; `onFailed` hears, later, if they could not be sent. */
  readonly send: (bytes: Uint8Array, target: Target, onFailed: () => void) => void;
  /** Takes nothing more, ends what is open, resolves when all is gone. */
  readonly close: () => Promise<void>;
};
