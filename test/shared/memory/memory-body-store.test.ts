import { expect, test } from 'vitest';
import { memoryBodyStore } from '../../../shared/memory/memory-body-store.ts';
import { bodyExpiryContract, bodyStoreContract } from '../../contract/body-store.ts';

const open = async () => memoryBodyStore({ nowMs: Date.now });

bodyStoreContract('in memory', open);
bodyExpiryContract('in memory', open);

test('bodies in memory that would exceed the bound are refused, and taken once there is room', async () => {
  const bodies = memoryBodyStore({ nowMs: Date.now, bytesMax: 1_000 });
  await bodies.put('one', new Uint8Array(900));
  await expect(bodies.put('two', new Uint8Array(900))).rejects.toThrow('full');
  await bodies.remove('one');
  expect(await bodies.put('two', new Uint8Array(900))).toBe('stored');
});

test('a body over the limit of any store is refused', async () => {
  const bodies = memoryBodyStore({ nowMs: Date.now });
  const large = new Uint8Array(64 * 1024 * 1024 + 1);
  await expect(bodies.put('one', large)).rejects.toThrow('over the limit');
});
