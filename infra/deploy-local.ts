/**
 * `npm run deploy:local`: deploys the service stack to a stand-in for AWS, LocalStack or compatible, each step under a time limit, and
 * runs an edge against it until it is asked to stop. If the edge ends by itself, what was run is printed, to be run by hand.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  deploySteps,
  edgeEnvironment,
  type LocalTarget,
  outputsFile,
  readTarget,
  type Step,
} from './local-plan.ts';

const usage = `usage: AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run deploy:local [-- --name NAME] [-- --no-edge]

  --name NAME   start of the name of table, queues and functions (rejoin)
  --no-edge     deploy only
`;
const edgeCommand = ['node', 'edge/main.ts'];
const reachMs = 5_000;
/** As shells have it for a command that was interrupted. */
const interruptedCode = 130;

type Options = { readonly name: string; readonly hasEdge: boolean };

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(...problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

function readArguments(): Options {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string', default: 'rejoin' },
        edge: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    return { name: values.name, hasEdge: values.edge };
  } catch (error) {
    return refuse(reasonOf(error), usage);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function checkReachable({ endpoint }: LocalTarget): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(reachMs) });
  } catch (error) {
    refuse(`Nothing answers at AWS_ENDPOINT_URL ${endpoint}: ${reasonOf(error)}.`);
  }
}

/** Runs a command to its end; rejects if it fails or takes too long, and leaves nothing of it behind. */
function run({ title, command, limitMs }: Step, env: NodeJS.ProcessEnv): Promise<void> {
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, { env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child);
      reject(new Error(`${title} took longer than ${limitMs / 1000} s and was ended`));
    }, limitMs);
    const stop = (): void => {
      killGroup(child);
      process.exit(interruptedCode);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (code === 0) resolve();
      else reject(new Error(`${title} has failed: ${command.join(' ')}`));
    });
  });
}

/** A command's own children go with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

function outputsOf(stack: string): Readonly<Record<string, string>> {
  const all = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return all[stack] ?? {};
}

/** Runs an edge till it ends; answers its exit code. */
function runEdge(env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...rest] = edgeCommand;
  const child = spawn(file, rest, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<void> {
  const { name, hasEdge } = readArguments();
  const read = readTarget(process.env);
  if (read.kind === 'refused') refuse(read.problem, usage);
  const { target } = read;
  await checkReachable(target);
  const env = { ...process.env, ...target.env };
  for (const step of deploySteps(name, target)) await run(step, env);
  const outputs = outputsOf(`${name}-service`);
  for (const [output, value] of Object.entries(outputs)) print(`${output}: ${value}`);
  const own = edgeEnvironment(outputs);
  const told = { AWS_ENDPOINT_URL: target.endpoint, AWS_REGION: target.region, ...own };
  const shown = Object.entries(told).map(([variable, value]) => `${variable}=${value}`);
  const byHand = [...shown, ...edgeCommand].join(' ');
  if (!hasEdge) return print(`An edge against it: ${byHand}`);
  const code = await runEdge({ ...env, ...own });
  if (code !== 0) refuse(`The edge has ended with code ${code}. To run it by hand:`, byHand);
}

main().catch((error: unknown) => refuse(reasonOf(error)));
