import { expect, test } from 'vitest';
import { Turns } from '../../../shared/dynamodb/turns.ts';

/** A write that ends when it is told to. */
function write(log: string[], name: string) {
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  const run = async () => {
    log.push(name);
    await ended;
    return name;
  };
  return { run, end };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('writes of one key run one after another, in the order of the calls', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [one, two] = [write(log, 'one'), write(log, 'two')];
  const outcomes = Promise.all([turns.run('a', one.run), turns.run('a', two.run)]);
  await settle();
  expect(log).toEqual(['one']);
  two.end();
  one.end();
  expect(await outcomes).toEqual(['one', 'two']);
  expect(log).toEqual(['one', 'two']);
});

test('writes of other keys do not wait', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [one, two] = [write(log, 'one'), write(log, 'two')];
  const outcomes = Promise.all([turns.run('a', one.run), turns.run('b', two.run)]);
  await settle();
  expect(log).toEqual(['one', 'two']);
  one.end();
  two.end();
  await outcomes;
});

test('what waits behind a write that fails is not written, what comes later is', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [one, two, three] = [write(log, 'one'), write(log, 'two'), write(log, 'three')];
  const outcomes = Promise.allSettled([turns.run('a', one.run), turns.run('a', two.run)]);
  one.end(new Error('throttled'));
  const [first, second] = await outcomes;
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'throttled' } });
  expect(second).toMatchObject({ status: 'rejected', reason: { message: 'throttled' } });
  three.end();
  expect(await turns.run('a', three.run)).toBe('three');
  expect(log).toEqual(['one', 'three']);
});
