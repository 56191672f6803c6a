/** One session of a simulated client: from its INVITE, whoever sent it, to its end. */
import type { Process } from './clock.ts';
import type { Hearing, Ledger } from './ledger.ts';

export type ClientCall = {
  readonly contributionId: string;
  readonly key: string;
  dialog: string;
  session: string;
  /** The session is agreed on. */
  isAgreed: boolean;
  /** Its media are up. */
  isUp: boolean;
  isOver: boolean;
  hearing: Hearing;
  /** When the last of what it has heard will be answered, where that takes longer than usual. */
  owesUntilMs: number;
  /** The edge process at the other end. */
  edge: Process | undefined;
};

/** A call that has only begun. */
export function newCall(ledger: Ledger, user: string, contributionId: string): ClientCall {
  const key = `${user}#${contributionId}`;
  return {
    contributionId,
    key,
    dialog: '',
    session: '',
    isAgreed: false,
    isUp: false,
    isOver: false,
    hearing: ledger.hearing(key),
    owesUntilMs: 0,
    edge: undefined,
  };
}
