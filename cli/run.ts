/** Runs one command of the operator's tool: reads the command line, prints what comes of it, answers the exit code. */
import { readArguments, usageOf } from './arguments.ts';
import {
  type Command,
  Failure,
  helpOption,
  jsonOption,
  type OptionSpec,
  UsageError,
  type World,
} from './command.ts';
import { doctor } from './commands/doctor.ts';
import { groups } from './commands/groups.ts';
import { queueDrop } from './commands/queue-drop.ts';
import { queueList } from './commands/queue-list.ts';
import { queueRetry } from './commands/queue-retry.ts';
import { queueShow } from './commands/queue-show.ts';
import { usersAdd } from './commands/users-add.ts';

export const commands: readonly Command[] = [
  queueList,
  queueShow,
  queueDrop,
  queueRetry,
  groups,
  usersAdd,
  doctor,
];

export type Surroundings = World & {
  readonly argv: readonly string[];
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
};

/** 0: done. 1: it could not be done, or something was found wrong. 2: the command line is not understood. */
export type ExitCode = 0 | 1 | 2;

/** Runs a command line. */
export async function runRejoin(surroundings: Surroundings): Promise<ExitCode> {
  const { argv, print } = surroundings;
  const isJson = argv.includes('--json');
  try {
    const meant = readArguments(argv, commands);
    if (meant.kind === 'help') {
      print(meant.command === undefined ? helpOfAll() : helpOf(meant.command));
      return 0;
    }
    const { exitCode, text, json } = await meant.command.run(meant.given, surroundings);
    print(isJson ? JSON.stringify(json, null, 2) : text);
    return exitCode;
  } catch (error) {
    return tell(surroundings, isJson, error);
  }
}

function tell({ printError }: Surroundings, isJson: boolean, error: unknown): ExitCode {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof Failure)) throw error;
  const { message } = error;
  const more = isUsage ? '\nMore: npm run rejoin -- --help' : '';
  printError(isJson ? JSON.stringify({ error: message }) : `${message}${more}`);
  return isUsage ? 2 : 1;
}

function helpOfAll(): string {
  const width = Math.max(...commands.map((command) => callOf(command).length));
  const lines = commands.map((command) => `  ${callOf(command).padEnd(width)}  ${command.summary}`);
  return `usage: npm run rejoin -- <command> [options]

${lines.join('\n')}

Each command has --json and --help. Queues and groups are asked of the running process; if it has an
admin token, give it as REJOIN_ADMIN_TOKEN. Exit codes: 0 done; 1 not done, or something was found
wrong; 2 the command line is not understood.`;
}

function callOf({ name, positionals }: Command): string {
  return [name, ...positionals.map((word) => `<${word}>`)].join(' ');
}

function helpOf(command: Command): string {
  const specs = [...command.options, jsonOption, helpOption];
  const width = Math.max(...specs.map((spec) => nameOf(spec).length));
  const lines = specs.map((spec) => `  ${nameOf(spec).padEnd(width)}  ${spec.help}`);
  const details = command.details === undefined ? '' : `\n\n${command.details}`;
  return `usage: ${usageOf(command)}\n\n${command.summary}${details}\n\n${lines.join('\n')}`;
}

function nameOf({ name, value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
