import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileBodyStore } from '../../../shared/files/file-body-store.ts';
import { bodyExpiryContract, bodyStoreContract } from '../../contract/body-store.ts';

let folder: string;
let opened = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-bodies-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function fresh(): string {
  opened++;
  return join(folder, `bodies-${opened}`);
}

bodyStoreContract('in a folder', () => fileBodyStore(fresh()));
bodyExpiryContract('in a folder', () => fileBodyStore(fresh()));

test('a folder that was opened before has its bodies still, and nothing else', async () => {
  const path = fresh();
  await (await fileBodyStore(path)).put('body', new Uint8Array(3));
  await (await fileBodyStore(path)).put('body', new Uint8Array(4));
  expect(await readdir(path)).toEqual(['body']);
  expect((await (await fileBodyStore(path)).get('body'))?.length).toBe(3);
});

test('what a crash left unfinished goes when it is old, and counts as no body', async () => {
  const path = fresh();
  const bodies = await fileBodyStore(path);
  const unfinished = join(path, 'some.part');
  await writeFile(unfinished, 'half a bo');
  await utimes(unfinished, 1, 1);
  expect(await bodies.expire(Date.now() - 60_000)).toBe(0);
  expect(await readdir(path)).toEqual([]);
});

test('a folder that can not be written is a fault', async () => {
  const path = fresh();
  const bodies = await fileBodyStore(path);
  await rm(path, { recursive: true });
  await expect(bodies.put('body', new Uint8Array(1))).rejects.toThrow('ENOENT');
});
