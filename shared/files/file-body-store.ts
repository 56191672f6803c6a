/**
 * Bodies as files of one folder, beside the embedded store. A body is written under another name, flushed, and only then linked to its
 * own: after a crash it is there whole or not at all, and of two that put the same name one wins.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, opendir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBody, checkBodyName } from '../memory/body-name.ts';
import type { BodyStore } from '../ports/body-store.ts';

/** Not a name of a body. */
const unfinishedEnd = '.part';

/** Opens a folder, which is made if it isn't there. Only its owner may look into it. */
export async function fileBodyStore(folder: string): Promise<BodyStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return new FileBodyStore(folder);
}

class FileBodyStore implements BodyStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: string, bytes: Uint8Array): Promise<'stored' | 'present'> {
    checkBody(name, bytes);
    const unfinished = join(this.#folder, `${randomUUID()}${unfinishedEnd}`);
    try {
      await writeFlushed(unfinished, bytes);
      const isLinked = await unlessFault('EEXIST', async () => {
        await link(unfinished, join(this.#folder, name));
        return true;
      });
      if (isLinked === undefined) return 'present';
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.#flushNames();
    return 'stored';
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkBodyName(name);
    return await unlessFault('ENOENT', () => readFile(join(this.#folder, name)));
  }

  async remove(name: string): Promise<void> {
    checkBodyName(name);
    await rm(join(this.#folder, name), { force: true });
  }

  /** What a crash left unfinished goes with the rest. */
  async expire(beforeMs: number): Promise<number> {
    let removed = 0;
    for await (const { name } of await opendir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await unlessFault('ENOENT', () => stat(path));
      if (found === undefined || found.mtimeMs >= beforeMs) continue;
      await rm(path, { force: true });
      if (!name.endsWith(unfinishedEnd)) removed++;
    }
    return removed;
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  /** A name is durable once its folder is. */
  async #flushNames(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What comes of an action; undefined if it fails with this code. */
async function unlessFault<Outcome>(
  code: string,
  act: () => Promise<Outcome>,
): Promise<Outcome | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  }
}
