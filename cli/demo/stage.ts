/** The stage of an act: a system of its own on free ports and a fresh store, three clients, and the ladder of what passes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../edge/runtime/log.ts';
import { type System, startSystem } from '../../edge/runtime/system.ts';
import { loadSettings, type Settings } from '../../shared/settings.ts';
import { loadUsers } from '../../shared/users.ts';
import { Client } from '../../test/kit/client.ts';
import type { Ladder } from '../../test/kit/ladder.ts';
import { until } from '../../test/kit/wait.ts';

const domain = 'rejoin.test';

export type Act = {
  readonly title: string;
  /** Settings besides the demo's own, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Plays; answers what went wrong. */
  readonly play: (stage: Stage) => Promise<readonly string[]>;
};

export class Stage {
  readonly alice: Client;
  readonly bob: Client;
  readonly carol: Client;
  readonly ladder: Ladder;
  /** What was said, in order, as `name: text`, and to whom. */
  readonly #said: { readonly line: string; readonly to: readonly Client[] }[] = [];

  constructor(clients: readonly [Client, Client, Client], ladder: Ladder) {
    [this.alice, this.bob, this.carol] = clients;
    this.ladder = ladder;
  }

  get cast(): readonly Client[] {
    return [this.alice, this.bob, this.carol];
  }

  /** Alice creates a group of all three. */
  async gather(): Promise<void> {
    const { alice, bob, carol } = this;
    await alice.createGroup([bob.uri, carol.uri], 'Hiking');
    await until('bob and carol are in the group', () => bob.group && carol.group);
  }

  /** Says something to the others, or to some of them. */
  async say(client: Client, text: string, to?: readonly Client[]): Promise<void> {
    const status = await client.say(text);
    if (status !== 200) throw new Error(`"${text}" was answered ${status}`);
    const others = this.cast.filter((one) => one !== client);
    this.#said.push({ line: `${client.name}: ${text}`, to: to ?? others });
  }

  /** What a client has to have got. */
  due(client: Client): readonly string[] {
    return this.#said.filter(({ to }) => to.includes(client)).map(({ line }) => line);
  }

  /** Waits until everybody has got as many messages as are due. */
  async settle(): Promise<void> {
    await until('everybody has everything', () =>
      this.cast.every((client) => client.received.length >= this.due(client).length),
    );
  }
}

/** Plays an act on a stage of its own; answers what went wrong. */
export async function playAct(act: Act, ladder: Ladder): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-demo-'));
  const system = await startDemo(folder, act.settings ?? {});
  const stage = await enter(system, ladder);
  try {
    const wrong = await act.play(stage);
    return [...wrong, ...judge(stage)];
  } finally {
    await Promise.all(stage.cast.map((client) => client.close()));
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints what each has got; answers what is not as it was said. */
function judge(stage: Stage): readonly string[] {
  const wrong: string[] = [];
  console.log();
  for (const client of stage.cast) {
    const due = stage.due(client);
    const got = client.received.map(
      ({ from, text }) => `${/sip:([^@]+)/.exec(from)?.[1]}: ${text}`,
    );
    const isSame = due.join('\n') === got.join('\n');
    const verdict = isSame ? 'each once, in order' : `WRONG: ${JSON.stringify(got)}`;
    console.log(`${client.name.padEnd(6)} ${got.length} of ${due.length} messages, ${verdict}`);
    if (!isSame) wrong.push(`${client.name} has not got what was said`);
  }
  return wrong;
}

async function startDemo(folder: string, more: Readonly<Record<string, string>>): Promise<System> {
  const settings = demoSettings(folder, more);
  const users = loadUsers({ usersFile: undefined, domain, readFile: () => '' });
  if (users.kind === 'refused') throw new Error(users.problems.join(' '));
  const log = createLog({ level: 'error' });
  return await startSystem({ settings, users: users.users, log, edgeName: 'edge-demo' });
}

function demoSettings(folder: string, more: Readonly<Record<string, string>>): Settings {
  const loaded = loadSettings({
    env: {
      REJOIN_SIP_PORT: '0',
      REJOIN_MSRP_PORT: '0',
      REJOIN_HTTP_PORT: '0',
      REJOIN_STORE: `sqlite:${join(folder, 'rejoin.db')}`,
      ...more,
    },
    readFile: () => '',
  });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join(' '));
  return loaded.settings;
}

async function enter(system: System, ladder: Ladder): Promise<Stage> {
  const address = /:(\d+)/.exec(system.addresses[0]?.address ?? '');
  const server = { host: '127.0.0.1', port: Number(address?.[1]) };
  const one = async (name: string): Promise<Client> => {
    const client = await new Client({ name, server, ladder, domain, password: 'demo' }).open();
    await client.register();
    return client;
  };
  return new Stage([await one('alice'), await one('bob'), await one('carol')], ladder);
}
