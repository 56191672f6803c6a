/** Every bound of the user agent, with its reason. An owner may lower them through the options. */

export type AgentLimits = {
  /** Transactions at one time, both kinds: about 1 GB at the typical 5 KB of a large INVITE that is kept until its end. */
  readonly transactionsMax: number;
  /** Dialogs at one time; each keeps about 2 KB. */
  readonly dialogsMax: number;
  /** Dialogs that one INVITE may open by forking: more phones than anyone has, and no lever for a hostile proxy. */
  readonly forksMax: number;
  /** Requests of one dialog that wait for the owner's answer at one time; more get 503. */
  readonly pendingMax: number;
};

export const agentLimits: AgentLimits = {
  transactionsMax: 200_000,
  dialogsMax: 200_000,
  forksMax: 16,
  pendingMax: 64,
};

/** RFC 3261 18.1.1: what is longer goes over a transport with congestion control. */
export const datagramBytesMax = 1300;

/** RFC 3261 17.2.1: 100 Trying unless the owner has answered by then. */
export const tryingDelayMs = 200;

/** How long an INVITE of ours may ring without any news; RFC 3261 16.6 asks proxies for more than three minutes. */
export const ringingMsMax = 240_000;

/** How long an INVITE may wait for the owner before the agent answers 408 in its place. */
export const answerMsMax = 600_000;

/** How often a re-INVITE is tried again after 491 before its owner gets the 491. */
export const glareRetriesMax = 8;

/** RFC 4028 7.4: raises of Session-Expires after 422; every proxy on the way may ask for one. */
export const intervalRaisesMax = 4;

/** What a request refused for lack of room is told to wait. */
export const retryAfterS = 10;

/** A session refresh that got a passing error is tried again after so long at the least. */
export const refreshRetryMsMin = 5000;
