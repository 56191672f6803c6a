/** What a bridge is given when it is made: where it begins, and what it asks of the legs, the store and the clock around it. */
import type { StoredMessage } from '../../shared/core/segment.ts';
import type { Arrival } from './arrival.ts';
import type { HandOver } from './collector.ts';

export type BridgePorts = {
  /** Sends to the client; false if its queue is full now. */
  readonly toClient: (nowMs: number, reference: number, message: StoredMessage) => boolean;
  /** `isKept`: the client has not answered it. */
  readonly answer: (nowMs: number, inbound: number, status: number, isKept: boolean) => void;
  /** Tells a focus that asked for it that a message is safe. */
  readonly reportSafe: (nowMs: number, arrival: Arrival) => void;
  readonly handOver: (nowMs: number, handOver: HandOver) => void;
  readonly read: (nowMs: number, after: number, bytesMax: number) => void;
  readonly readLater: (delayMs: number) => void;
  readonly keepCursor: (nowMs: number, cursor: number) => void;
  readonly pauseFocus: () => void;
  readonly resumeFocus: () => void;
  /** Calls `holdEnded` at that time, or earlier. */
  readonly holdUntil: (nowMs: number, atMs: number) => void;
  /** Everything stored has been delivered; true if there is a live session to go on with. */
  readonly caughtUp: (nowMs: number) => boolean;
};

export type BridgeOptions = {
  readonly epoch: number;
  readonly cursor: number;
  /** The last position given before, in this epoch or an earlier one; 0 if none is known. */
  readonly last: number;
  /** The last position that was stored here before; none if it is absent. */
  readonly lastStored?: number;
  /** Messages of an earlier epoch may be stored. */
  readonly isEndUnknown: boolean;
  /** A live message that the client hasn't answered for so long is stored (decision O-01). */
  readonly holdMs: number;
};

/** A message of the focus, as it comes in. */
export type IncomingMessage = Pick<
  Arrival,
  'messageId' | 'contentType' | 'body' | 'isSuccessReportWanted' | 'receivedAtMs'
> & { readonly inbound: number };
