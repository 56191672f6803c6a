/** The three ways in which messages come to somebody who is away, played against the emulators, and what they take by the message. */
import { type Absence, type Counted, playAbsence } from './absence.ts';
import { openSite, type Site } from './site.ts';
import { sum, type Tally } from './tally.ts';

export type ScenarioName = 'burst' | 'lone' | 'single';

type Scenario = {
  readonly name: ScenarioName;
  /** Messages of an absence, and how many absences are counted. */
  readonly messages: number;
  readonly absences: number;
  readonly isLone: boolean;
};

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

/** Plays all. */
export async function playScenarios(
  emulated: Emulated,
  say: (what: string) => void,
): Promise<readonly Played[]> {
  const users = scenarios.flatMap(({ name, absences }) =>
    Array.from({ length: absences }, (_, number) => `${name}-${number}`),
  );
  const site = await openSite({ ...emulated, users });
  try {
    const played: Played[] = [];
    for (const scenario of scenarios) {
      say(`${scenario.name}: ${scenario.absences} absences, ${scenario.messages} messages in each`);
      played.push(await play(site, scenario));
    }
    return played;
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
