/**
 * Store and queue as one process sees them: each call is a step of the world, takes its time, and may fail before or after it has
 * worked. The process may die at it. What really happens is done by the ports that are passed in.
 */
import type { Process } from './clock.ts';
import type { Simulation } from './simulation.ts';

export type Dying = {
  readonly process: Process;
  readonly die: () => void;
  /** How likely a call is the last thing that the process does. */
  readonly deathRate: () => number;
};

type Ending = 'works' | 'not-begun' | 'not-heard' | 'dies-before' | 'dies-after';

/** A port whose calls are steps of a process. */
export function stepped<Port extends object>(
  simulation: Simulation,
  port: Port,
  dying: Dying,
): Port {
  const methods = new Map<string | symbol, unknown>();
  return new Proxy(port, {
    get(target, key) {
      const known = methods.get(key);
      if (known !== undefined) return known;
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      const call = (...args: readonly unknown[]) =>
        new Promise((resolve, reject) => {
          simulation.after(dying.process, callMs(simulation), () => {
            perform(simulation, dying, {
              name: String(key),
              run: async () => (await method.apply(target, args)) as unknown,
              resolve,
              reject,
            });
          });
        });
      methods.set(key, call);
      return call;
    },
  });
}

type Call = {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
};

function perform(simulation: Simulation, dying: Dying, call: Call): void {
  const { name, run, resolve, reject } = call;
  const ending = endingOf(simulation, dying.deathRate());
  simulation.isStirred = true;
  if (ending !== 'works') simulation.trace(() => `${dying.process.name}: ${name} ${ending}`);
  if (ending === 'works') run().then(resolve, reject);
  else if (ending === 'not-begun') reject(new Error(`${name} was not begun`));
  else if (ending === 'not-heard') {
    const fault = (): void => reject(new Error(`${name} was not heard of again`));
    run().then(fault, fault);
  } else {
    if (ending === 'dies-after') run().catch(() => undefined);
    dying.die();
  }
}

function endingOf({ random, rates }: Simulation, deathRate: number): Ending {
  if (random.chance(deathRate)) return random.chance(0.5) ? 'dies-before' : 'dies-after';
  if (random.chance(rates.portFault)) return random.chance(0.5) ? 'not-begun' : 'not-heard';
  return 'works';
}

function callMs({ random, rates }: Simulation): number {
  return random.chance(rates.portStall) ? random.spread(500, 60_000) : random.between(0, 3);
}
