import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { Bell } from '../../../shared/sqlite/bell.ts';

const url = new URL('../../../shared/sqlite/bell.ts', import.meta.url);
const source = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(${JSON.stringify(url.href)}).then(({ Bell }) => {
    const bell = new Bell(workerData);
    parentPort.postMessage('asleep');
    bell.sleep(0);
    parentPort.postMessage('awake');
  });
`;
let worker: Worker | undefined;
afterEach(async () => {
  await worker?.terminate();
  worker = undefined;
});

function sleeper(bell: Bell): readonly string[] {
  const heard: string[] = [];
  worker = new Worker(source, { eval: true, workerData: bell.memory });
  worker.on('message', (message: string) => heard.push(message));
  return heard;
}

test('a thread sleeps until the bell rings', async () => {
  const bell = new Bell();
  const heard = sleeper(bell);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['asleep']);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toEqual(['asleep']);
  bell.ring();
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['asleep', 'awake']);
});

test('who has missed a ring does not sleep', () => {
  const bell = new Bell();
  bell.ring();
  bell.sleep(0);
  expect(bell.rings).toBe(1);
});

test('a thread that sleeps can be ended', async () => {
  const heard = sleeper(new Bell());
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['asleep']);
  expect(await worker?.terminate()).toBe(1);
});

test('who runs an event loop hears of a ring, and of one that was before', async () => {
  const bell = new Bell();
  let heard = 0;
  const rung = bell.rung(0).then(() => heard++);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard).toBe(0);
  bell.ring();
  await rung;
  await bell.rung(0);
  expect(heard).toBe(1);
});
