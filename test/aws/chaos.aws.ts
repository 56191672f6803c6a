/** The promises over functions of which every tenth call dies, and every tenth batch comes twice, on the table and the queues of emulators. */
import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { commandQueue, queueNames } from '../../shared/app/queue-names.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { playMember, wrongsOf } from '../chaos/play.ts';
import { edgeName, openSite } from '../chaos/site.ts';
import { makeTable } from './table.ts';

const tableEndpoint = process.env.TEST_TABLE_ENDPOINT ?? '';
const queueEndpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';
const users = ['anna', 'bert', 'cleo', 'dora'];
const patienceMs = 120_000;

describe.skipIf(tableEndpoint === '' || queueEndpoint === '')('functions in the cloud', () => {
  test.each([1, 2])(
    'that die and are called twice lose nothing, double nothing and keep the order (seed %i) [design 6.1, 6.2, 6.3, 6.6, 6.7]',
    async (seed) => {
      const store = dynamodbStore(await makeTable(tableEndpoint));
      const queue = sqsQueue({
        prefix: `c${randomUUID().slice(0, 8)}-`,
        client: new SQSClient({ endpoint: queueEndpoint }),
        settleMs: 0,
      });
      for (const name of [...Object.values(queueNames), commandQueue(edgeName)]) {
        await queue.make(name, { receivesMax: 1000, visibilityS: 45 });
      }
      const site = await openSite({ seed, users, store, queue });
      const plan = { rounds: 4, each: 25 };
      const heard = await Promise.all(
        users.map((user, index) => playMember(site, user, { ...plan, seed: seed * 100 + index })),
      );
      await site.close();
      await store.close();
      queue.close();
      expect(heard.flatMap(wrongsOf)).toEqual([]);
      expect(site.parked).toEqual([]);
      expect(site.toll.deaths).toBeGreaterThan(0);
      expect(site.toll.repeats).toBeGreaterThan(0);
    },
    patienceMs,
  );
});
