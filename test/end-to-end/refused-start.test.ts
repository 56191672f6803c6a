/** What a process says that can't start as it is asked to: every problem at once, each with the setting and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Server } from '../kit/server.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-refused-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lines of a process that has ended with code 1. */
async function refused(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const server = new Server(settings);
  server.launch();
  expect(await server.exit(15_000)).toBe(1);
  const { output } = server;
  await server.close();
  return output.trim().split('\n');
}

test('settings that are not honoured yet and a users file that is not there are told together [contract: Settings]', async () => {
  const told = await refused({
    REJOIN_SIP_TLS_PORT: '5061',
    REJOIN_IMDN_AGGREGATE: 'true',
    REJOIN_USERS_FILE: join(folder, 'none.json'),
  });
  expect(told).toEqual([
    "REJOIN_SIP_TLS_PORT (sip.tlsPort) can't be changed in this version: leave it out.",
    "REJOIN_IMDN_AGGREGATE (imdn.aggregate) can't be changed in this version: leave it out.",
    expect.stringMatching(/none\.json \(REJOIN_USERS_FILE, usersFile\) can't be read: ENOENT/),
  ]);
});

test('a store that can not be opened is told with its setting [contract: Settings]', async () => {
  const file = join(folder, 'text.db');
  writeFileSync(file, 'no database, '.repeat(1_000));
  expect(await refused({ REJOIN_STORE: `sqlite:${file}` })).toEqual([
    `REJOIN_STORE (store): the store ${file}: it is not a store of rejoin; choose another file`,
  ]);
});
