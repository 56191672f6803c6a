/** Runs one world: its steps, then the calm in which everything promised has to come, then the last look. */
import { calmDown } from './calm.ts';
import { Director } from './director.ts';
import { Simulation } from './simulation.ts';
import { World } from './world.ts';

export type Outcome = {
  readonly seed: number;
  /** Steps taken, those of the calm included. */
  readonly steps: number;
  readonly broken: string | undefined;
  readonly lines: readonly string[];
};

export type Run = {
  readonly seed: number;
  readonly steps: number;
  readonly isTracing?: boolean;
  /** Edges side by side. */
  readonly places?: number;
};

/** Simulates a seed. */
export async function simulate({ seed, steps, isTracing = false, places }: Run): Promise<Outcome> {
  const simulation = new Simulation(seed, { isTracing, places });
  let taken = 0;
  try {
    const world = new World(simulation);
    const director = new Director(world);
    director.start();
    while (taken < steps && simulation.broken === undefined && (await world.step())) taken++;
    director.calm();
    if (simulation.broken === undefined) taken += await calmDown(world);
  } catch (error) {
    // Promise 9: whatever peers send, the machines never throw.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    simulation.fail(9, text);
  }
  return { seed, steps: taken, broken: simulation.broken?.message, lines: simulation.lines };
}
