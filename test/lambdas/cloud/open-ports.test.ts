import { describe, expect, test } from 'vitest';
import { openPorts } from '../../../lambdas/cloud/open-ports.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

describe('the ports of a function in the cloud', () => {
  const store = memoryStore();
  const queue = memoryQueue({ nowMs: Date.now });

  test('are those that its environment names, with the policies that stand there', () => {
    const env = {
      REJOIN_AWS_TABLE: 'trial',
      REJOIN_AWS_QUEUE_PREFIX: 'trial-',
      REJOIN_AWS_BODIES_BUCKET: 'trial-bodies',
      REJOIN_DEFERRED_LIFETIME_S: '60',
      REJOIN_IMDN_LIFETIME_S: '30',
      REJOIN_DELIVERY_DISCARD_CODES: '603,403',
    };
    const ports = openPorts(env, (aws) => {
      expect(aws).toEqual({
        table: 'trial',
        queuePrefix: 'trial-',
        bodiesBucket: 'trial-bodies',
      });
      return { store, queue };
    });
    expect(ports).toMatchObject({
      deferredLifetimeS: 60,
      imdnLifetimeS: 30,
      policy: { discardCodes: [603, 403] },
    });
  });

  test('are not opened with settings that are wrong', () => {
    const env = { REJOIN_DEFERRED_LIFETIME_S: 'long' };
    expect(() => openPorts(env, () => ({ store, queue }))).toThrow('REJOIN_DEFERRED_LIFETIME_S');
  });
});
