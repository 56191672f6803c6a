import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqlite } from '../../../shared/sqlite/open-sqlite.ts';
import { overviewContract, queueContract } from '../../contract/queue.ts';
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
