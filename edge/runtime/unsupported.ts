/**
 * Settings that the schema knows and this version does not honour yet: set to anything but their default they end the start with a
 * message, so that nobody relies on what doesn't happen.
 */
import { loadSettings, type Settings } from '../../shared/settings.ts';
import { settingRows } from '../../shared/settings-table.ts';

/** File names of settings whose default is the only behaviour there is. */
export const fixedSettings: readonly string[] = [
  'sip.tlsPort',
  'msrp.tlsPort',
  'tls.certFile',
  'tls.keyFile',
  'imdn.generateForClient',
  'imdn.sendDeliveredOnHandover',
  'imdn.sendFailed',
  'imdn.sendFailedOnExpiry',
  'imdn.recordRoute',
  'imdn.aggregate',
  'log.identities',
];

/** What has to be taken out of the settings. */
export function unsupportedProblems(settings: Settings): readonly string[] {
  const loaded = loadSettings({ env: {}, readFile: () => '' });
  if (loaded.kind === 'refused') return loaded.problems;
  const rows = settingRows.filter((row) => fixedSettings.includes(row.file));
  const problems = rows
    .filter((row) => text(settings, row.path) !== text(loaded.settings, row.path))
    .map((row) => `${row.env} (${row.file}) can't be changed in this version: leave it out.`);
  return problems;
}

function text(settings: Settings, path: readonly string[]): string {
  let value: unknown = settings;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return JSON.stringify(value) ?? '';
}
