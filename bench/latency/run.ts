/**
 * `node bench/latency/run.ts`: how long senders and clients wait when the product runs as in the cloud, on an emulator: the service stack
 * deployed to it with its functions, an edge in a process of its own; and what of that is the emulator's. `--json` prints an array, `--record`
 * keeps it in results/.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { developerOptions } from '../../cli/developer-options.ts';
import { edgeEnvironment, outputsFile } from '../../infra/local-plan.ts';
import { credentials, startEmulators } from '../../test/aws/emulators.ts';
import { Server } from '../../test/kit/server.ts';
import { record } from '../record.ts';
import { bareCalls } from './bare.ts';
import { type Figure, figuresOf } from './figures.ts';
import { registerToInvite, sendToAnswer } from './paths.ts';

const name = 'latency';
const domain = 'rejoin.test';
const password = 'demo';
const sends = 500;
const returns = 100;
const bares = 100;

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

async function deploy(endpoint: string): Promise<Readonly<Record<string, string>>> {
  await promisify(execFile)(
    process.execPath,
    ['infra/deploy-local.ts', '--no-edge', '--name', name],
    { env: { ...process.env, AWS_ENDPOINT_URL: endpoint }, maxBuffer: 2 ** 26 },
  );
  const all = JSON.parse(readFileSync(outputsFile, 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  return all[`${name}-service`] ?? {};
}

async function measure(endpoint: string): Promise<readonly Figure[]> {
  say('deploying');
  const outputs = await deploy(endpoint);
  const { TableName: table = '', QueuePrefix: prefix = '' } = outputs;
  const users = ['sender', 'anna'].map((user) => ({ uri: `sip:${user}@${domain}`, password }));
  const settings = { ...credentials, ...edgeEnvironment(outputs), AWS_ENDPOINT_URL: endpoint };
  const server = await new Server(settings, users).start();
  try {
    const place = { sip: server.sip, domain, password };
    say('SEND to 200');
    const sent = await sendToAnswer(place, 'sender', sends);
    say('registration to INVITE');
    const returned = await registerToInvite(place, 'anna', returns);
    say('the emulator alone');
    const bare = await bareCalls({ endpoint, table, prefix, count: bares });
    return figuresOf({ sent, returned, bare });
  } finally {
    await server.close();
  }
}

function show(figures: readonly Figure[]): void {
  if (values.json === true) console.log(JSON.stringify(figures, null, 1));
  else console.table(figures);
  if (values.record === true) record('latency', figures);
}

const values = developerOptions('node bench/latency/run.ts [--json] [--record]', {
  json: { type: 'boolean' },
  record: { type: 'boolean' },
});
Object.assign(process.env, credentials);
say('starting the emulator');
const emulators = await startEmulators();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulators.stop().then(() => process.exit(1)));
}
try {
  if (emulators.queues === undefined) {
    for (const reason of emulators.reasons) console.error(reason);
    process.exitCode = 1;
  } else show(await measure(emulators.queues));
} finally {
  await emulators.stop();
}
