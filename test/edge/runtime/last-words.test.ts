import { expect, test } from 'vitest';
import { type Ending, sayLastWords } from '../../../edge/runtime/last-words.ts';
import { lastWordsMs } from '../../../edge/runtime/limit.ts';

/** Functions that are told to stop, and then wait for so many answers. */
function functions(waiting: { left: number }) {
  const told: string[] = [];
  const one = (name: string): Ending['participating'] => ({
    stop: () => void told.push(name),
    get counts() {
      return { dialogs: 0, sessions: 0, timers: 0, waiting: waiting.left };
    },
  });
  const step = (input: (nowMs: number) => void): void => input(0);
  const parts = { participating: one('participating'), controlling: one('controlling') } as Ending;
  return { told, say: () => sayLastWords(parts, step) };
}

test('a process that ends says its last words, and waits for the answers', async () => {
  const waiting = { left: 2 };
  const { told, say } = functions(waiting);
  let isOver = false;
  const saying = say().then(() => {
    isOver = true;
  });
  expect(told).toEqual(['participating', 'controlling']);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isOver).toBe(false);
  waiting.left = 0;
  await saying;
});

test('it does not wait for those who are gone', async () => {
  const startMs = performance.now();
  await functions({ left: 1 }).say();
  const tookMs = performance.now() - startMs;
  expect(tookMs).toBeGreaterThanOrEqual(lastWordsMs);
  expect(tookMs).toBeLessThan(lastWordsMs + 5_000);
});
