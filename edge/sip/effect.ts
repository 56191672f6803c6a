/**
 * What the SIP user agent asks of the runtime, and what it tells its owner. The agent does no I/O: it is given messages,
 * timers and actions with the present time, and what has to happen is drained from it as this data.
 *
 * A `dialog` is a handle that the agent gives out: for an INVITE, incoming or outgoing, it names the call from the first
 * message on and stays the same when the dialog is confirmed. A `transaction` is a handle of one request.
 */
import type { Header, SipRequest, SipResponse } from './message.ts';

export type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss' | 'local';

/** Where a message came from. `id` names the connection; for UDP and local ones it is `<transport>:<host>:<port>`. */
export type Flow = {
  readonly id: string;
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
};

/** Where a message goes: over `flow` while that is open, otherwise to host and port. */
export type Target = {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  readonly flow?: string;
};

export type SipEffect =
  /** `transaction` is given back by `sendFailed` if the bytes can't be sent. */
  | {
      readonly kind: 'send-sip';
      readonly bytes: Uint8Array;
      readonly target: Target;
      readonly transaction: string;
    }
  | { readonly kind: 'set-timer'; readonly timer: string; readonly delayMs: number }
  | { readonly kind: 'clear-timer'; readonly timer: string }
  | { readonly kind: 'sip-event'; readonly event: SipEvent };

export type DialogLoss = 'no-ack' | 'session-expired' | 'gone';

export type SipEvent =
  /** Any request but INVITE, ACK, CANCEL and BYE; to be answered by `respond(transaction)`. */
  | {
      readonly kind: 'request';
      readonly transaction: string;
      readonly request: SipRequest;
      readonly flow: Flow;
      readonly dialog?: string;
    }
  /** An INVITE outside a dialog; to be answered by `respond(dialog)`. */
  | {
      readonly kind: 'invite';
      readonly dialog: string;
      readonly request: SipRequest;
      readonly flow: Flow;
    }
  /** The caller has given up; 487 has been sent. */
  | { readonly kind: 'cancelled'; readonly dialog: string; readonly request: SipRequest }
  /** The ACK of our 2xx to an INVITE has come. */
  | { readonly kind: 'acknowledged'; readonly dialog: string; readonly request: SipRequest }
  /** An INVITE or UPDATE with an offer within a dialog; to be answered by `respond(transaction)`. */
  | {
      readonly kind: 'update';
      readonly dialog: string;
      readonly transaction: string;
      readonly request: SipRequest;
    }
  /** The other side has ended the dialog; 200 has been sent. */
  | { readonly kind: 'bye'; readonly dialog: string; readonly request: SipRequest }
  | { readonly kind: 'progress'; readonly dialog: string; readonly response: SipResponse }
  /** A 2xx to our INVITE; its ACK has been sent. */
  | { readonly kind: 'answered'; readonly dialog: string; readonly response: SipResponse }
  /** Another 2xx to the INVITE `dialog`, from another device; its ACK has been sent, its dialog is `other`. */
  | {
      readonly kind: 'answered-again';
      readonly dialog: string;
      readonly other: string;
      readonly response: SipResponse;
    }
  /** A final answer of 300 or more to our INVITE; 408 without a response is silence, 503 a send that failed. */
  | {
      readonly kind: 'refused';
      readonly dialog: string;
      readonly status: number;
      readonly response?: SipResponse;
    }
  /** The final answer to a request other than an initial INVITE; 408 and 503 as above. */
  | {
      readonly kind: 'response';
      readonly transaction: string;
      readonly status: number;
      readonly response?: SipResponse;
      readonly dialog?: string;
    }
  /** The dialog is over without a BYE of the other side; ours has been sent where the RFC asks for one. */
  | { readonly kind: 'dialog-lost'; readonly dialog: string; readonly loss: DialogLoss };

/** A request to be sent: the agent adds Via, Max-Forwards, CSeq, Call-ID, From tag and Content-Length where absent. */
export type RequestDraft = {
  readonly method: string;
  readonly uri: string;
  /** Must have From and To for requests outside a dialog; Contact where the method asks for one. */
  readonly headers: readonly Header[];
  readonly body?: Uint8Array;
};

export type ResponseDraft = {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
};

/** A dialog as it is kept outside the agent, so that another edge can go on with it (RFC 3261 12). */
export type DialogState = {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To values as name-addr without tag. */
  readonly local: string;
  readonly remote: string;
  readonly localContact: string;
  readonly remoteTarget: string;
  readonly routes: readonly string[];
  readonly localSequence: number;
  readonly remoteSequence: number;
  readonly isCaller: boolean;
  readonly target: Target;
};
