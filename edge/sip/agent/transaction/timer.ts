/**
 * The timers of transactions, by their letters in RFC 3261 17 and RFC 6026. Timer C belongs to proxies; `trying` and `answer` are
 * our own names for two waits of a server that the RFCs describe without a letter.
 */
const letters = ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M'] as const;

export type TimerLetter = (typeof letters)[number] | 'trying' | 'answer';

/** The timer that a text names, if it names one. */
export function timerLetter(text: string): TimerLetter | undefined {
  if (text === 'trying' || text === 'answer') return text;
  return letters.find((letter) => letter === text);
}

/** RFC 3261 17.1.1.1: T1 is the round trip, T2 the longest wait between repetitions, T4 the life of a message. */
export type TimerSettings = {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
};

export const timerDefaults: TimerSettings = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 };

/** What a transaction needs to know of its transport: over a reliable one nothing is repeated and nothing lingers. */
export type Timing = TimerSettings & { readonly isReliable: boolean };

/** 64*T1: how long a transaction waits for the other side altogether. */
export function timeoutMs(settings: TimerSettings): number {
  return 64 * settings.t1Ms;
}

/** RFC 3261 17.1.1.2: timer D is at least 32 s over an unreliable transport, whatever T1 is. */
export const timerDMs = 32_000;

/** The next wait between two repetitions: doubled, T2 at the most. */
export function nextIntervalMs(intervalMs: number, settings: TimerSettings): number {
  return Math.min(intervalMs * 2, settings.t2Ms);
}
