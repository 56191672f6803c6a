/**
 * The options of the commands that developers run (simulator, fuzzing, measurements): what can't be read ends the process with code 2 and
 * says how the command is called. The operator's tool has its own way (`arguments.ts`).
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The values of the options; `usage` is what the command is called with. */
export function developerOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`);
    return process.exit(2);
  }
}
