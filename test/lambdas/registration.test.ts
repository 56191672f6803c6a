import { beforeEach, describe, expect, test } from 'vitest';
import { registrationHandler } from '../../lambdas/registration.ts';
import { registrationKey } from '../../shared/core/key.ts';
import { type Bench, bench, call, dead, record } from './bench.ts';

let it: Bench;

beforeEach(() => {
  it = bench();
});

describe('the function of the registration queue', () => {
  const bindings = [{ expiresAtMs: 1e12 }];
  const reported = (messageId: string, user: string) =>
    record(messageId, user, { event: { kind: 'registration', user, bindings, atMs: 5 } });

  test('keeps what is reported, user by user [PFT-009]', async () => {
    const Records = [reported('1', 'sip:x@a.test'), reported('2', 'sip:y@a.test')];
    expect(await registrationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [],
    });
    for (const user of ['sip:x@a.test', 'sip:y@a.test']) {
      const key = registrationKey(user);
      expect((await it.world.store.read(key.partition, key.sort))?.data).toMatchObject({ user });
    }
  });

  test('gives back a user whose store fails, alone [design 4.6]', async () => {
    let isAway = true;
    it.world.fault = () => {
      const fault = isAway ? 'before' : 'none';
      isAway = false;
      return fault;
    };
    const Records = [reported('1', 'sip:x@a.test'), reported('2', 'sip:y@a.test')];
    expect(await registrationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
    expect(it.failed).toEqual(['registration sip:x@a.test: read was not begun']);
  });

  test('parks a record that it can not decode, with its reason [design 4.6]', async () => {
    const Records = [record('1', 'u', { event: { kind: 'registration' } }), reported('2', 'u')];
    expect(await registrationHandler(it.context)({ Records }, call)).toEqual({
      batchItemFailures: [],
    });
    expect(await dead(it.world, 'registration-dead.fifo')).toMatchObject([
      { group: 'u', reason: 'it can not be decoded' },
    ]);
  });
});
