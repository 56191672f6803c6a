/** The settings as the operator's tool needs them: from the same file and environment as the process. */
import { readFileSync } from 'node:fs';
import { loadSettings, type Settings } from '../shared/settings.ts';
import { Failure, type Given, textOption, type World } from './command.ts';

export type ReadSettings =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Reads a file as text. */
export function readFile(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The settings, or what is wrong with them. */
export function readSettings(given: Given, { env }: World): ReadSettings {
  const configPath = textOption(given, 'config');
  return loadSettings({ env, readFile, ...(configPath === undefined ? {} : { configPath }) });
}

/** The settings; fails with all that is wrong with them. */
export function needSettings(given: Given, world: World): Settings {
  const read = readSettings(given, world);
  if (read.kind === 'settings') return read.settings;
  throw new Failure(read.problems.join('\n'));
}
