/** `users add`: lets one more user register. Works on the users file alone; a running process reads it when it's told to. */
import { randomBytes } from 'node:crypto';
import { addressOfRecord } from '../../edge/sip/uri.ts';
import type { Settings } from '../../shared/settings.ts';
import {
  type Command,
  configOption,
  Failure,
  type Given,
  textOption,
  UsageError,
  type World,
} from '../command.ts';
import { needSettings } from '../settings.ts';
import { counted } from '../table.ts';
import { type Added, addUser } from '../users-file.ts';

/** Bytes of randomness of a password that is made here. */
const passwordBytes = 15;
const passwordLengthMax = 256;

type Done = Added & {
  readonly uri: string;
  /** Only a password that was made here. */
  readonly password: string | null;
  readonly notes: readonly string[];
};

export const usersAdd: Command = {
  name: 'users add',
  summary: 'add a user to the users file, with a given or a new password',
  positionals: ['uri'],
  options: [
    { name: 'password', value: 'TEXT', help: 'the password; others may see it while this runs' },
    { name: 'password-stdin', help: 'read the password from standard input' },
    { name: 'file', value: 'FILE', help: 'the users file; default: usersFile of the settings' },
    configOption,
  ],
  details: `Without a password one is made and printed, this once. A process that runs with this file reads
it again at SIGHUP (kill -HUP <pid>) or when it is started anew.`,
  run: async (given: Given, world: World) => {
    const [given0 = ''] = given.positionals;
    const settings = needSettings(given, world);
    const uri = uriOf(given0, settings);
    const file = textOption(given, 'file') ?? settings.usersFile;
    if (file === undefined) {
      throw new Failure(
        'there is no users file: set REJOIN_USERS_FILE (usersFile), or give one with --file',
      );
    }
    const chosen = await passwordOf(given, world);
    const password = chosen ?? randomBytes(passwordBytes).toString('base64url');
    const added = await addUser(file, settings.domain, { uri, password });
    const done: Done = {
      uri,
      password: chosen === undefined ? password : null,
      ...added,
      notes: notesOf(uri, added, settings),
    };
    return { exitCode: 0, text: textOf(done), json: done };
  },
};

function uriOf(text: string, { domain }: Settings): string {
  const isUri = /^(sip:[^@\s<>]+@|tel:)/.test(text);
  const uri = isUri ? addressOfRecord(text) : undefined;
  if (uri !== undefined) return uri;
  const name = /^[A-Za-z0-9._-]+$/.test(text) ? text : 'alice';
  throw new UsageError(`${text} is no user's URI: give one such as sip:${name}@${domain}`);
}

async function passwordOf(given: Given, world: World): Promise<string | undefined> {
  const text = textOption(given, 'password');
  if (!given.options.has('password-stdin')) return text === undefined ? undefined : checked(text);
  if (text !== undefined) {
    throw new UsageError('--password and --password-stdin exclude each other');
  }
  // The line's end belongs to the shell.
  return checked((await world.readInput()).replace(/\r?\n$/, ''));
}

function checked(password: string): string {
  const isUsable = /^\P{Cc}+$/u.test(password) && password.length <= passwordLengthMax;
  if (isUsable) return password;
  throw new UsageError(
    `the password can't be used: give 1 to ${passwordLengthMax} characters on one line`,
  );
}

function notesOf(uri: string, { file }: Added, settings: Settings): readonly string[] {
  const notes: string[] = [];
  const host = /@(.+)$/.exec(uri)?.[1];
  if (host !== undefined && host !== settings.domain.toLowerCase()) {
    notes.push(
      `Its domain is ${host}, but ${settings.domain} is served here (REJOIN_DOMAIN, domain).`,
    );
  }
  notes.push(
    settings.usersFile === undefined
      ? `Set REJOIN_USERS_FILE (usersFile) to ${file} and start the process anew: without it only the demo users may register.`
      : 'A process that runs reads it at SIGHUP (kill -HUP <pid>) or when it is started anew.',
  );
  return notes;
}

function textOf({ uri, password, file, users, isNew, notes }: Done): string {
  const where = isNew ? `the new file ${file}` : file;
  const lines = [`${uri} is in ${where} now, ${counted(users, 'user')} in all.`];
  if (password !== null) lines.push(`Password: ${password}`);
  return [...lines, ...notes].join('\n');
}
