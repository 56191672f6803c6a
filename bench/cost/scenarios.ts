/** The three ways in which messages come to somebody who is away, played against the emulators, and what they take by the message. */
import { type Absence, type Counted, playAbsence } from './absence.ts';
import { openSite, type Site } from './site.ts';
import { sum, type Tally } from './tally.ts';

export type ScenarioName = 'burst' | 'lone' | 'single';

export type Scenario = {
  readonly name: ScenarioName;
  /** Messages of an absence, and how many absences are counted. */
  readonly messages: number;
  readonly absences: number;
  readonly isLone: boolean;
};

/** What the command plays. */
export const scenarios: readonly Scenario[] = [
  { name: 'burst', messages: 100, absences: 5, isLone: false },
  { name: 'lone', messages: 100, absences: 2, isLone: true },
  { name: 'single', messages: 1, absences: 10, isLone: true },
];

export type Played = {
  readonly name: ScenarioName;
  readonly messages: number;
  /** What one message takes. */
  readonly each: Tally;
  /** What one absence takes, by what it is for, in its parts. */
  readonly parts: Readonly<Record<keyof Absence, Counted>>;
};

export type Emulated = { readonly table: string; readonly queues: string };

/** Plays some, on one new table. */
export async function playScenarios(
  emulated: Emulated,
  played: readonly Scenario[],
  say: (what: string) => void,
): Promise<readonly Played[]> {
  const users = played.flatMap(({ name, absences }) =>
    Array.from({ length: absences }, (_, number) => `${name}-${number}`),
  );
  const site = await openSite({ ...emulated, users });
  try {
    const outcomes: Played[] = [];
    for (const scenario of played) {
      const { name, absences, messages } = scenario;
      say(`${name}: ${absences} absences, messages in each: ${messages}`);
      outcomes.push(await play(site, scenario));
    }
    return outcomes;
  } finally {
    await site.close();
  }
}

async function play(site: Site, scenario: Scenario): Promise<Played> {
  const { name, messages, absences, isLone } = scenario;
  const all: Absence[] = [];
  for (let number = 0; number < absences; number++) {
    all.push(await playAbsence({ site, user: `${name}-${number}`, messages, isLone }));
  }
  const parts = {
    lost: mean(all.map(({ lost }) => lost)),
    kept: mean(all.map(({ kept }) => kept)),
    returned: mean(all.map(({ returned }) => returned)),
  };
  const taken = Object.values(parts).flatMap((part) => [...part.values()]);
  return { name, messages, each: sum(taken, 1 / messages), parts };
}

function mean(counted: readonly Counted[]): Counted {
  const names = new Set(counted.flatMap((one) => [...one.keys()]));
  return new Map(
    [...names].map((name) => {
      const tallies = counted.map((one) => one.get(name)).filter((one) => one !== undefined);
      return [name, sum(tallies, 1 / counted.length)];
    }),
  );
}
