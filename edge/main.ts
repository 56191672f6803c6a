/**
 * The process: `npm start`. Reads the settings, opens the store, starts edge and functions, serves HTTP, prints one line that starts with
 * `ready`, and drains on SIGINT or SIGTERM. Whatever keeps it from starting ends it with code 1 and a message that says what to change.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { loadSettings, type Settings } from '../shared/settings.ts';
import { loadUsers, type User } from '../shared/users.ts';
import { drainMs } from './runtime/limit.ts';
import { createLog } from './runtime/log.ts';
import { type System, startSystem } from './runtime/system.ts';
import { unsupportedProblems } from './runtime/unsupported.ts';
import { warmUp } from './warm-up/warm-up.ts';

const usage = `usage: npm start [-- --config FILE]

  --config FILE   settings as JSON; the environment (REJOIN_…) wins over the file
  --compile       only compiles, which \`npm ci\` does, so that no start has to
  --help          this text
`;

/** Ends the process with what has to be changed. */
function refuse(problems: readonly string[]): never {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}

type Given = { readonly configPath?: string };

function readArguments(): Given & { readonly isCompileOnly: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        compile: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help === true) {
      console.log(usage);
      process.exit(0);
    }
    const given = values.config === undefined ? {} : { configPath: values.config };
    return { ...given, isCompileOnly: values.compile };
  } catch (error) {
    return refuse([error instanceof Error ? error.message : String(error), usage]);
  }
}

const readFile = (path: string): string => readFileSync(path, 'utf8');

function readSettings(given: Given): {
  readonly settings: Settings;
  readonly users: readonly User[];
} {
  const loaded = loadSettings({ env: process.env, readFile, ...given });
  if (loaded.kind === 'refused') return refuse(loaded.problems);
  const { settings } = loaded;
  const unsupported = unsupportedProblems(settings);
  const { usersFile, domain } = settings;
  const users = loadUsers({ usersFile, domain, readFile });
  if (users.kind === 'refused') return refuse([...unsupported, ...users.problems]);
  if (unsupported.length > 0) return refuse(unsupported);
  return { settings, users: users.users };
}

/** Reads the users file again at SIGHUP. A terminal that is closed sends it too: one that was started from there ends as ever. */
function reloadUsers(system: System, { usersFile, domain }: Settings, log: Logger): void {
  if (usersFile === undefined || process.stdin.isTTY) return;
  process.on('SIGHUP', () => {
    const users = loadUsers({ usersFile, domain, readFile });
    if (users.kind === 'refused') {
      log.error({ problems: users.problems }, 'the users stay as they were');
      return;
    }
    system.replaceUsers(users.users);
    log.info({ users: users.users.length }, 'the users were read again');
  });
}

async function main(): Promise<void> {
  const { isCompileOnly, ...given } = readArguments();
  if (isCompileOnly) {
    // What the process imports is compiled by now; the store's thread has files of its own.
    await import('../shared/sqlite/worker.ts');
    return;
  }
  const { settings, users } = readSettings(given);
  const log = createLog({ level: settings.log.level });
  const edgeName = `edge-${randomBytes(6).toString('hex')}`;
  const prepared = warmUp(log);
  const system = await startSystem({ settings, users, log, edgeName, prepared });
  const addresses = system.addresses.map(({ name, address }) => `${name} ${address}`);
  console.log(`ready: ${addresses.join(', ')}`);
  // Not only at the end, which may be a sudden one: reading types out of the sources takes a compiler that stays in memory.
  flushCompileCache();
  reloadUsers(system, settings, log);

  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'draining');
    setTimeout(() => {
      log.error('draining took too long; what is under way is in the store');
      process.exit(0);
    }, drainMs).unref();
    system.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining has failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
}

main().catch((error: unknown) => refuse([error instanceof Error ? error.message : String(error)]));
