/** Whether the clock can be right: lifetimes, deduplication and digest authentication count on it. */
import { existsSync, statSync } from 'node:fs';
import { type Check, fail, ok } from './check.ts';

/** No machine that runs this version lives before it. */
const earliestMs = Date.UTC(2026, 10, 1);
/** File systems may round, and machines that share one may differ a little. */
const aheadMsMax = 60_000;

/** Checks a time against this version and against when the store was last written. */
export function checkClock(nowMs: number, store: string): Check {
  const now = new Date(nowMs).toISOString();
  const remedy = 'have the clock set by NTP before the process is started';
  if (nowMs < earliestMs)
    return fail('clock', `it is ${now}, before this version was made`, remedy);
  const file = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : undefined;
  const writtenMs = file !== undefined && existsSync(file) ? statSync(file).mtimeMs : 0;
  if (writtenMs > nowMs + aheadMsMax) {
    const written = new Date(writtenMs).toISOString();
    return fail('clock', `it is ${now}, but the store was written at ${written}`, remedy);
  }
  return ok('clock', now);
}
