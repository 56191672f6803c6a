/** What a user agent is told when it is made, and what follows from it. */
import type { Transport } from '../effect.ts';
import { type AgentLimits, agentLimits } from './limit.ts';
import { type TimerSettings, timerDefaults } from './transaction/timer.ts';

export type UserAgentOptions = {
  /**
   * Starts every branch (`z9hG4bK<name>-`) and every tag, so that the runtime can tell which agent a response is for. Each
   * agent has its own letters.
   */
  readonly name: string;
  /** A fresh random token (RFC 3261 25.1) of at least 64 bits, without `/`. */
  readonly newToken: () => string;
  /** `host[:port]` for Via and for a Contact that the owner doesn't give. */
  readonly sentBy: (transport: Transport) => string;
  /** The value of User-Agent and Server. */
  readonly serverHeader: string;
  /** What an INVITE offers; 0 offers nothing, but a peer's wish is honoured. */
  readonly sessionExpiresS: number;
  readonly minSessionExpiresS: number;
  readonly timers?: TimerSettings;
  /** The methods that go to the owner, and those that the agent sees to by itself. */
  readonly allow: readonly string[];
  /** The option tags that a request may require. */
  readonly supported: readonly string[];
  /** The body types named in the answer to OPTIONS; `application/sdp` unless given. */
  readonly accept?: readonly string[];
  readonly limits?: Partial<AgentLimits>;
};

export type AgentSettings = Omit<Required<UserAgentOptions>, 'limits'> & {
  readonly limits: AgentLimits;
};

/** The options with every default filled in. */
export function settingsOf(options: UserAgentOptions): AgentSettings {
  return {
    ...options,
    timers: options.timers ?? timerDefaults,
    accept: options.accept ?? ['application/sdp'],
    limits: { ...agentLimits, ...options.limits },
  };
}
