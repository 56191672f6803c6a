/**
 * Reading the settings: a JSON file and the environment set the same things, and the environment wins. All that is wrong is told at
 * once, each problem naming the setting in both spellings and what to do. Which settings there are is in `settings-schema.ts`.
 */
import * as v from 'valibot';
import { nearest } from './nearest.ts';
import type { SettingNote, TextForm } from './setting-kinds.ts';
import { settingsSchema } from './settings-schema.ts';
import { type SettingRow, settingRows } from './settings-table.ts';

type Frozen<T> = T extends (infer Member)[]
  ? readonly Member[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;

type Given = Frozen<v.InferOutput<typeof settingsSchema>>;

/** All settings with their defaults filled in. */
export type Settings = Omit<Given, 'deferral' | 'trustedPeers'> & {
  readonly trustedPeers: readonly string[];
  readonly deferral: Given['deferral'] & { readonly identity: string };
};

export type SettingsSource = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws if there is no such file. */
  readonly readFile: (path: string) => string;
  readonly configPath?: string;
};

export type LoadedSettings =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

type JsonObject = Readonly<Record<string, unknown>>;

/** The settings of a process, or everything that is wrong with them. */
export function loadSettings(source: SettingsSource): LoadedSettings {
  const config = readConfig(source);
  const problems = [
    ...config.problems,
    ...unknownKeys(config.value, []),
    ...unknownVariables(source.env),
  ];
  const raw: Record<string, unknown> = {};
  for (const row of settingRows) place(raw, row.path, rawValue(row, source.env, config.value));
  const parsed = v.safeParse(settingsSchema, raw, { abortPipeEarly: true });
  if (!parsed.success) {
    problems.push(...valueProblems(raw, parsed.issues));
    return { kind: 'refused', problems };
  }
  problems.push(...crossProblems(parsed.output));
  if (problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'settings', settings: complete(parsed.output) };
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function complete(given: Given): Settings {
  const own = isLoopback(given.host) ? new Set(['127.0.0.1', given.host]) : new Set<string>();
  own.delete('localhost');
  return {
    ...given,
    trustedPeers: given.trustedPeers ?? [...own],
    deferral: {
      ...given.deferral,
      identity: given.deferral.identity ?? `sip:rcse-standfw@${given.domain}`,
    },
  };
}

function readConfig(source: SettingsSource): { value: JsonObject; problems: readonly string[] } {
  const path = source.configPath;
  if (path === undefined) return { value: {}, problems: [] };
  const refuse = (what: string) => ({ value: {}, problems: [`The file ${path} ${what}.`] });
  let text: string;
  try {
    text = source.readFile(path);
  } catch (error) {
    return refuse(`can't be read: ${reasonOf(error)}; give --config the path of a JSON file`);
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { value, problems: [] }
      : refuse('must hold one JSON object such as {"domain": "example.com"}');
  } catch (error) {
    return refuse(`is not JSON: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the environment says, or else the file; an empty variable counts as absent. */
function rawValue(row: SettingRow, env: SettingsSource['env'], config: JsonObject): unknown {
  const text = env[row.env];
  if (text !== undefined && text !== '') return fromText(text.trim(), row.note.form);
  let value: unknown = config;
  for (const name of row.path) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

/** The value that a JSON file would hold; text that doesn't fit stays text and is refused by the schema. */
function fromText(text: string, form: TextForm): unknown {
  if (form === 'number') return asNumber(text);
  if (form === 'flag') return text === 'true' ? true : text === 'false' ? false : text;
  if (form === 'text') return text;
  const members = text.split(',').map((member) => member.trim());
  return form === 'numbers' ? members.map(asNumber) : members;
}

function asNumber(text: string): unknown {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function place(raw: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    if (value !== undefined) raw[name] = value;
    return;
  }
  const inner = (raw[name] ?? {}) as Record<string, unknown>;
  raw[name] = inner;
  place(inner, rest, value);
}

function named(row: SettingRow): string {
  return `${row.env} (${row.file})`;
}

function valueProblems(
  raw: JsonObject,
  issues: readonly v.InferIssue<typeof settingsSchema>[],
): readonly string[] {
  const paths = new Set(issues.map((issue) => v.getDotPath(issue) ?? ''));
  const isWrong = (row: SettingRow) =>
    [...paths].some((path) => path === row.file || path.startsWith(`${row.file}.`));
  return settingRows.filter(isWrong).map((row) => {
    let value: unknown = raw;
    for (const name of row.path) value = isObject(value) ? value[name] : undefined;
    return `${named(row)} is ${shown(value, row.note)}: ${row.note.remedy}.`;
  });
}

function shown(value: unknown, note: SettingNote): string {
  return note.isSecret === true ? 'not usable' : JSON.stringify(value);
}

function crossProblems(given: Given): readonly string[] {
  const problems: string[] = [];
  const needed = (file: string, why: string) =>
    problems.push(`${rowName(file)} is missing: ${why}.`);
  if (!isLoopback(given.host)) {
    const where = `${rowName('host')} is ${given.host}, which others can reach`;
    if (given.network === 'registrar' && given.usersFile === undefined) {
      needed('usersFile', `${where}; give a file with the users who may register`);
    }
    if (given.adminToken === undefined) {
      needed('adminToken', `${where}; give a token for /api and /metrics`);
    }
  }
  return [...problems, ...portProblems(given)];
}

/** All listeners share one address. */
function portProblems({ sip, msrp, http }: Given): readonly string[] {
  const ports = [
    { file: 'sip.port', port: sip.port },
    { file: 'msrp.port', port: msrp.port },
    { file: 'http.port', port: http.port },
  ].filter(({ port }) => port !== 0);
  return ports.flatMap(({ file, port }) => {
    const first = ports.find((other) => other.port === port)?.file ?? file;
    if (first === file) return [];
    return `${rowName(file)} is ${port}, as ${rowName(first)} is: give each a port of its own.`;
  });
}

function rowName(file: string): string {
  const row = settingRows.find((one) => one.file === file);
  return row === undefined ? file : named(row);
}

function unknownVariables(env: SettingsSource['env']): readonly string[] {
  const known = settingRows.map((row) => row.env);
  return Object.keys(env)
    .filter((name) => name.startsWith('REJOIN_') && !known.includes(name))
    .sort()
    .map((name) => `${name} is no setting: ${advice(name, known)}`);
}

function unknownKeys(value: JsonObject, above: readonly string[]): readonly string[] {
  const files = settingRows.map((row) => row.file);
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = [...above, name];
    const file = path.join('.');
    if (files.includes(file)) return [];
    if (!files.some((known) => known.startsWith(`${file}.`))) {
      return [`${file} in the file is no setting: ${advice(file, files)}`];
    }
    if (isObject(inner)) return unknownKeys(inner, path);
    return [`${file} in the file is ${JSON.stringify(inner)}: give an object of settings.`];
  });
}

function advice(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? 'remove it, or see the table of settings.' : `did you mean ${near}?`;
}
