/**
 * What an MSRP host asks of the runtime, and what it tells its owner. A host holds the sessions of one function (RFC 4975)
 * and the connections they run on; it does no I/O. Connections are named by the runtime when they come in (`accepted`), and by
 * the host when it wants one (`connect`). A session is named by the host; its name is the session-id of its MSRP URI.
 */
export type MsrpEffect =
  | {
      readonly kind: 'connect';
      readonly connection: string;
      readonly host: string;
      readonly port: number;
      readonly isTls: boolean;
    }
  /** All output of one step for one connection, in order, to be written at once. */
  | {
      readonly kind: 'write';
      readonly connection: string;
      readonly parts: readonly Uint8Array[];
      readonly bytes: number;
    }
  | { readonly kind: 'close'; readonly connection: string }
  /** Stop or go on reading from a connection (back-pressure). */
  | { readonly kind: 'pause'; readonly connection: string }
  | { readonly kind: 'resume'; readonly connection: string }
  | { readonly kind: 'set-timer'; readonly timer: string; readonly delayMs: number }
  | { readonly kind: 'clear-timer'; readonly timer: string }
  | { readonly kind: 'msrp-event'; readonly event: MsrpEvent };

export type FailureReport = 'yes' | 'no' | 'partial';

/** A whole message that came in; `inbound` is given back to `answer`, exactly once. */
export type InboundMessage = {
  readonly session: string;
  readonly inbound: number;
  readonly messageId: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
};

/** A message to be sent. `reference` comes back in `delivered`, `failed` and `lost`. */
export type OutboundMessage = {
  readonly reference: number;
  readonly messageId: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
};

/** `way-ended`: not the peer has ended the connection, but who has passed it on. */
export type MsrpLoss = 'closed' | 'way-ended' | 'connect-failed' | 'timeout' | 'refused';

export type MsrpEvent =
  /** The session has its connection; messages flow. */
  | { readonly kind: 'bound'; readonly session: string }
  | { readonly kind: 'message'; readonly message: InboundMessage }
  /**
   * Every chunk of the message has its 200. With Failure-Report no: has been written; with partial: no error has come for as long as a
   * response may take.
   */
  | { readonly kind: 'delivered'; readonly session: string; readonly reference: number }
  /** The peer has refused the message; the session stands. */
  | {
      readonly kind: 'failed';
      readonly session: string;
      readonly reference: number;
      readonly status: number;
    }
  | {
      readonly kind: 'report';
      readonly session: string;
      readonly messageId: string;
      readonly status: number;
    }
  /** The queue of the session has room again after `send` has answered false. */
  | { readonly kind: 'room'; readonly session: string }
  /** The session is over: decision D-02. `references` are the messages given to `send` without an outcome, in order. */
  | {
      readonly kind: 'lost';
      readonly session: string;
      readonly loss: MsrpLoss;
      readonly references: readonly number[];
    };
