/**
 * What a frame of MSRP says (RFC 4975 9), as the reader hands it on. Heads are flat, with every field present, since one is made
 * for each frame. Headers that mean nothing to an endpoint are not kept.
 */
import type { FailureReport } from './effect.ts';

/** `$` ends the message, `+` the chunk only, `#` aborts the message. */
export type ContinuationFlag = '$' | '+' | '#';

export type RequestHead = {
  readonly kind: 'request-head';
  readonly transactionId: string;
  readonly method: string;
  /** The URIs as written, separated by blanks. */
  readonly toPath: string;
  readonly fromPath: string;
  /** Empty if there is none. */
  readonly messageId: string;
  /** Counts from 1; 1 where Byte-Range is missing. */
  readonly rangeStart: number;
  /** Undefined for `*` and where Byte-Range is missing. */
  readonly rangeEnd: number | undefined;
  readonly total: number | undefined;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
  /** Of a REPORT; 0 if there is none. */
  readonly status: number;
  /** Empty if there is none. */
  readonly contentType: string;
  /** What is wrong with it, though it can be answered; empty if nothing is. */
  readonly problem: string;
};

export type MsrpRequest = {
  readonly kind: 'request';
  readonly head: RequestHead;
  /** All of the body, or the next piece of it. */
  readonly body: Uint8Array;
  /** Where in the body of this frame the piece starts. */
  readonly at: number;
  /** Undefined while pieces of the same frame follow. */
  readonly flag: ContinuationFlag | undefined;
};

export type MsrpResponse = {
  readonly kind: 'response';
  readonly transactionId: string;
  readonly status: number;
  readonly comment: string;
  readonly toPath: string;
  readonly fromPath: string;
};

export type MsrpFrame = MsrpRequest | MsrpResponse;

export type Refused = { readonly kind: 'refused'; readonly reason: string };

export type ReadResult =
  | { readonly kind: 'frame'; readonly frame: MsrpFrame }
  | { readonly kind: 'need-more' }
  | Refused;
