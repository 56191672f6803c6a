import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadUsers } from '../../shared/users.ts';
import { run, type Surrounding } from './tool.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-users-'));
  file = join(folder, 'users.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function add(line: string, surrounding: Surrounding = {}) {
  const env = { REJOIN_USERS_FILE: file, ...surrounding.env };
  return run(['users', 'add', ...line.split(' ')], { ...surrounding, env });
}

function users() {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const loaded = loadUsers({ usersFile: file, domain: 'rejoin.test', readFile });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join());
  return loaded.users;
}

test('a new file is made for its owner alone, with a password that is printed once', async () => {
  const { code, out } = await add('sip:frank@rejoin.test');
  expect(code).toBe(0);
  const [user] = users();
  expect(user?.uri).toBe('sip:frank@rejoin.test');
  expect(user?.password.length).toBeGreaterThanOrEqual(20);
  expect(out).toContain(`Password: ${user?.password}`);
  expect(out).toContain('SIGHUP');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['users.json']);
});

test('others stay, with everything that stands in their entries, and so does the mode', async () => {
  writeFileSync(file, '[{"uri":"sip:a@rejoin.test","password":"x","note":"first"}]');
  chmodSync(file, 0o640);
  const { out } = await add('tel:+4930123 --password geheim --json');
  expect(JSON.parse(out)).toMatchObject({
    uri: 'tel:+4930123',
    password: null,
    file,
    isNew: false,
    users: 2,
  });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
    { uri: 'sip:a@rejoin.test', password: 'x', note: 'first' },
    { uri: 'tel:+4930123', password: 'geheim' },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

test('a password is read from standard input, without its end of line', async () => {
  await add('sip:a@rejoin.test --password-stdin', { input: 'corréct horse\n' });
  expect(users()).toEqual([{ uri: 'sip:a@rejoin.test', password: 'corréct horse' }]);
});

test.each([
  ['--password-stdin', '', 'give 1 to 256 characters on one line'],
  ['--password-stdin', 'two\nlines\n', 'on one line'],
  ['--password-stdin', 'x'.repeat(257), 'give 1 to 256 characters'],
  ['--password-stdin --password x', 'y', 'exclude each other'],
])('%s with %j is refused', async (options, input, message) => {
  const { code, error } = await add(`sip:a@rejoin.test ${options}`, { input });
  expect(code).toBe(2);
  expect(error).toContain(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('a user who is there already is not added, however the URI is written', async () => {
  await add('sip:a@rejoin.test --password x');
  for (const uri of ['sip:a@rejoin.test', 'sip:A@REJOIN.test', 'sip:%61@rejoin.test']) {
    const { code, error } = await add(uri);
    expect(code).toBe(1);
    expect(error).toContain(`is in ${file} already`);
  }
  expect(users()).toHaveLength(1);
});

test('a file that is wrong is left as it is', async () => {
  writeFileSync(file, '{"uri":');
  const { code, error } = await add('sip:a@rejoin.test');
  expect(code).toBe(1);
  expect(error).toContain('is not JSON');
  expect(readFileSync(file, 'utf8')).toBe('{"uri":');
  expect(readdirSync(folder)).toEqual(['users.json']);
});

test('of many who add at once each is added or told to wait, and nobody is lost', async () => {
  const runs = await Promise.all(
    Array.from({ length: 20 }, (_, index) => add(`sip:u${index}@rejoin.test`)),
  );
  const added = runs.filter(({ code }) => code === 0);
  expect(added.length).toBeGreaterThan(0);
  for (const { code, error } of runs) if (code !== 0) expect(error).toContain('another users add');
  expect(users()).toHaveLength(added.length);
});

test('a link stays a link', async () => {
  writeFileSync(join(folder, 'real.json'), '[]');
  symlinkSync('real.json', file);
  expect(await add('sip:a@rejoin.test')).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(folder, 'real.json'), 'utf8'))).toHaveLength(1);
  expect(users()).toHaveLength(1);
});

test('without a users file it says how to name one, and that the demo users go', async () => {
  const none = await run(['users', 'add', 'sip:a@rejoin.test']);
  expect(none.code).toBe(1);
  expect(none.error).toContain('set REJOIN_USERS_FILE (usersFile), or give one with --file');
  const given = await run(['users', 'add', 'sip:a@rejoin.test', '--file', file]);
  expect(given.out).toContain(`Set REJOIN_USERS_FILE (usersFile) to ${file}`);
});

test('a folder that is missing is named, and a foreign domain is pointed out', async () => {
  const missing = await add('sip:a@rejoin.test', {
    env: { REJOIN_USERS_FILE: join(folder, 'no', 'users.json') },
  });
  expect(missing.code).toBe(1);
  expect(missing.error).toContain('its folder is missing: make it');
  const foreign = await add('sip:a@other.test');
  expect(foreign.code).toBe(0);
  expect(foreign.out).toContain('Its domain is other.test, but rejoin.test is served here');
});
