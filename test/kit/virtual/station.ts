/** What hosts, the network between them, and whoever watches it know of one another. */
import type { MsrpInput } from '../../../edge/runtime/msrp-carrier.ts';
import type { Flow } from '../../../edge/sip/effect.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import type { Clock, Life } from './clock.ts';

/** A process that is reached under a host's name. */
export type Station = {
  readonly host: string;
  readonly life: Life;
  readonly sip: (message: SipMessage, flow: Flow) => void;
  readonly msrp: MsrpInput;
};

export type Carried = { readonly from: string; readonly to: string; readonly message: SipMessage };

export type Watcher = {
  readonly sip: (carried: Carried) => void;
  /** Bytes that one end of a connection has written; `way` names connection and direction. */
  readonly msrp: (way: string, ends: { from: string; to: string }, bytes: Uint8Array) => void;
};

/** The network, as its connections see it. */
export type Ground = {
  readonly clock: Clock;
  readonly watchers: readonly Watcher[];
  readonly at: (host: string) => Station | undefined;
  readonly isReachable: (host: string) => boolean;
};

export const latencyMs = 1;
