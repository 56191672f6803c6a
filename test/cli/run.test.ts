import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../cli/run.ts';
import { run, startProcess } from './tool.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(more: Parameters<typeof startProcess>[0] = {}) {
  const running = await startProcess(more);
  closers.push(running.http.close);
  return running;
}

describe('a command line that is not understood ends with 2 and says what to do', () => {
  test.each([
    ['', 'there is no command: give one of queue list, queue show'],
    ['queue', 'queue is not a whole command: give one of queue list, queue show'],
    ['queue lsit', 'queue lsit is no command: did you mean queue list?'],
    ['qeue list', 'qeue list is no command: did you mean queue list?'],
    ['doktor', 'doktor is no command: did you mean doctor?'],
    ['something else', 'something else is no command: give one of'],
    ['--json groups', 'the command stands before its options'],
    ['queue show', 'queue show needs <queue>: npm run rejoin -- queue show <queue> [options]'],
    ['queue show a b', 'b is too much for queue show'],
    ['groups --limt 3', '--limt is no option of groups: did you mean --limit?'],
    ['groups -x', '-x is no option of groups: it has --limit'],
    ['groups --limit', '--limit needs a value: --limit N'],
    ['groups --limit --json', '--limit needs a value: --limit N'],
    ['groups --limit=', '--limit needs a value: --limit N'],
    ['groups --limit 0', '--limit is 0: give a whole number from 1 to 10000'],
    ['groups --limit 1e3', '--limit is 1e3: give a whole number'],
    ['queue list --json=yes', '--json takes no value'],
    ['queue list --url ftp://x', '--url is ftp://x: give an address such as http://'],
    ['queue list --url nowhere', '--url is nowhere: give an address'],
    ['queue drop events', 'say which: --dead ID for one, or --all'],
    ['queue drop events --all', 'add --yes if that is meant'],
    ['queue drop events --all --dead 1 --yes', '--dead and --all exclude each other'],
    ['queue retry events --dead ../x', '--dead is ../x: give an id'],
    ['users add bob', "bob is no user's URI: give one such as sip:bob@rejoin.test"],
  ])('%s', async (line, message) => {
    const { code, out, error } = await run(line.split(' ').filter((word) => word !== ''));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    // With --json the message is in a JSON text.
    expect(error).toContain(message);
  });
});

test('help is printed for the tool and for each command', async () => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    for (const { name } of commands) expect(out).toContain(name);
  }
  for (const command of commands) {
    const { code, out } = await run([...command.name.split(' '), '--help']);
    expect(code).toBe(0);
    for (const { name } of command.options) expect(out).toContain(`--${name}`);
    expect(out).toContain('--json');
  }
});

describe('a process that can not be asked ends with 1 and says what to do', () => {
  test('nothing answers', async () => {
    const { http, url } = await startProcess();
    await http.close();
    const { code, error } = await run(['queue', 'list', '--url', url]);
    expect(code).toBe(1);
    expect(error).toBe(
      `nothing answers at ${url} (ECONNREFUSED): start the process with npm start, or give its address with --url`,
    );
  });

  test('the token is missing, or is another', async () => {
    const { url } = await start({ adminToken: 'open-sesame' });
    const missing = await run(['groups', '--url', url]);
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.error).toContain('asks for the admin token: set REJOIN_ADMIN_TOKEN');
    const other = await run(['groups', '--url', url], {
      env: { REJOIN_ADMIN_TOKEN: 'open-barley' },
    });
    expect(other.error).toContain('does not take this admin token: set REJOIN_ADMIN_TOKEN');
    const right = await run(['groups', '--url', url], {
      env: { REJOIN_ADMIN_TOKEN: 'open-sesame' },
    });
    expect(right.code).toBe(0);
  });

  test('another program answers, and the token does not follow where it leads', async () => {
    const asked: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    closers.push(() => new Promise((resolve) => void other.close(() => resolve())));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const { code, error } = await run(['groups', '--url', url]);
    expect(code).toBe(1);
    expect(error).toContain('give its address with --url');
    expect(asked).toEqual(['/api/groups?limit=50']);
  });

  test('the settings are wrong, or leave the port open', async () => {
    const wrong = await run(['groups'], { env: { REJOIN_HTTP_PORT: 'x' } });
    expect(wrong.code).toBe(1);
    expect(wrong.error).toContain('REJOIN_HTTP_PORT (http.port)');
    expect(wrong.error).toContain('give --url');
    const open = await run(['groups'], { env: { REJOIN_HTTP_PORT: '0' } });
    expect(open.error).toContain('a free port each time: give --url');
  });
});

test('the address comes from the settings, and the token with it', async () => {
  const { port } = await start({ adminToken: 'open-sesame' });
  const env = { REJOIN_HTTP_PORT: String(port), REJOIN_ADMIN_TOKEN: 'open-sesame' };
  expect(await run(['groups'], { env })).toMatchObject({ code: 0, out: 'There are no groups.' });
});

test('with --json an error is JSON too', async () => {
  const usage = await run(['queue', 'show', '--json']);
  expect(usage.code).toBe(2);
  expect(JSON.parse(usage.error)).toEqual({ error: expect.stringContaining('needs <queue>') });
  const { url } = await start();
  const failed = await run(['queue', 'show', 'nothing', '--json', '--url', url]);
  expect(failed).toMatchObject({ code: 1, out: '' });
  expect(JSON.parse(failed.error)).toEqual({
    error: 'There is no queue nothing: see queue list, or /api/queues.',
  });
});
