import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqlite } from '../../../shared/sqlite/open-sqlite.ts';
import { overviewContract, queueContract } from '../../contract/queue.ts';
import { gatherContract } from '../../contract/queue-gather.ts';
import { storeContract } from '../../contract/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'rejoin-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function freshFile(): string {
  files++;
  return join(folder, `store-${files}.db`);
}

storeContract('in a file', async () => (await openSqlite({ file: freshFile() })).store);

async function openQueue() {
  const { queue, close } = await openSqlite({ file: freshFile(), receivesMax: 3 });
  return {
    queue,
    fifo: 'events.fifo',
    standard: 'timers',
    deadLetters: 'events-dead.fifo',
    receivesMax: 3,
    stepMs: 100,
    close,
  };
}

queueContract('in a file', openQueue);
overviewContract('in a file', openQueue);
gatherContract('in a file', openQueue);

test('closing ends a gathering, with nothing', async () => {
  const { queue, close } = await openQueue();
  const options = { max: 10, waitMs: 1_000, visibilityMs: 1_000, gatherMs: 60_000 };
  const receiving = queue.receive('events.fifo', options);
  await close();
  expect(await receiving).toEqual([]);
});
