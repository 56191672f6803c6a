/** What a command of the operator's tool is, and the two ways in which one can go wrong. How a command is run is in `run.ts`. */

export type OptionSpec = {
  readonly name: string;
  /** What stands for its value in the help; an option without one is a flag. */
  readonly value?: string;
  readonly help: string;
};

/** The options that were given: texts, and true for flags. */
export type Given = {
  readonly options: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];
};

/** What a command has of the world. */
export type World = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
};

export type Outcome = {
  /** 1: it has done its work, and found something wrong. */
  readonly exitCode: 0 | 1;
  /** For people. */
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
};

export type Command = {
  /** Its words, such as `queue list`. */
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments besides options; all are needed. */
  readonly positionals: readonly string[];
  readonly options: readonly OptionSpec[];
  /** More for `--help`. */
  readonly details?: string;
  readonly run: (given: Given, world: World) => Promise<Outcome>;
};

/** The command line asks for nothing that can be done: exit code 2. */
export class UsageError extends Error {}

/** What was asked for could not be done: exit code 1. The message says what to change. */
export class Failure extends Error {}

export const jsonOption: OptionSpec = { name: 'json', help: 'print JSON' };
export const helpOption: OptionSpec = { name: 'help', help: 'print this text' };
export const configOption: OptionSpec = {
  name: 'config',
  value: 'FILE',
  help: 'settings as JSON, as for npm start; the environment (REJOIN_…) wins over the file',
};
export const urlOption: OptionSpec = {
  name: 'url',
  value: 'URL',
  help: 'where the process answers; default: http://<host>:<http.port>/ of the settings',
};

/** The value of an option. */
export function textOption(given: Given, name: string): string | undefined {
  const value = given.options.get(name);
  return value === true ? undefined : value;
}

/** A whole number within bounds; refuses everything else. */
export function numberOption(
  given: Given,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  const text = textOption(given, name);
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} is ${text}: give a whole number from 1 to ${max}`);
}
