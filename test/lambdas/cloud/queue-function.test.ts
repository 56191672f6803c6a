import { beforeEach, describe, expect, test } from 'vitest';
import { errorFields, functionLog } from '../../../lambdas/cloud/log.ts';
import { queueFunction } from '../../../lambdas/cloud/queue-function.ts';
import { registrationHandler } from '../../../lambdas/registration.ts';
import { registrationKey } from '../../../shared/core/key.ts';
import { type Bench, bench, call } from '../bench.ts';

let it: Bench;
let lines: Record<string, unknown>[];

const user = 'sip:x@a.test';
const event = { kind: 'registration', user, bindings: [{ expiresAtMs: 1e12 }], atMs: 5 };

function record(messageId: string, body: unknown) {
  const attributes = { MessageGroupId: user, SentTimestamp: '400' };
  return { messageId, body: JSON.stringify(body), attributes };
}

function run(...bodies: readonly unknown[]) {
  const log = functionLog({ function: 'f' }, (line) => lines.push(JSON.parse(line)));
  const handler = queueFunction(
    { ports: it.world.ports, log, service: 'rejoin' },
    registrationHandler,
  );
  const Records = bodies.map((body, index) => record(String(index), body));
  return handler({ Records }, call);
}

beforeEach(() => {
  it = bench();
  lines = [];
});

describe('a function in the cloud', () => {
  test('writes one line a batch, with what it counted and how long the records were under way', async () => {
    expect(await run({ event })).toEqual({ batchItemFailures: [] });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      message: 'batch',
      function: 'f',
      records: 1,
      Service: 'rejoin',
      Conflicts: 0,
      FailedGroups: 0,
      Parked: 0,
      QueueToDone: [600],
    });
  });

  test('counts a lost race, and handles the record all the same', async () => {
    const { partition, sort } = registrationKey(user);
    const data = { user, bindings: [], atMs: 1 };
    let calls = 0;
    it.world.fault = () => {
      calls++;
      // Between the handler's read and its write.
      if (calls === 2) void it.world.store.commit({ partition, sort, version: 1, data });
      return 'none';
    };
    expect(await run({ event })).toEqual({ batchItemFailures: [] });
    expect(lines.at(-1)).toMatchObject({ Conflicts: 1 });
  });

  test('tells of a group that failed without saying whose it is, and counts no time for it', async () => {
    it.world.fault = () => 'before';
    expect(await run({ event })).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect(lines).toMatchObject([
      { level: 'ERROR', handler: 'registration', errorMessage: 'read was not begun' },
      { FailedGroups: 1, QueueToDone: [] },
    ]);
    expect(JSON.stringify(lines)).not.toContain(user);
  });

  test('tells of a record that it parked', async () => {
    await run({ event: 'unknown' });
    expect(lines).toMatchObject([
      { level: 'ERROR', reason: 'it can not be decoded' },
      { Parked: 1 },
    ]);
  });

  test('counts each batch anew', async () => {
    await run({ event: 'unknown' });
    await run({ event });
    expect(lines.at(-1)).toMatchObject({ Parked: 0 });
  });
});

describe('the log of a function', () => {
  test('tells the causes of an error, so far', () => {
    const error = [1, 2, 3, 4, 5].reduce<Error | undefined>(
      (cause, depth) => new Error(`fault ${depth}`, cause === undefined ? {} : { cause }),
      undefined,
    );
    const fields = errorFields(error);
    expect(fields).toMatchObject({
      errorMessage: 'fault 5',
      cause: { errorMessage: 'fault 4', cause: { cause: { errorMessage: 'fault 2' } } },
    });
    expect(JSON.stringify(fields)).not.toContain('fault 1');
  });

  test('does not print what was thrown and is no error', () => {
    expect(errorFields('a secret')).toEqual({ error: 'string' });
  });
});
