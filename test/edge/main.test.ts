import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mainFile, nodeOptions, plainEnv, Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const startMs = 15_000;

test('the tests start the process with the options of `npm start`', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts.start).toContain(` node ${nodeOptions.join(' ')} edge/main.ts`);
});

describe('what is compiled', () => {
  let folder: string;
  let server: Server;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rejoin-compiled-'));
    server = new Server({ NODE_COMPILE_CACHE: folder });
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const compiled = (): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

  test('`--compile` compiles all that a start needs, and starts nothing', async () => {
    const env = { ...plainEnv(), NODE_COMPILE_CACHE: folder };
    const output = execFileSync(process.execPath, [...nodeOptions, mainFile, '--compile'], { env });
    expect(output.toString()).toBe('');
    const before = compiled().length;
    expect(before).toBeGreaterThan(100);

    server.launch();
    await until('the server is ready', () => server.output.includes('ready'), startMs);
    await server.end('SIGTERM');
    // Libraries read some few of their files when they are needed.
    expect(compiled().length).toBeLessThan(before + 10);
  });

  test('a start keeps what it had to compile before it ends, so that it may be killed', async () => {
    server.launch();
    await until('everything is kept', () => compiled().length > 100, startMs);
    await server.end('SIGKILL');
  });
});
