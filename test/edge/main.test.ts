import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mainFile, nodeOptions, Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const folder = mkdtempSync(join(tmpdir(), 'rejoin-compiled-'));
/** Node tells what it keeps of the files it has compiled. */
const environment = { NODE_COMPILE_CACHE: folder, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
const compiled = /writing cache for StrippedTypeScript .*/g;

afterAll(() => rmSync(folder, { recursive: true }));

test('the tests start the process with the options of `npm start`', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts.start).toContain(` node ${nodeOptions.join(' ')} edge/main.ts`);
});

describe('what is compiled', () => {
  test('`--compile` compiles all of our files and starts nothing; a start then compiles none', async () => {
    const env = { ...process.env, ...environment };
    const output = execFileSync(process.execPath, [...nodeOptions, mainFile, '--compile'], {
      env,
      stdio: 'pipe',
    });
    expect(output.toString()).not.toContain('ready');

    const server = await new Server(environment).start();
    await server.end('SIGTERM');
    await server.close();
    expect(server.output).toContain('StrippedTypeScript');
    expect(server.output.match(compiled)).toBe(null);
  });

  test('a start that has to compile keeps that for the next one, however it ends', async () => {
    const { NODE_COMPILE_CACHE: _, ...told } = environment;
    const own = join(folder, 'own');
    const server = await new Server({ ...told, NODE_COMPILE_CACHE: own }).start();
    // Both threads have kept theirs.
    await until(
      'everything is kept',
      () => server.output.match(/Clear des/g)?.length === 2,
      15_000,
    );
    expect(server.output.match(compiled)?.length).toBeGreaterThan(100);
    await server.end('SIGKILL');
    await server.start();
    await server.end('SIGTERM');
    await server.close();
    expect(server.output.match(compiled)).toBe(null);
  });
});
