/** The command line of the operator's tool: which command is meant, and with which options. Nothing is run here. */
import { parseArgs } from 'node:util';
import { nearest } from '../shared/nearest.ts';
import { type Command, type Given, helpOption, jsonOption, UsageError } from './command.ts';

export type Meant =
  | { readonly kind: 'help'; readonly command?: Command }
  | { readonly kind: 'run'; readonly command: Command; readonly given: Given };

/** Reads a command line; what can't be meant is thrown as a usage error. */
export function readArguments(argv: readonly string[], commands: readonly Command[]): Meant {
  const first = argv[0];
  if (first === '--help' || first === '-h' || first === 'help') return { kind: 'help' };
  const command = commands.find(({ name }) => startsWith(argv, name.split(' ')));
  if (command === undefined) throw new UsageError(unknownCommand(argv, commands));
  const given = readOptions(argv.slice(command.name.split(' ').length), command);
  if (given.options.has(helpOption.name)) return { kind: 'help', command };
  checkPositionals(given.positionals, command);
  return { kind: 'run', command, given };
}

function startsWith(argv: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => argv[index] === word);
}

function unknownCommand(argv: readonly string[], commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const end = argv.findIndex((word) => word.startsWith('-'));
  const [first, second] = end < 0 ? argv : argv.slice(0, end);
  const all = `give one of ${names.join(', ')}`;
  if (argv.length === 0) return `there is no command: ${all}`;
  if (first === undefined) return `the command stands before its options: ${all}`;
  const below = names.filter((name) => name.startsWith(`${first} `));
  if (second === undefined && below.length > 0) {
    return `${first} is not a whole command: give one of ${below.join(', ')}`;
  }
  const given = second === undefined ? first : `${first} ${second}`;
  const near = nearest(given, names) ?? nearest(first, names);
  return `${given} is no command: ${near === undefined ? all : `did you mean ${near}?`}`;
}

function readOptions(argv: readonly string[], command: Command): Given {
  const specs = [...command.options, jsonOption, helpOption];
  const options = Object.fromEntries(
    specs.map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  // Not strict: what is wrong is told here, with the name of the option and what to do.
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = specs.find(({ name }) => name === token.name);
    if (spec === undefined) throw new UsageError(unknownOption(token.rawName, command));
    values.set(spec.name, optionValue(spec, token));
  }
  return { options: values, positionals };
}

function optionValue(
  spec: { readonly name: string; readonly value?: string },
  token: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string | true {
  const { name, value: placeholder } = spec;
  if (placeholder === undefined) {
    if (token.value !== undefined) throw new UsageError(`--${name} takes no value: leave it out`);
    return true;
  }
  const { value } = token;
  // What looks like an option is one that was meant, unless it's tied to this one by an equals sign.
  const isMissing = value === undefined || (value.startsWith('--') && token.inlineValue !== true);
  if (isMissing || value === '') {
    throw new UsageError(`--${name} needs a value: --${name} ${placeholder}`);
  }
  return value;
}

function unknownOption(given: string, command: Command): string {
  const names = [...command.options, jsonOption, helpOption].map(({ name }) => `--${name}`);
  const near = nearest(given, names);
  const advice = near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`;
  return `${given} is no option of ${command.name}: ${advice}`;
}

function checkPositionals(positionals: readonly string[], command: Command): void {
  const missing = command.positionals[positionals.length];
  if (missing !== undefined) {
    throw new UsageError(`${command.name} needs <${missing}>: ${usageOf(command)}`);
  }
  const extra = positionals[command.positionals.length];
  if (extra === undefined) return;
  throw new UsageError(`${extra} is too much for ${command.name}: ${usageOf(command)}`);
}

/** How a command is called. */
export function usageOf({ name, positionals, options }: Command): string {
  const words = [name, ...positionals.map((word) => `<${word}>`)];
  const rest = options.length > 0 ? ' [options]' : '';
  return `npm run rejoin -- ${words.join(' ')}${rest}`;
}
