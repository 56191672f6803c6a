import { expect, it } from 'vitest';
import { loadUsers } from '../../shared/users.ts';

function load(text: string | undefined) {
  return loadUsers({
    usersFile: text === undefined ? undefined : 'users.json',
    domain: 'rejoin.test',
    readFile: () => text ?? '',
  });
}

it('without a file the five demo users may register [contract: Settings]', () => {
  const loaded = load(undefined);
  expect(loaded.kind === 'users' && loaded.users.map((user) => user.uri)).toEqual([
    'sip:alice@rejoin.test',
    'sip:bob@rejoin.test',
    'sip:carol@rejoin.test',
    'sip:dave@rejoin.test',
    'sip:erin@rejoin.test',
  ]);
});

it('a file gives the users [contract: Settings]', () => {
  const users = [
    { uri: 'sip:alice@example.com', password: 'pw' },
    { uri: 'tel:+4930123', password: 'pw' },
  ];
  expect(load(JSON.stringify(users))).toEqual({ kind: 'users', users });
});

it.each([
  ['{', 'is not JSON: give a list such as [{"uri": "sip:alice@example.com", "password": "…"}].'],
  ['{"uri": 1}', 'must hold a list'],
  ['[{"uri": "alice", "password": "x"}]', 'wrong at entry 0.uri'],
  ['[{"uri": "sip:a@b", "password": ""}]', 'wrong at entry 0.password'],
  [
    '[{"uri": "sip:a@b", "password": "x"}, {"uri": "sip:A@b", "password": "y"}]',
    'names twice: sip:A@b',
  ],
])('the file %s is refused: it %s', (text, reason) => {
  const loaded = load(text);
  expect(loaded.kind).toBe('refused');
  const problem = loaded.kind === 'refused' ? (loaded.problems[0] ?? '') : '';
  expect(problem).toContain(reason);
  expect(problem).toContain('REJOIN_USERS_FILE');
});

it('a file that is wrong throughout costs a few lines only, and shows no password', () => {
  const loaded = load(JSON.stringify(Array.from({ length: 500 }, () => ({ password: 'secret' }))));
  const problems = loaded.kind === 'refused' ? loaded.problems : [];
  expect(problems).toHaveLength(10);
  expect(problems.join()).not.toContain('secret');
});

it('a file that is not there is refused', () => {
  const loaded = loadUsers({
    usersFile: 'none.json',
    domain: 'x',
    readFile: () => {
      throw new Error('no such file');
    },
  });
  expect(loaded).toMatchObject({
    kind: 'refused',
    problems: [expect.stringMatching(/none\.json.*no such file; give the path of a JSON file\.$/)],
  });
});
