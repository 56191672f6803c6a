import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const commands = [
  ['simulate', 'test/simulation/run.ts'],
  ['fuzz', 'test/fuzz/run.ts'],
  ['conformance', 'test/conformance/run.ts'],
  ['bench', 'bench/micro.ts'],
  ['bench:load', 'bench/load.ts'],
] as const;

test.each(commands)(
  '`npm run %s` tells how it is called if it is called otherwise',
  (name, file) => {
    const { status, stderr } = spawnSync(process.execPath, [file, '--sed=4'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^Unknown option '--sed'.*\nusage: npm run ${name} `));
  },
);
