import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ran, type Running, run, startProcess } from './tool.ts';

let running: Running;
beforeEach(async () => {
  running = await startProcess();
});
afterEach(() => running.http.close());

const dead = 'events-dead.fifo';

function ask(line: string): Promise<Ran> {
  return run([...line.split(' '), '--url', running.url]);
}

async function fill(queue: string, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const entry = { queue, group: 'sip:bob@rejoin.test#c1', body };
    await running.queue.send([{ ...entry, deduplicationId: `${queue}/${body}` }]);
  }
}

async function ids(queue: string): Promise<readonly string[]> {
  return (await running.queue.peek(queue, { limit: 100 })).map(({ id }) => id);
}

test('queue list tells of each queue, and what to do about dead letters and left queues', async () => {
  await fill('events.fifo', ['1', '2']);
  await fill(dead, ['3']);
  await fill('left.fifo', ['4']);
  const { code, out } = await ask('queue list');
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^queue +waiting +in flight +oldest +dead letters +oldest dead$/);
  expect(lines[1]).toMatch(/^events\.fifo +2 +0 +0 s +1 +0 s$/);
  expect(out).toContain('1 dead letter. Look: npm run rejoin -- queue show events.fifo --dead');
  expect(out).toContain('left.fifo: nobody takes from it');
  const json = await ask('queue list --json');
  expect(JSON.parse(json.out)).toMatchObject([
    { name: 'events.fifo', waiting: 2, dead: 1 },
    { name: 'left.fifo' },
  ]);
});

test('queue show tells what records are about, never what is in them or for whom', async () => {
  const parked = JSON.stringify({ reason: 'it can not be decoded', body: 'secret' });
  await fill(dead, [parked, '{"event":{"kind":"progress"},"text":"secret"}']);
  const { code, out } = await ask('queue show events --dead');
  expect(code).toBe(0);
  const [title, first, second] = out.split('\n');
  expect(title).toMatch(/^id +group +kind +state +received +age +parked because$/);
  expect(first).toMatch(/^\d+ +user-1#c1 +– +waiting +0 +0 s +it can not be decoded$/);
  expect(second).toMatch(/ progress .* received too often$/);
  expect(out + (await ask('queue show events --dead --json')).out).not.toMatch(/secret|bob/);
});

test('queue show follows the pages up to its limit', async () => {
  await fill(
    'events.fifo',
    Array.from({ length: 250 }, (_, index) => String(index)),
  );
  const shown = async (line: string) =>
    JSON.parse((await ask(`${line} --json`)).out) as {
      records: { id: string }[];
      isMore: boolean;
    };
  const all = await shown('queue show events --limit 1000');
  expect(all.records.map(({ id }) => id).length).toBe(250);
  expect(new Set(all.records.map(({ id }) => id)).size).toBe(250);
  expect(all.isMore).toBe(false);
  const some = await shown('queue show events --limit 120');
  expect(some.records).toEqual(all.records.slice(0, 120));
  expect(some.isMore).toBe(true);
  expect((await ask('queue show events')).out).toContain('give a higher --limit');
});

test('queue show says that there is nothing', async () => {
  expect((await ask('queue show events')).out).toBe('events has no records.');
  expect((await ask('queue show events --dead')).out).toBe('events has no dead letters.');
});

test('queue drop drops dead letters, one or all, and only with --yes', async () => {
  await fill(dead, ['1', '2', '3']);
  const [, second] = await ids(dead);
  expect(await ask(`queue drop events --dead ${second}`)).toMatchObject({ code: 2 });
  expect(await ids(dead)).toHaveLength(3);
  const one = await ask(`queue drop events --dead ${second} --yes`);
  expect(one).toMatchObject({ code: 0, out: '1 dead letter dropped, 2 left.' });
  const all = await ask('queue drop events --all --yes --json');
  expect(JSON.parse(all.out)).toEqual({ count: 2, left: 0 });
});

test('queue drop can not drop what is alive', async () => {
  await fill('events.fifo', ['1']);
  const [id] = await ids('events.fifo');
  const { code, error } = await ask(`queue drop events --dead ${id} --yes`);
  expect(code).toBe(1);
  expect(error).toBe(`events.fifo has no dead letter ${id} that is free.`);
  expect(await ids('events.fifo')).toEqual([id]);
});

test('queue retry sends dead letters back, one or all, in their order', async () => {
  await fill(dead, ['1', '2', '3']);
  const [, second] = await ids(dead);
  const one = await ask(`queue retry events --dead ${second}`);
  expect(one).toMatchObject({ code: 0, out: '1 dead letter sent back, 2 left.' });
  const all = await ask('queue retry events --all');
  expect(all.out).toBe('2 dead letters sent back, none is left.');
  const back = await running.queue.peek('events.fifo', { limit: 10 });
  expect(back.map(({ bodyStart }) => bodyStart)).toEqual(['2', '1', '3']);
});

test('a dead letter that is not there ends with 1', async () => {
  expect(await ask('queue retry events --dead 17')).toMatchObject({
    code: 1,
    error: 'events.fifo has no dead letter 17 that is free.',
  });
});
