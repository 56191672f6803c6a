import { expect, test } from 'vitest';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import { storeContract } from '../../contract/store.ts';

storeContract('in memory', async () => memoryStore());

test('a store in memory refuses what would exceed its bound, and takes it once there is room', async () => {
  const store = memoryStore({ bytesMax: 1_000 });
  const segment = { key: 'k', first: 1, last: 1, count: 1, oldestMs: 1, expiresAtS: 1 };
  await store.append([{ ...segment, bytes: new Uint8Array(900) }]);
  const second = { ...segment, first: 2, last: 2, bytes: new Uint8Array(900) };
  await expect(store.append([second])).rejects.toThrow('full');
  await store.discard('k', 1);
  expect(await store.append([second])).toBe(1);
});
