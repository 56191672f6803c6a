import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check } from '../../cli/checks/check.ts';
import { checkClock } from '../../cli/checks/clock.ts';
import { checkNode } from '../../cli/checks/node.ts';
import { openSqlite } from '../../shared/sqlite/open-sqlite.ts';
import { run, startProcess } from './tool.ts';

let folder: string;
let file: string;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-doctor-'));
  file = join(folder, 'store.db');
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

/** A port that nobody listens on, most likely. */
async function freePort(): Promise<number> {
  const { http, port } = await startProcess();
  await http.close();
  return port;
}

async function examine(more: Readonly<Record<string, string>> = {}) {
  const env = {
    REJOIN_SIP_PORT: '0',
    REJOIN_MSRP_PORT: '0',
    REJOIN_HTTP_PORT: String(await freePort()),
    REJOIN_STORE: `sqlite:${file}`,
    ...more,
  };
  const { code, out } = await run(['doctor', '--json'], { env });
  const { isHealthy, checks } = JSON.parse(out) as { isHealthy: boolean; checks: Check[] };
  expect(isHealthy).toBe(code === 0);
  for (const { status, remedy } of checks) expect(remedy === undefined).toBe(status === 'ok');
  return { code, of: (name: string) => checks.filter((check) => check.name === name) };
}

test('before a first start nothing is wrong, and nothing is made', async () => {
  const { code, of } = await examine();
  expect(code).toBe(0);
  expect(of('Node')).toMatchObject([{ status: 'ok' }]);
  expect(of('settings')).toMatchObject([{ status: 'ok' }]);
  expect(of('store')).toEqual([{ name: 'store', status: 'ok', detail: `${file} will be made` }]);
  expect(of('disk')).toHaveLength(1);
  expect(of('clock')).toMatchObject([{ status: 'ok' }]);
  expect(of('process')).toMatchObject([
    { status: 'warn', remedy: 'start it with npm start, or give its address with --url' },
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test('for people each check is a line, with what to do below', async () => {
  const env = { REJOIN_HTTP_PORT: String(await freePort()), REJOIN_STORE: 'memory:' };
  const { out } = await run(['doctor'], { env });
  expect(out).toMatch(/^ok {4}Node +version 24\./);
  expect(out).toMatch(/\nwarn {2}store +in memory: .*\n +→ for anything but a trial/);
  expect(out).toMatch(/\n\n(Nothing is wrong|\d+ things? to mend)[;,.]/);
});

describe('settings and users', () => {
  test('all that is wrong with the settings is told', async () => {
    const { code, of } = await examine({ REJOIN_SIP_PORT: 'x', REJOIN_NETWROK: 'ims' });
    expect(code).toBe(1);
    const details = of('settings').map(({ detail }) => detail);
    expect(details).toHaveLength(2);
    expect(details.join()).toContain('REJOIN_SIP_PORT');
    expect(details.join()).toContain('did you mean REJOIN_NETWORK?');
  });

  test('a users file is read, and others may not read it', async () => {
    const users = join(folder, 'users.json');
    const env = { REJOIN_USERS_FILE: users };
    expect((await examine(env)).of('users')).toMatchObject([{ status: 'fail' }]);
    writeFileSync(users, '[{"uri":"sip:a@rejoin.test","password":"x"}]', { mode: 0o644 });
    expect((await examine(env)).of('users')).toMatchObject([
      { status: 'warn', remedy: `chmod 600 ${users}` },
    ]);
  });
});

test('an IMS core needs to be trusted, and no users file', async () => {
  const ims = { REJOIN_NETWORK: 'ims' };
  expect((await examine(ims)).of('users')).toEqual([
    { name: 'users', status: 'ok', detail: 'registered by an IMS core at 127.0.0.1' },
  ]);
  const open = { ...ims, REJOIN_HOST: '192.0.2.7', REJOIN_ADMIN_TOKEN: 'a-token-of-some-length' };
  expect((await examine(open)).of('users')).toMatchObject([
    { status: 'warn', remedy: expect.stringContaining('REJOIN_TRUSTED_PEERS') },
  ]);
});

describe('the store', () => {
  test('one that was left by a kill is whole, and can be opened after the look', async () => {
    const writer = new URL('../shared/sqlite/writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [writer, file]);
    await once(child.stdout, 'data');
    expect((await examine()).of('store')).toMatchObject([
      {
        status: 'fail',
        detail: `${file} is held by another process`,
        remedy: expect.stringContaining('lsof'),
      },
    ]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await examine()).of('store')).toMatchObject([
      { status: 'ok', detail: `${file} is whole and free` },
    ]);
    await (await openSqlite({ file })).close();
  });

  test('a file of another program is refused', async () => {
    writeFileSync(file, 'not a database, '.repeat(1_000));
    expect((await examine()).of('store')).toMatchObject([{ status: 'fail' }]);
    rmSync(file);
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE other (a)');
    db.close();
    expect((await examine()).of('store')).toMatchObject([
      { status: 'fail', detail: `${file} is a database of another program` },
    ]);
  });

  test('a folder that is none is refused', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { of } = await examine({ REJOIN_STORE: `sqlite:${join(folder, 'file', 'store.db')}` });
    expect(of('store')).toMatchObject([
      {
        status: 'fail',
        remedy: 'check owner and mode, or set another file in REJOIN_STORE (store)',
      },
    ]);
  });
});

describe('ports', () => {
  test('one that another program has is named with its setting', async () => {
    const { http, port } = await startProcess();
    closers.push(http.close);
    const { code, of } = await examine({ REJOIN_SIP_PORT: String(port) });
    expect(code).toBe(1);
    expect(of('port REJOIN_SIP_PORT')).toMatchObject([
      { status: 'fail', remedy: expect.stringContaining('give another port') },
    ]);
  });

  test('one that a running process does not hold shows that it has other settings', async () => {
    const { http, port } = await startProcess();
    closers.push(http.close);
    const { of } = await examine({
      REJOIN_HTTP_PORT: String(port),
      REJOIN_SIP_PORT: String(await freePort()),
    });
    expect(of('port REJOIN_HTTP_PORT')).toMatchObject([{ status: 'ok' }]);
    expect(of('port REJOIN_SIP_PORT')).toMatchObject([
      { status: 'warn', remedy: expect.stringContaining('has other settings than these') },
    ]);
  });
});

describe('the process', () => {
  test('that is ready is asked for dead letters', async () => {
    const { http, port, queue } = await startProcess();
    closers.push(http.close);
    const entry = { queue: 'events-dead.fifo', group: 'a', body: 'x', deduplicationId: '1' };
    await queue.send([entry]);
    const { code, of } = await examine({ REJOIN_HTTP_PORT: String(port) });
    expect(code).toBe(0);
    expect(of('process')).toMatchObject([{ status: 'ok' }]);
    expect(of('clock of the process')).toMatchObject([{ status: 'ok' }]);
    expect(of('dead letters')).toMatchObject([
      { status: 'warn', detail: '1 record given up: 1 of events.fifo' },
    ]);
  });

  test('that is not ready says why', async () => {
    const { http, port } = await startProcess({ reasons: ['the store does not answer'] });
    closers.push(http.close);
    const { code, of } = await examine({ REJOIN_HTTP_PORT: String(port) });
    expect(code).toBe(1);
    expect(of('process')).toMatchObject([
      { status: 'fail', detail: 'Not ready: the store does not answer.' },
    ]);
  });

  test('that has another token, and a program that is another, are told', async () => {
    const { http, port } = await startProcess({ adminToken: 'open-sesame' });
    closers.push(http.close);
    const token = await examine({ REJOIN_HTTP_PORT: String(port) });
    expect(token.of('admin token')).toMatchObject([{ status: 'fail' }]);
    const other = createServer((_request, response) => response.end('hello'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    closers.push(() => new Promise((resolve) => void other.close(resolve)));
    const found = await examine({
      REJOIN_HTTP_PORT: String((other.address() as AddressInfo).port),
    });
    expect(found.of('process')).toMatchObject([
      { status: 'fail', detail: expect.stringContaining('another program answers') },
    ]);
  });
});

test('a clock before this version, or before the last write, is wrong', () => {
  expect(checkClock(0, 'memory:')).toMatchObject({ status: 'fail' });
  writeFileSync(file, '');
  utimesSync(file, 4_000_000_000, 4_000_000_000);
  expect(checkClock(Date.now(), `sqlite:${file}`)).toMatchObject({ status: 'fail' });
  expect(checkClock(4_000_000_000_000, `sqlite:${file}`)).toMatchObject({ status: 'ok' });
});

test('another Node than the one that is tested with is pointed out', () => {
  expect(checkNode('24.1.0')).toMatchObject({ status: 'ok' });
  expect(checkNode('25.0.0')).toMatchObject({ status: 'warn' });
});
