/**
 * A process that writes to a store and says what was acknowledged, a line each, until it's killed. The lines: `a <n>` segment appended,
 * `s <n>` record sent, `r <n>` record removed, `v <n>` item version committed. Started by the tests with a file and a first number.
 */
import { writeSync } from 'node:fs';
import { openSqlite } from '../../../shared/sqlite/open-sqlite.ts';

const [file = '', start = '1'] = process.argv.slice(2);
const { store, queue } = await openSqlite({ file });

function say(kind: string, number: number): void {
  // Straight to the pipe: what is in a buffer of this process dies with it.
  writeSync(1, `${kind} ${number}\n`);
}

async function append(): Promise<void> {
  for (let n = Number(start); ; n++) {
    const bytes = new Uint8Array(n % 3 === 0 ? 30_000 : 700).fill(n);
    await store.append([
      {
        key: 'k',
        first: n,
        last: n,
        count: 1,
        oldestMs: n,
        expiresAtS: 1e9,
        bytes,
      },
    ]);
    say('a', n);
  }
}

async function send(): Promise<void> {
  for (let n = Number(start); ; n++) {
    const body = `${n} ${'x'.repeat(n % 5 === 0 ? 20_000 : 500)}`;
    await queue.send([{ queue: 'q.fifo', group: `g${n % 3}`, deduplicationId: `${n}`, body }]);
    say('s', n);
  }
}

/** Removes every second record of what it receives; the others are left in flight. */
async function remove(): Promise<void> {
  for (;;) {
    const records = await queue.receive('q.fifo', { max: 10, waitMs: 20, visibilityMs: 50 });
    const even = records.filter((record) => Number.parseInt(record.body, 10) % 2 === 0);
    await queue.remove(
      'q.fifo',
      even.map((record) => record.receipt),
    );
    for (const record of even) say('r', Number.parseInt(record.body, 10));
  }
}

async function commit(): Promise<void> {
  let version = (await store.read('p', 's'))?.version ?? 0;
  for (;;) {
    version++;
    const outcome = await store.commit({ partition: 'p', sort: 's', version, data: { version } });
    if (outcome.kind === 'conflict') throw new Error('nobody else writes');
    say('v', version);
  }
}

await Promise.all([append(), send(), remove(), commit()]);
