/** The demo, as it is run from the command line. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

function demo(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/demo.ts', ...words], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe('the demo', () => {
  test('plays every act to a good end: nothing lost, doubled or out of order [contract: npm run demo]', () => {
    const { status, stdout } = demo('--all');
    expect(stdout).toContain('Act 6.');
    expect(stdout.trimEnd()).toMatch(/Nothing lost, nothing doubled, nothing out of order\.$/);
    expect(status).toBe(0);
  }, 60_000);

  test('names an option that it does not have', () => {
    const { status, stderr } = demo('--some');
    expect(stderr).toContain('--some is no option');
    expect(status).toBe(2);
  });
});
