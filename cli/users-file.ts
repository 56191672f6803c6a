/**
 * Adding to the users file so that nobody ever reads half of it: the new text is written beside it, flushed, and put in its place. The
 * new file's name is taken exclusively, so that of two who add at once the second is told to wait.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf } from '../edge/runtime/listen-error.ts';
import { addressOfRecord } from '../edge/sip/uri.ts';
import { loadUsers, type User } from '../shared/users.ts';
import { Failure } from './command.ts';

export type Added = {
  readonly file: string;
  /** Whether there was no such file before. */
  readonly isNew: boolean;
  /** How many users there are now. */
  readonly users: number;
};

/** Passwords are nobody else's business. */
const newFileMode = 0o600;

/** Adds a user; fails if the user is in the file already, or if the file is wrong. */
export async function addUser(path: string, domain: string, user: User): Promise<Added> {
  const file = await fileOf(path);
  const temporary = `${file}.new`;
  const handle = await openNew(file, temporary);
  try {
    // From here on nobody else adds.
    const before = await statusOf(file);
    const entries = before === undefined ? [] : await entriesOf(file, domain);
    refuseKnown(file, entries, user);
    const next = [...entries, user];
    if (before !== undefined) await likeBefore(handle, file, before);
    await handle.writeFile(textOf(next));
    await handle.sync();
    await rename(temporary, file);
    return { file, isNew: before === undefined, users: next.length };
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error instanceof Failure ? error : failed(file, error);
  } finally {
    await handle.close();
  }
}

/** Where a link leads to: a link is kept. */
async function fileOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return resolve(path);
    throw failed(path, error);
  }
}

async function statusOf(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function openNew(file: string, temporary: string): Promise<FileHandle> {
  try {
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    return await open(temporary, O_CREAT | O_EXCL | O_WRONLY, newFileMode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      throw new Failure(
        `${temporary} is there: another users add is at work; if none is, one was cut off: remove that file`,
        { cause: error },
      );
    }
    throw failed(file, error);
  }
}

async function entriesOf(file: string, domain: string): Promise<readonly User[]> {
  const text = await readFile(file, 'utf8');
  const loaded = loadUsers({ usersFile: file, domain, readFile: () => text });
  if (loaded.kind === 'refused') throw new Failure(loaded.problems.join('\n'));
  // What else stands in an entry is kept.
  return JSON.parse(text) as readonly User[];
}

function refuseKnown(file: string, entries: readonly User[], { uri }: User): void {
  const wanted = nameOf(uri);
  if (!entries.some((entry) => nameOf(entry.uri) === wanted)) return;
  throw new Failure(`${uri} is in ${file} already: change the password there`);
}

/** Users who differ in capitals alone are refused at the start. */
function nameOf(uri: string): string {
  return (addressOfRecord(uri) ?? uri).toLowerCase();
}

/** The process must be able to read the new file as it could the old one. */
async function likeBefore(handle: FileHandle, file: string, before: Stats): Promise<void> {
  const { mode, uid, gid } = before;
  await handle.chmod(mode & 0o777);
  const made = await handle.stat();
  if (made.uid === uid && made.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    throw new Failure(`${file} belongs to another user (${uid}:${gid}): run this as that user`, {
      cause: error,
    });
  }
}

function textOf(entries: readonly User[]): string {
  return `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`;
}

function failed(file: string, error: unknown): Failure {
  const code = codeOf(error);
  const remedy =
    code === 'ENOENT'
      ? 'its folder is missing: make it, or give another file with --file'
      : 'check owner and mode of file and folder, or give another file with --file';
  return new Failure(`the users file ${file} can't be written (${code}): ${remedy}`, {
    cause: error,
  });
}
