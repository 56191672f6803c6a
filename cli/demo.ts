/**
 * `npm run demo`: one deferred group chat over real sockets. Starts the system on free ports, lets three clients chat, cuts one of them
 * off, brings it back, and prints what passes between them. Ends with 0 only if every message came to every member once and in order.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../edge/runtime/log.ts';
import { type System, startSystem } from '../edge/runtime/system.ts';
import { loadSettings, type Settings } from '../shared/settings.ts';
import { loadUsers } from '../shared/users.ts';
import { Client } from '../test/kit/client.ts';
import { Ladder } from '../test/kit/ladder.ts';
import { pause, until } from '../test/kit/wait.ts';

const domain = 'rejoin.test';
/** The demo ends by itself, whatever hangs. */
const limitMs = 18_000;

type Cast = { readonly alice: Client; readonly bob: Client; readonly carol: Client };

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-demo-'));
  const guard = setTimeout(() => {
    console.error('The demo hangs: what is above is how far it came.');
    process.exit(1);
  }, limitMs);
  const ladder = new Ladder((line) => console.log(line));
  const system = await startDemo(folder);
  const cast = await assemble(system, ladder);
  try {
    const sent = await play(cast, ladder);
    process.exitCode = judge(cast, sent) ? 0 : 1;
  } finally {
    await Promise.all(Object.values(cast).map((client: Client) => client.close()));
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
    clearTimeout(guard);
  }
}

async function startDemo(folder: string): Promise<System> {
  const settings = demoSettings(folder);
  const users = loadUsers({ usersFile: undefined, domain, readFile: () => '' });
  if (users.kind === 'refused') throw new Error(users.problems.join(' '));
  const log = createLog({ level: 'error' });
  return await startSystem({ settings, users: users.users, log, edgeName: 'edge-demo' });
}

function demoSettings(folder: string): Settings {
  const loaded = loadSettings({
    env: {
      REJOIN_SIP_PORT: '0',
      REJOIN_MSRP_PORT: '0',
      REJOIN_HTTP_PORT: '0',
      REJOIN_STORE: `sqlite:${join(folder, 'rejoin.db')}`,
    },
    readFile: () => '',
  });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join(' '));
  return loaded.settings;
}

async function assemble(system: System, ladder: Ladder): Promise<Cast> {
  const address = /:(\d+)/.exec(system.addresses[0]?.address ?? '');
  const server = { host: '127.0.0.1', port: Number(address?.[1]) };
  const enter = async (name: string): Promise<Client> => {
    const client = await new Client({ name, server, ladder, domain, password: 'demo' }).open();
    await client.register();
    return client;
  };
  return { alice: await enter('alice'), bob: await enter('bob'), carol: await enter('carol') };
}

/** The play; answers the texts in the order in which they were said. */
async function play({ alice, bob, carol }: Cast, ladder: Ladder): Promise<readonly string[]> {
  const sent: string[] = [];
  const say = async (client: Client, text: string): Promise<void> => {
    const status = await client.say(text);
    if (status !== 200) throw new Error(`"${text}" was answered ${status}`);
    sent.push(`${client.name}: ${text}`);
  };
  await alice.createGroup([bob.uri, carol.uri], 'Hiking');
  await until('bob and carol are in the group', () => bob.group && carol.group);
  await say(alice, 'Saturday at nine?');
  await say(bob, 'Fine with me.');

  ladder.note('bob loses the network');
  await bob.loseNetwork();
  await say(alice, 'Which train, then?');
  await say(carol, 'The 8:12 from the main station.');
  await say(alice, 'Good. Bob, bring the map.');
  await pause(200);

  ladder.note('bob has network again and registers');
  await bob.findNetwork();
  await bob.register();
  await until('bob has what he missed', () => bob.received.length >= 4);
  await until('bob is in the group again', () => bob.group);
  await say(bob, 'The map is in my bag.');
  await say(carol, 'See you there.');
  await until('everybody has everything', () =>
    [alice, bob, carol].every((client) => client.received.length >= wanted(client, sent).length),
  );
  return sent;
}

function wanted(client: Client, sent: readonly string[]): readonly string[] {
  return sent.filter((line) => !line.startsWith(`${client.name}: `));
}

/** Prints the verdict; true if everybody has everything once and in order. */
function judge(cast: Cast, sent: readonly string[]): boolean {
  let isGood = true;
  console.log();
  for (const client of Object.values(cast) as readonly Client[]) {
    const due = wanted(client, sent);
    const got = client.received.map(
      ({ from, text }) => `${/sip:([^@]+)/.exec(from)?.[1]}: ${text}`,
    );
    const isSame = due.join('\n') === got.join('\n');
    isGood &&= isSame;
    const verdict = isSame ? 'each once, in order' : `WRONG: ${JSON.stringify(got)}`;
    console.log(`${client.name.padEnd(6)} ${got.length} of ${due.length} messages, ${verdict}`);
  }
  console.log(isGood ? 'Nothing lost, nothing doubled, nothing out of order.' : 'The demo FAILED.');
  return isGood;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
