import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { QueueRecord } from '../../../shared/ports/queue.ts';
import type { Segment } from '../../../shared/ports/store.ts';
import { openSqlite, type Sqlite } from '../../../shared/sqlite/open-sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'rejoin-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rounds = 6;
const roundSize = 100_000;

/** What a writer acknowledged before it was killed, by kind. */
async function writeUntilKilled(
  file: string,
  start: number,
): Promise<ReadonlyMap<string, number[]>> {
  const script = join(import.meta.dirname, 'writer.ts');
  const child = spawn(process.execPath, [script, file, String(start)]);
  let text = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  await sleep(Math.random() * 400);
  child.kill('SIGKILL');
  await closed;
  expect(errors).toBe('');
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
  const acknowledged = new Map<string, number[]>();
  for (const line of lines) {
    const [kind = '', number] = line.split(' ');
    acknowledged.set(kind, [...(acknowledged.get(kind) ?? []), Number(number)]);
  }
  return acknowledged;
}

async function allSegments({ store }: Sqlite): Promise<readonly Segment[]> {
  const all: Segment[] = [];
  for (;;) {
    const more = await store.segments('k', { after: all.at(-1)?.last ?? 0, bytesMax: 1_000_000 });
    if (more.length === 0) return all;
    all.push(...more);
  }
}

async function allRecords({ queue }: Sqlite): Promise<readonly QueueRecord[]> {
  const all: QueueRecord[] = [];
  for (;;) {
    const options = { max: 10, waitMs: 0, visibilityMs: 600_000 };
    const more = await queue.receive('q.fifo', options);
    if (more.length === 0) return all;
    all.push(...more);
    const receipts = more.map((record) => record.receipt);
    await queue.remove('q.fifo', receipts);
  }
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}

test('what was acknowledged is there after a kill: all of it, once, in order', {
  timeout: 60_000,
}, async () => {
  const file = join(folder, 'store.db');
  const appended: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = round * roundSize + 1;
    const acknowledged = await writeUntilKilled(file, start);
    const opened = await openSqlite({ file });

    appended.push(...(acknowledged.get('a') ?? []));
    const segments = await allSegments(opened);
    const firsts = segments.map((segment) => segment.first);
    expect(isRising(firsts)).toBe(true);
    expect(appended.filter((first) => !firsts.includes(first))).toEqual([]);
    expect(segments.every(({ first, bytes }) => bytes.every((byte) => byte === first % 256))).toBe(
      true,
    );

    const removed = new Set(acknowledged.get('r'));
    const records = await allRecords(opened);
    const numbers = records.map((record) => Number.parseInt(record.body, 10));
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const group of ['g0', 'g1', 'g2']) {
      const own = records.filter((record) => record.group === group);
      expect(isRising(own.map((record) => Number.parseInt(record.body, 10)))).toBe(true);
    }
    expect(numbers.filter((number) => removed.has(number))).toEqual([]);
    const odd = (acknowledged.get('s') ?? []).filter((number) => number % 2 === 1);
    expect(odd.filter((number) => !numbers.includes(number))).toEqual([]);

    const version = (await opened.store.read('p', 's'))?.version ?? 0;
    expect(version).toBeGreaterThanOrEqual(acknowledged.get('v')?.at(-1) ?? 0);
    await opened.close();
  }
  expect(appended.length).toBeGreaterThan(rounds);
});
