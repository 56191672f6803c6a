/**
 * The users who may register with digest authentication: from a JSON file, or, without one, the demo users (the settings let that
 * happen on loopback only). Keeping passwords anywhere else is not done here.
 */
import * as v from 'valibot';

export type User = { readonly uri: string; readonly password: string };

export type LoadedUsers =
  | { readonly kind: 'users'; readonly users: readonly User[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export type UsersSource = {
  readonly usersFile: string | undefined;
  readonly domain: string;
  readonly readFile: (path: string) => string;
};

/** Every problem line costs the reader; a file that is wrong throughout shows in a few. */
const problemsMax = 10;

const shape = '[{"uri": "sip:alice@example.com", "password": "…"}]';

const demoNames = ['alice', 'bob', 'carol', 'dave', 'erin'];

const userSchema = v.object({
  uri: v.pipe(v.string(), v.regex(/^(sip:[^@\s<>]+@[^@\s<>]+|tel:\S+)$/)),
  password: v.pipe(v.string(), v.minLength(1)),
});

/** The users of the users file, or the demo users if none is set. */
export function loadUsers(source: UsersSource): LoadedUsers {
  const file = source.usersFile;
  if (file === undefined) {
    const uriOf = (name: string) => `sip:${name}@${source.domain}`;
    return {
      kind: 'users',
      users: demoNames.map((name) => ({ uri: uriOf(name), password: 'demo' })),
    };
  }
  const named = `The users file ${file} (REJOIN_USERS_FILE, usersFile)`;
  let text: string;
  try {
    text = source.readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return refuse(`${named} can't be read: ${reason}; give the path of a JSON file.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the file, and with it passwords.
    return refuse(`${named} is not JSON: give a list such as ${shape}.`);
  }
  const parsed = v.safeParse(v.array(userSchema), value);
  if (!parsed.success) return refuse(...problemsOf(named, parsed.issues));
  return unique(named, parsed.output);
}

function refuse(...problems: readonly string[]): LoadedUsers {
  return { kind: 'refused', problems };
}

function problemsOf(named: string, issues: readonly v.BaseIssue<unknown>[]): readonly string[] {
  const places = new Set(issues.map((issue) => v.getDotPath(issue) ?? ''));
  return [...places]
    .slice(0, problemsMax)
    .map((place) =>
      place === ''
        ? `${named} must hold a list: ${shape}.`
        : `${named} is wrong at entry ${place}: each entry must read like ${shape}.`,
    );
}

function unique(named: string, users: readonly User[]): LoadedUsers {
  const seen = new Set<string>();
  const twice = users.filter((user) => seen.size === seen.add(user.uri.toLowerCase()).size);
  if (twice.length === 0) return { kind: 'users', users };
  const uris = twice.slice(0, problemsMax).map((user) => user.uri);
  return refuse(`${named} names twice: ${uris.join(', ')}; keep one entry each.`);
}
