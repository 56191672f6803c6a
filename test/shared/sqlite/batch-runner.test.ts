import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BatchRunner } from '../../../shared/sqlite/batch-runner.ts';
import { openFile } from '../../../shared/sqlite/open-file.ts';
import type { Answer, Operation } from '../../../shared/sqlite/operation.ts';

let folder: string;
let file: string;
let db: DatabaseSync;
let runner: BatchRunner;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-batch-'));
  file = join(folder, 'store.db');
  db = openFile(file, undefined);
  runner = new BatchRunner(db, { file, nowMs: 0, receivesMax: 3 });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function commit(sort: string): Operation {
  const owner = null;
  const expiresAtS = null;
  return {
    kind: 'commit',
    given: { partition: 'p', sort, version: 1, owner, expiresAtS, json: '{}' },
  };
}

function send(body: string): Operation {
  const entry = { queue: 'q.fifo', group: 'a', deduplicationId: body, body };
  return { kind: 'send', given: { entries: [entry] } };
}

const receive: Operation = {
  kind: 'receive',
  given: { queue: 'q.fifo', max: 10, visibilityMs: 1_000 },
};
const list: Operation = {
  kind: 'list',
  given: { partition: 'p', prefix: '', after: undefined, limit: 10 },
};

function run(...operations: Operation[]): readonly Answer[] {
  return runner.run({ nowMs: 0, operations });
}

function bodiesIn(answer: Answer | undefined): readonly string[] {
  if (!answer?.isDone) return [];
  const { records } = answer.value as { records: readonly { body: string }[] };
  return records.map((record) => record.body);
}

/** Makes a commit that holds the item `bad` fail, when it is too late to say which operation is to blame. */
function failCommits(): void {
  db.exec(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER orphan AFTER INSERT ON item WHEN new.sort = 'bad'
    BEGIN INSERT INTO child VALUES (1); END;
  `);
}

test('operations of a batch see what those before them wrote', () => {
  const answers = run(commit('one'), list, commit('one'));
  expect(answers[1]).toMatchObject({ value: [{ sort: 'one' }] });
  expect(answers[2]).toMatchObject({ value: { kind: 'conflict' } });
});

test('a receipt sees what its batch sent, wherever it stands in the batch', () => {
  const [received] = run(receive, send('1'), send('2'));
  expect(bodiesIn(received)).toEqual(['1', '2']);
});

test('an operation that fails leaves the others of its batch alone', () => {
  const bad = commit('bad');
  const broken = { ...bad, given: { ...bad.given, json: undefined } } as unknown as Operation;
  const answers = run(commit('one'), send('1'), broken, commit('two'), receive);
  expect(answers.map((answer) => answer.isDone)).toEqual([true, true, false, true, true]);
  expect(bodiesIn(answers[4])).toEqual(['1']);
  const [listed] = run(list);
  expect(listed).toMatchObject({ value: [{ sort: 'one' }, { sort: 'two' }] });
});

test('a commit that fails undoes its whole batch, rows and queues alike, and names the file', () => {
  failCommits();
  const answers = run(commit('one'), commit('bad'), send('1'), receive);
  expect(answers.map((answer) => answer.isDone)).toEqual([false, false, false, false]);
  expect(answers[0]).toMatchObject({ fault: { message: expect.stringContaining(file) } });
  expect(run(list)[0]).toMatchObject({ value: [] });
  expect(bodiesIn(run(receive)[0])).toEqual([]);
  expect(bodiesIn(run(send('1'), receive)[1])).toEqual(['1']);
});

test('a batch that only reads writes nothing', () => {
  run(commit('one'));
  const before = db.prepare('PRAGMA data_version').get();
  const changes = db.prepare('SELECT total_changes() AS count').get();
  run(list, receive, { kind: 'depth', given: { queue: 'q.fifo' } });
  expect(db.isTransaction).toBe(false);
  expect(db.prepare('SELECT total_changes() AS count').get()).toEqual(changes);
  expect(db.prepare('PRAGMA data_version').get()).toEqual(before);
});

test('the first receipt of a record is not written, the second is', () => {
  const receives = () => db.prepare('SELECT receives FROM record').get()?.receives;
  run(send('1'), receive);
  expect(receives()).toBe(0);
  runner.run({ nowMs: 1_000, operations: [receive] });
  expect(receives()).toBe(2);
});

test('records whose receipts can not be counted stay in the queue', () => {
  run(send('1'), send('2'), receive);
  db.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON record BEGIN SELECT raise(ABORT, 'no'); END`);
  const [failed] = runner.run({ nowMs: 1_000, operations: [receive] });
  expect(failed?.isDone).toBe(false);
  db.exec('DROP TRIGGER refuse');
  expect(bodiesIn(runner.run({ nowMs: 1_000, operations: [receive] })[0])).toEqual(['1', '2']);
});

test('records of which one can not be read stay in the queue, in their order', () => {
  run(send('1'), send('2'));
  const { sequence } = db.prepare('SELECT max(sequence) AS sequence FROM record').get() ?? {};
  const set = db.prepare('UPDATE record SET sent_at_ms = ? WHERE sequence = ?');
  set.run(2n ** 62n, Number(sequence));
  expect(run(receive)[0]?.isDone).toBe(false);
  set.run(0, Number(sequence));
  expect(bodiesIn(run(receive)[0])).toEqual(['1', '2']);
});

test('records that can not be moved to the dead letters stay in the queue', () => {
  run(send('1'), receive);
  runner.run({ nowMs: 1_000, operations: [receive] });
  runner.run({ nowMs: 2_000, operations: [receive] });
  db.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON record BEGIN SELECT raise(ABORT, 'no'); END`);
  expect(runner.run({ nowMs: 3_000, operations: [receive] })[0]?.isDone).toBe(false);
  db.exec('DROP TRIGGER refuse');
  runner.run({ nowMs: 3_000, operations: [receive] });
  const dead = { ...receive.given, queue: 'q-dead.fifo' } as typeof receive.given;
  const [buried] = run({ ...receive, given: dead } as Operation);
  expect(bodiesIn(buried)).toEqual(['1']);
});

test('deduplication ids are forgotten after five minutes and take no room for ever', () => {
  const minute = 60_000;
  const count = () => {
    const rows = 'SELECT * FROM deduplication_0 UNION ALL SELECT * FROM deduplication_1';
    return db.prepare(rows).all().length;
  };
  const records = () => db.prepare('SELECT count(*) AS count FROM record').get()?.count;
  runner.run({ nowMs: 0, operations: [send('1')] });
  runner.run({ nowMs: 4 * minute, operations: [send('2')] });
  runner.run({ nowMs: 6 * minute, operations: [send('2'), send('1')] });
  expect(records()).toBe(3);
  runner.run({ nowMs: 8.99 * minute, operations: [send('2')] });
  expect(records()).toBe(3);
  runner.run({ nowMs: 12 * minute, operations: [send('3')] });
  runner.run({ nowMs: 18 * minute, operations: [send('3')] });
  expect(count()).toBeLessThanOrEqual(2);
});
