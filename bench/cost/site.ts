/**
 * The product as it runs in the cloud, in this process: an edge on table and queues, and the functions behind their queues as Lambda calls
 * them, with a meter at every client. Table and queues are emulators'; the code is that of the deployment.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { pino } from 'pino';
import { Cloud } from '../../edge/runtime/cloud.ts';
import { Metrics } from '../../edge/runtime/metrics.ts';
import { functionLog } from '../../lambdas/cloud/log.ts';
import { openPorts } from '../../lambdas/cloud/open-ports.ts';
import { queueFunction, type TimedEvent } from '../../lambdas/cloud/queue-function.ts';
import type { FunctionContext } from '../../lambdas/context.ts';
import { groupHandler } from '../../lambdas/group.ts';
import { participationHandler } from '../../lambdas/participation.ts';
import { registrationHandler } from '../../lambdas/registration.ts';
import type { SqsBatchResponse } from '../../shared/app/batch.ts';
import { startPump } from '../../shared/app/pump.ts';
import { queueNames } from '../../shared/app/queue-names.ts';
import type { FunctionCall } from '../../shared/app/sqs-event.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { loadSettings } from '../../shared/settings.ts';
import { type SqsQueue, sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { makeTable } from '../../test/aws/table.ts';
import { Meter } from './meter.ts';

export type SiteOptions = {
  /** Where the emulators are. */
  readonly table: string;
  readonly queues: string;
  readonly users: readonly string[];
};

export type Site = {
  readonly meter: Meter;
  readonly domain: string;
  readonly password: string;
  readonly sip: { readonly host: string; readonly port: number };
  readonly close: () => Promise<void>;
};

const prefix = 'cost-';
const domain = 'rejoin.test';
const password = 'demo';
const made = { receivesMax: 1000, visibilityS: 45 };
/** An edge that waits for nobody: this process measures, it does not watch over others. */
const log = pino({ level: 'silent' });

/** Starts everything on a new table. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const meter = new Meter();
  const { client, table } = await makeTable(options.table);
  meter.watchTable(client);
  const queueClient = new SQSClient({ endpoint: options.queues });
  meter.watchQueues(queueClient);
  const store = dynamodbStore({ client, table });
  const queue = sqsQueue({ prefix, client: queueClient, settleMs: 0 });
  for (const name of Object.values(queueNames)) await queue.make(name, made);
  const settings = settingsOf(table);
  const metrics = new Metrics(() => Promise.reject(new Error('nobody asks for levels')));
  const cloud = new Cloud({
    settings,
    users: options.users.map((name) => ({ uri: `sip:${name}@${domain}`, password })),
    opened: { store, queue, close: () => store.close() },
    log,
    metrics,
    edgeName: 'edge-1',
  });
  const functionStore = dynamodbStore({ table, client: watched(options.table, meter) });
  const ports = openPorts(environment(table), () => ({ store: functionStore, queue }));
  const pumps = startFunctions(meter, queue, ports);
  const { host, sipPort } = await cloud.start();
  return {
    meter,
    domain,
    password,
    sip: { host, port: sipPort },
    close: async () => {
      await cloud.stop();
      await Promise.all(pumps.map((pump) => pump.stop()));
      await functionStore.close();
      queueClient.destroy();
    },
  };
}

function watched(endpoint: string, meter: Meter): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint });
  meter.watchTable(client);
  return client;
}

function environment(table: string) {
  return {
    REJOIN_STORE: 'aws:',
    REJOIN_AWS_TABLE: table,
    REJOIN_AWS_QUEUE_PREFIX: prefix,
    REJOIN_DOMAIN: domain,
    REJOIN_SIP_PORT: '0',
    REJOIN_MSRP_PORT: '0',
  };
}

function settingsOf(table: string) {
  const loaded = loadSettings({ env: environment(table), readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return loaded.settings;
}

type Handler = (event: TimedEvent, call: FunctionCall) => Promise<SqsBatchResponse>;

function startFunctions(meter: Meter, queue: SqsQueue, ports: FunctionContext['ports']) {
  const service = 'cost';
  const options = { ports, log: functionLog({}, () => undefined), service };
  const made: Readonly<Record<'participation' | 'registration' | 'group', Handler>> = {
    participation: queueFunction(options, participationHandler),
    registration: queueFunction(options, registrationHandler),
    group: queueFunction(options, groupHandler),
  };
  return Object.entries(made).map(([name, handler]) =>
    startPump({
      queue,
      queueName: queueNames[name as keyof typeof made],
      handler: meter.watchFunction(name, handler),
      log,
    }),
  );
}
