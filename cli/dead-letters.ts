/** What `queue drop` and `queue retry` have in common: which dead letters are meant, and what came of it. */
import type { DeadLettersDone } from '../shared/dead-letters.ts';
import { type Given, type OptionSpec, type Outcome, textOption, UsageError } from './command.ts';
import { counted } from './table.ts';

export const deadOptions: readonly OptionSpec[] = [
  { name: 'dead', value: 'ID', help: 'one dead letter, by its id in queue show --dead' },
  { name: 'all', help: 'all dead letters of the queue' },
];

/** The path of what is meant; refuses a command line that means nothing, or both. */
export function deadLettersPath(given: Given): string {
  const id = textOption(given, 'dead');
  const isAll = given.options.has('all');
  if (id === undefined && !isAll) throw new UsageError('say which: --dead ID for one, or --all');
  if (id !== undefined && isAll) throw new UsageError('--dead and --all exclude each other');
  if (id !== undefined && !/^[\w-]{1,100}$/.test(id)) {
    throw new UsageError(`--dead is ${id}: give an id as queue show --dead lists it`);
  }
  const [queue = ''] = given.positionals;
  const path = `api/queues/${encodeURIComponent(queue)}/dead`;
  return id === undefined ? path : `${path}/${id}`;
}

/** What was done, in words: `verb` in the past. */
export function deadLettersOutcome(verb: string, done: DeadLettersDone): Outcome {
  const left = done.left === 0 ? 'none is left' : `${done.left} left`;
  return {
    exitCode: 0,
    text: `${counted(done.count, 'dead letter')} ${verb}, ${left}.`,
    json: done,
  };
}
