/**
 * A function as a bad day has it: of its calls some end before they have begun, some die at a call of a port, before or after that has
 * worked, or at their end, and what comes after it in the call never happens; some batches are handed over a second time, behind the first or
 * beside it.
 */
import type { FunctionContext } from '../../lambdas/context.ts';
import type { SqsBatchResponse, SqsEvent } from '../../shared/app/batch.ts';
import type { Ports } from '../../shared/app/handle-participation.ts';
import type { FunctionCall } from '../../shared/app/sqs-event.ts';
import { pause } from '../kit/wait.ts';
import type { Random } from '../simulation/random.ts';

export type Handler = (event: SqsEvent, call: FunctionCall) => Promise<SqsBatchResponse>;

/** What has happened, so that a test can tell that something has. */
export type Toll = { calls: number; deaths: number; repeats: number };

export type FaultyOptions = {
  readonly context: FunctionContext;
  readonly make: (context: FunctionContext) => Handler;
  readonly random: Random;
  readonly toll: Toll;
  /** Calls that go on behind their batch's end. */
  readonly late: Set<Promise<unknown>>;
};

/** One of so many calls. */
const deathsOneOf = 10;
const repeatsOneOf = 10;
/** Port calls of a call, about: a death is drawn among them. */
const portCallsMax = 6;
const lateMsMax = 80;

/** Makes a handler that fails so. */
export function faultyFunction(options: FaultyOptions): Handler {
  const { context, make, random, toll, late } = options;
  const sound = make(context);
  const death = new OneOf(deathsOneOf, random);
  const repeat = new OneOf(repeatsOneOf, random);
  return async (event, call) => {
    toll.calls++;
    if (repeat.isNow()) {
      toll.repeats++;
      const again = pause(random.below(lateMsMax)).then(() => sound(event, call));
      late.add(again);
      void again.finally(() => late.delete(again));
    }
    if (!death.isNow()) return await sound(event, call);
    toll.deaths++;
    const dying = new DyingPorts(context.ports, random);
    await make({ ...context, ports: dying.ports })(event, call);
    // A process that is dead has no answer, and the whole batch comes back.
    throw new Error('the function has died');
  };
}

/** One of so many, at any place among them: not too often by chance, nor never. */
class OneOf {
  readonly #many: number;
  readonly #random: Random;
  #place = 0;
  #left = 0;

  constructor(many: number, random: Random) {
    this.#many = many;
    this.#random = random;
  }

  isNow(): boolean {
    if (this.#left === 0) {
      this.#left = this.#many;
      this.#place = this.#random.below(this.#many);
    }
    this.#left--;
    return this.#left === this.#place;
  }
}

class DyingPorts {
  readonly ports: Ports;
  readonly #isLastDone: boolean;
  #callsLeft: number;

  constructor(ports: Ports, random: Random) {
    this.#callsLeft = random.below(portCallsMax);
    this.#isLastDone = random.chance(0.5);
    this.ports = { ...ports, store: this.#dying(ports.store), queue: this.#dying(ports.queue) };
  }

  get #isDead(): boolean {
    return this.#callsLeft < 0;
  }

  #dying<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: readonly unknown[]) => {
          this.#callsLeft--;
          const isLast = this.#callsLeft === -1 && this.#isLastDone;
          const result: unknown =
            isLast || !this.#isDead ? await method.apply(target, args) : undefined;
          if (this.#isDead) throw new Error('the function is dead');
          return result;
        };
      },
    });
  }
}
