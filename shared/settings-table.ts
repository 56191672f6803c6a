/**
 * The settings as rows: what walks the schema, so that the loader and the README's table agree with it. No values are read here.
 */
import * as v from 'valibot';
import type { SettingNote } from './setting-kinds.ts';
import { settingsSchema } from './settings-schema.ts';

export type SettingRow = {
  readonly path: readonly string[];
  /** Its name in the file, such as `sip.port`. */
  readonly file: string;
  /** Its name in the environment, such as `REJOIN_SIP_PORT`. */
  readonly env: string;
  readonly note: SettingNote;
  readonly fallback: unknown;
};

/** The environment name of a setting. */
export function envName(file: string): string {
  const words = file.replaceAll('.', '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `REJOIN_${words.toUpperCase()}`;
}

type Entry = v.GenericSchema | v.OptionalSchema<v.GenericSchema, unknown>;

function rowsOf(entries: Readonly<Record<string, Entry>>, above: readonly string[]): SettingRow[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    const path = [...above, name];
    if ('entries' in entry) return rowsOf(entry.entries as Record<string, Entry>, path);
    return [rowOf(entry, path)];
  });
}

function rowOf(entry: Entry, path: readonly string[]): SettingRow {
  if (!('wrapped' in entry)) throw new Error(`The setting ${path.join('.')} has no default.`);
  const file = path.join('.');
  const note = v.getMetadata(entry.wrapped) as SettingNote;
  return { path, file, env: envName(file), note, fallback: v.getDefault(entry) };
}

/** Every setting, in the order of the schema. */
export const settingRows: readonly SettingRow[] = rowsOf(settingsSchema.entries, []);

function shownDefault(row: SettingRow): string {
  if (row.note.defaultText !== undefined) return row.note.defaultText;
  return row.fallback === undefined ? 'none' : `\`${String(row.fallback)}\``;
}

/** The table of all settings in Markdown. */
export function settingsTable(): string {
  const head = ['environment', 'file', 'type', 'unit', 'default', 'meaning'];
  const rows = settingRows.map((row) => [
    `\`${row.env}\``,
    `\`${row.file}\``,
    row.note.type,
    row.note.unit,
    shownDefault(row),
    row.note.meaning,
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
