/** The operator's tool, `npm run rejoin -- <command>`. It ties `run.ts` to the process: arguments, output, exit code. */
import { text } from 'node:stream/consumers';
import { runRejoin } from './run.ts';

process.exitCode = await runRejoin({
  argv: process.argv.slice(2),
  env: process.env,
  readInput: () => text(process.stdin),
  print: (output) => console.log(output),
  printError: (output) => console.error(output),
});
