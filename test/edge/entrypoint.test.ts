import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;

/** Runs the script with a `node` that only tells its environment. */
function environmentOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const printed = execFileSync('sh', ['edge/entrypoint.sh'], {
    env: { PATH: `${folder}:/usr/bin:/bin`, RUN_FOLDER: folder, ...env },
    encoding: 'utf8',
  });
  const lines = printed.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-entrypoint-'));
  for (const [name, script] of [
    ['node', 'env'],
    ['hostname', 'echo "10.42.0.7 172.17.0.1"'],
  ] as const) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the start of an edge in a container', () => {
  test('says under which address it is reached, unless that is given', () => {
    expect(environmentOf({}).REJOIN_HOST).toBe('10.42.0.7');
    expect(environmentOf({ REJOIN_HOST: '192.0.2.1' }).REJOIN_HOST).toBe('192.0.2.1');
  });

  test('puts the users where the edge alone reads them, and takes them out of the environment', () => {
    const users = '[{"uri": "sip:alice@example.com", "password": "a\\"b $c"}]';
    const env = environmentOf({ USERS_JSON: users });
    const file = join(folder, 'users.json');
    expect(env.REJOIN_USERS_FILE).toBe(file);
    expect(env.USERS_JSON).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe(users);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('names no users file where no users are given', () => {
    expect(environmentOf({}).REJOIN_USERS_FILE).toBeUndefined();
  });
});
