/** `doctor`: looks at everything that keeps a process from starting or working, and says what to do. It changes nothing. */
import { type Check, fail } from '../checks/check.ts';
import { checkClock } from '../checks/clock.ts';
import { checkNode } from '../checks/node.ts';
import { checkPorts } from '../checks/ports.ts';
import { checkProcess, type ProcessFound } from '../checks/process.ts';
import { checkSettings, checkUsers } from '../checks/settings.ts';
import { checkStore } from '../checks/store.ts';
import { type Target, targetOf } from '../client.ts';
import {
  type Command,
  configOption,
  Failure,
  type Given,
  type Outcome,
  urlOption,
  type World,
} from '../command.ts';
import { readSettings } from '../settings.ts';
import { counted, plain } from '../table.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'check Node, settings, users, ports, store, disk, clock and the running process',
  positionals: [],
  options: [urlOption, configOption],
  details: `Give it the --config and the environment that the process gets. Exit code 1 if something is wrong
that keeps the process from starting or working; warnings alone end with 0.`,
  run: async (given: Given, world: World) => outcomeOf(await checkAll(given, world)),
};

async function checkAll(given: Given, world: World): Promise<readonly Check[]> {
  const read = readSettings(given, world);
  const checks: Check[] = [checkNode(process.versions.node), ...checkSettings(read)];
  const found = await findProcess(given, world);
  if (read.kind === 'settings') {
    const { settings } = read;
    checks.push(
      checkUsers(settings),
      ...(await checkPorts(settings, found.isRunning)),
      ...checkStore(settings.store, found.isRunning),
      checkClock(Date.now(), settings.store),
    );
  }
  return [...checks, ...found.checks];
}

async function findProcess(given: Given, world: World): Promise<ProcessFound> {
  let target: Target;
  try {
    target = targetOf(given, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const check = fail('process', 'its address is not known', 'mend the settings, or give --url');
    return { isRunning: false, checks: [check] };
  }
  return await checkProcess(target);
}

const signs = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

function outcomeOf(checks: readonly Check[]): Outcome {
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const warned = checks.filter(({ status }) => status === 'warn').length;
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status, detail, remedy }) => {
    const line = `${signs[status]}  ${name.padEnd(width)}  ${plain(detail)}`;
    return remedy === undefined ? line : `${line}\n${' '.repeat(width + 8)}→ ${plain(remedy)}`;
  });
  const verdict =
    failed === 0
      ? `Nothing is wrong${warned === 0 ? '' : `; ${counted(warned, 'warning')}`}.`
      : `${counted(failed, 'thing')} to mend${warned === 0 ? '' : `, ${counted(warned, 'warning')}`}.`;
  return {
    exitCode: failed === 0 ? 0 : 1,
    text: `${lines.join('\n')}\n\n${verdict}`,
    json: { isHealthy: failed === 0, checks },
  };
}
