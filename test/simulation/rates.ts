/**
 * How a world misbehaves: each seed draws its own mixture, so that some worlds have one fault alone and others all at once. In the calm
 * at the end everything is `quiet`.
 */
import type { Random } from './random.ts';

export type Rates = {
  /** Of datagrams. */
  readonly loss: number;
  readonly doubling: number;
  readonly late: number;
  /** Usual delay of anything on the network, at most. */
  readonly delayMs: number;
  /** Of calls of store and queue: not begun, or begun and not heard of again. */
  readonly portFault: number;
  /** A call that takes far longer than usual, even longer than a record stays invisible. */
  readonly portStall: number;
  /** A function's process ends at a call. */
  readonly functionDeath: number;
  /** An edge's process ends at a call. */
  readonly edgeDeath: number;
  /** A client answers a message late, out of its order, with an error, or never. */
  readonly slowAnswer: number;
  readonly badAnswer: number;
  /** A client does not accept our INVITE. */
  readonly refusal: number;
  /** The focus refuses to start a group again. */
  readonly focusRefusal: number;
  /** Large messages, stored in parts. */
  readonly large: number;
};

export const quiet: Rates = {
  loss: 0,
  doubling: 0,
  late: 0,
  delayMs: 5,
  portFault: 0,
  portStall: 0,
  functionDeath: 0,
  edgeDeath: 0,
  slowAnswer: 0,
  badAnswer: 0,
  refusal: 0,
  focusRefusal: 0,
  large: 0,
};

/** The mixture of a seed. */
export function drawRates(random: Random): Rates {
  const rate = (most: number): number => (random.chance(0.5) ? 0 : random.next() * most);
  return {
    loss: rate(0.15),
    doubling: rate(0.1),
    late: rate(0.05),
    delayMs: random.pick([1, 5, 20, 100]),
    portFault: rate(0.05),
    portStall: rate(0.01),
    functionDeath: rate(0.02),
    edgeDeath: rate(0.001),
    slowAnswer: rate(0.2),
    badAnswer: rate(0.02),
    refusal: rate(0.5),
    focusRefusal: rate(0.5),
    large: random.chance(0.1) ? 0.02 : 0,
  };
}
