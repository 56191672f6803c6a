/** Readiness: the listeners, and the store. */
import { expect, test } from 'vitest';
import { readinessOf } from '../../../edge/runtime/readiness.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const failing = { read: () => Promise.reject(new Error('down')) };
const silent = { read: () => new Promise<undefined>(() => {}) };

test('a process that serves and whose store answers is ready [contract: HTTP]', async () => {
  expect(await readinessOf(true, memoryStore())).toEqual({ isReady: true, reasons: [] });
});

test('one that starts or drains is not [contract: HTTP]', async () => {
  const readiness = await readinessOf(false, memoryStore());
  expect(readiness).toEqual({ isReady: false, reasons: ['starting or draining'] });
});

test('one whose store fails or is silent is not [contract: HTTP]', async () => {
  for (const store of [failing, silent]) {
    const readiness = await readinessOf(true, store, 20);
    expect(readiness).toEqual({ isReady: false, reasons: ['the store does not answer'] });
  }
});
