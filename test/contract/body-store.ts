/** What every store of bodies does, whatever it's made of. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BodyStore } from '../../shared/ports/body-store.ts';

/** Runs the contract on an adapter. */
export function bodyStoreContract(name: string, open: () => Promise<BodyStore>): void {
  describe(`the bodies ${name}`, () => {
    let bodies: BodyStore;
    beforeAll(async () => {
      bodies = await open();
    });
    afterAll(async () => {
      await bodies.close();
    });
    kept(() => bodies);
    refused(() => bodies);
  });
}

/** Ages, for stores that forget by themselves when they are told to. */
export function bodyExpiryContract(name: string, open: () => Promise<BodyStore>): void {
  test(`of the bodies ${name}, those put before a time are removed`, async () => {
    const bodies = await open();
    await bodies.put('body', bytesOf('text'));
    const nowMs = Date.now();
    expect(await bodies.expire(nowMs - 60_000)).toBe(0);
    expect(await bodies.get('body')).toBeDefined();
    expect(await bodies.expire(nowMs + 60_000)).toBe(1);
    expect(await bodies.get('body')).toBeUndefined();
    expect(await bodies.expire(nowMs + 60_000)).toBe(0);
    await bodies.close();
  });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function kept(bodies: () => BodyStore): void {
  test('a body is got as it was put', async () => {
    const name = randomUUID();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(await bodies().put(name, bytes)).toBe('stored');
    expect([...((await bodies().get(name)) ?? [])]).toEqual([...bytes]);
  });

  test('an empty body is a body', async () => {
    const name = randomUUID();
    await bodies().put(name, new Uint8Array());
    expect((await bodies().get(name))?.length).toBe(0);
  });

  test('a body of 5 MB is kept whole', async () => {
    const name = randomUUID();
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * 31) % 251);
    await bodies().put(name, bytes);
    const read = await bodies().get(name);
    expect(Buffer.from(read ?? []).equals(bytes)).toBe(true);
  });

  test('a body that was never put is absent', async () => {
    expect(await bodies().get(randomUUID())).toBeUndefined();
  });

  test('a body that is there already stays as it is', async () => {
    const name = randomUUID();
    await bodies().put(name, bytesOf('first'));
    expect(await bodies().put(name, bytesOf('other'))).toBe('present');
    expect(new TextDecoder().decode(await bodies().get(name))).toBe('first');
  });

  test('of the same name put many times at once, one is stored', async () => {
    const name = randomUUID();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => bodies().put(name, bytesOf(`body ${index}`))),
    );
    const winner = outcomes.indexOf('stored');
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect(new TextDecoder().decode(await bodies().get(name))).toBe(`body ${winner}`);
  });

  test('a view into a larger buffer is kept alone, and the buffer stays the caller’s', async () => {
    const name = randomUUID();
    const buffer = bytesOf('before the bytes after');
    await bodies().put(name, buffer.subarray(11, 16));
    buffer.fill(0);
    expect(new TextDecoder().decode(await bodies().get(name))).toBe('bytes');
  });

  test('a body that was removed is absent, and may be put again', async () => {
    const name = randomUUID();
    await bodies().put(name, bytesOf('first'));
    await bodies().remove(name);
    expect(await bodies().get(name)).toBeUndefined();
    await bodies().remove(name);
    expect(await bodies().put(name, bytesOf('second'))).toBe('stored');
  });
}

function refused(bodies: () => BodyStore): void {
  test.each(['', '.', '..', '../body', 'a/b', 'a b', 'a'.repeat(129), 'ä'])(
    'no body is named "%s"',
    async (name) => {
      await expect(bodies().put(name, bytesOf('text'))).rejects.toThrow('name');
      await expect(bodies().get(name)).rejects.toThrow('name');
      await expect(bodies().remove(name)).rejects.toThrow('name');
    },
  );
}
