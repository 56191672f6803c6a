/** Keeps figures in results/, with date, commit and machine. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Writes one file for a run. */
export function record(kind: string, figures: readonly object[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
  const file = new URL(`results/${date}-${commit}-${kind}.json`, import.meta.url);
  const text = JSON.stringify({ date, commit, machine, node: process.version, figures }, null, 2);
  writeFileSync(file, `${text}\n`);
}
