import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleBytesMax, receivesMax } from '../../infra/limit.ts';
import { queueNames } from '../../shared/app/queue-names.ts';
import { patienceMs, resources, type Synthesized, synthesize } from './synth.ts';

let it: Synthesized;

beforeAll(() => {
  it = synthesize();
}, patienceMs);

describe('the table', () => {
  const tableOf = (made: Synthesized) => resources(made.service, 'AWS::DynamoDB::Table')[0]!;

  test('is restorable, protected from deletion, kept, and paid by use', () => {
    const { Properties, DeletionPolicy } = tableOf(it);
    expect(Properties).toMatchObject({
      TableName: 'rejoin',
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(DeletionPolicy).toBe('Retain');
  });

  test('removes by itself what has expired', () => {
    expect(tableOf(it).Properties.TimeToLiveSpecification).toMatchObject({ Enabled: true });
  });

  test('is encrypted with a key of its own where one is asked for', () => {
    const made = synthesize({ ownKey: true });
    expect(tableOf(made).Properties.SSESpecification).toMatchObject({
      SSEEnabled: true,
      SSEType: 'KMS',
    });
    const [key] = resources(made.service, 'AWS::KMS::Key');
    expect(key?.Properties.EnableKeyRotation).toBe(true);
  });

  test('goes with the stack in a trial', () => {
    const { Properties, DeletionPolicy } = tableOf(synthesize({ retain: false }));
    expect(Properties.DeletionProtectionEnabled).toBe(false);
    expect(DeletionPolicy).toBe('Delete');
  });

  test('is not made where one was brought along', () => {
    const tableArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/theirs';
    const { service } = synthesize({ tableArn });
    expect(resources(service, 'AWS::DynamoDB::Table')).toEqual([]);
    const [one] = resources(service, 'AWS::Lambda::Function');
    expect(one?.Properties.Environment).toMatchObject({
      Variables: { REJOIN_AWS_TABLE: 'theirs' },
    });
  });
});

describe('the queues', () => {
  const queuesOf = (made: Synthesized) => resources(made.service, 'AWS::SQS::Queue');

  test('are the ones that edge and functions use, each with its dead letters', () => {
    const live = Object.values(queueNames).map((name) => `rejoin-${name}`);
    const dead = live.map((name) => name.replace('.fifo', '-dead.fifo'));
    const names = queuesOf(it).map(({ Properties }) => Properties.QueueName);
    expect(names.sort()).toEqual([...live, ...dead].sort());
  });

  test('keep order and what they hold, encrypted, for as long as SQS can', () => {
    for (const { Properties } of queuesOf(it)) {
      expect(Properties).toMatchObject({
        FifoQueue: true,
        ContentBasedDeduplication: false,
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      });
    }
    for (const { Properties } of queuesOf(synthesize({ ownKey: true }))) {
      expect(Properties.KmsMasterKeyId).toBeDefined();
    }
  });

  test('give a record up only after an outage of most of a day', () => {
    const live = queuesOf(it).filter(({ Properties }) => Properties.RedrivePolicy !== undefined);
    expect(live).toHaveLength(4);
    for (const { Properties } of live) {
      expect(Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: receivesMax });
      expect(receivesMax * Number(Properties.VisibilityTimeout)).toBeGreaterThan(12 * 3600);
    }
  });

  test('take nothing that is not encrypted on its way', () => {
    const policies = resources(it.service, 'AWS::SQS::QueuePolicy');
    expect(policies).toHaveLength(8);
    for (const policy of policies) {
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe('the functions', () => {
  const functionsOf = (made: Synthesized) => resources(made.service, 'AWS::Lambda::Function');

  test('run on Arm and Node 24, traced, with logs in JSON that are kept for a time', () => {
    expect(functionsOf(it).map(({ Properties }) => Properties.FunctionName)).toEqual(
      expect.arrayContaining(['rejoin-registration', 'rejoin-participation', 'rejoin-group']),
    );
    for (const { Properties } of functionsOf(it)) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
    for (const log of resources(it.service, 'AWS::Logs::LogGroup')) {
      expect(log.Properties.RetentionInDays).toBe(30);
    }
  });

  test('answer for each record of a batch, and are given time to', () => {
    const sources = resources(it.service, 'AWS::Lambda::EventSourceMapping');
    expect(sources).toHaveLength(3);
    for (const { Properties } of sources) {
      expect(Properties).toMatchObject({
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    }
    const timeouts = functionsOf(it).map(({ Properties }) => Number(Properties.Timeout));
    const [queue] = resources(it.service, 'AWS::SQS::Queue');
    const queueTimeouts = timeouts.filter((timeout) => timeout < 60);
    expect(Math.max(...queueTimeouts)).toBeLessThan(Number(queue?.Properties.VisibilityTimeout));
  });

  test('take concurrency from others only if they are told to', () => {
    const reservedOf = (made: Synthesized) =>
      functionsOf(made).map(({ Properties }) => Properties.ReservedConcurrentExecutions);
    expect(reservedOf(it).filter((one) => one !== undefined)).toEqual([]);
    const made = synthesize({ reservedConcurrency: 20 });
    expect(reservedOf(made).filter((one) => one === 20)).toHaveLength(3);
  });

  test('are told by settings of the deployment what they work on', () => {
    const environment = { REJOIN_DEFERRED_LIFETIME_S: 86_400 };
    for (const { Properties } of functionsOf(synthesize({ environment, name: 'trial' }))) {
      expect(Properties.Environment).toMatchObject({
        Variables: {
          REJOIN_STORE: 'aws:',
          REJOIN_AWS_TABLE: 'trial',
          REJOIN_AWS_QUEUE_PREFIX: 'trial-',
          REJOIN_AWS_BODIES_BUCKET: expect.anything(),
          REJOIN_DEFERRED_LIFETIME_S: '86400',
        },
      });
    }
  });

  test(
    'are bundled under the limit, with nothing left to install',
    () => {
      const { app } = synthesize({}, true);
      const folder = app.synth().directory;
      const bundles = readdirSync(folder)
        .map((name) => join(folder, name, 'index.mjs'))
        .filter((path) => existsSync(path))
        .map((path) => statSync(path).size);
      expect(bundles.length).toBeGreaterThanOrEqual(4);
      expect(Math.max(...bundles)).toBeLessThan(bundleBytesMax);
    },
    patienceMs,
  );
});

describe('the bucket of large bodies', () => {
  test('is closed, encrypted, kept, and lets go of what no message refers to any more', () => {
    const [bucket] = resources(it.service, 'AWS::S3::Bucket');
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 32, Status: 'Enabled' }] },
      },
    });
    expect(bucket?.Properties.BucketEncryption).toBeDefined();
  });

  test('outlives the messages of a longer lifetime too', () => {
    const environment = { REJOIN_DEFERRED_LIFETIME_S: 7_776_000 };
    const [bucket] = resources(synthesize({ environment }).service, 'AWS::S3::Bucket');
    expect(bucket?.Properties.LifecycleConfiguration).toMatchObject({
      Rules: [{ ExpirationInDays: 92 }],
    });
  });
});

describe('the service stack', () => {
  test('holds nothing that stand-ins for the cloud refuse or hang on', () => {
    const types = new Set(
      Object.values(it.service.toJSON().Resources as Record<string, { Type: string }>).map(
        ({ Type }) => Type,
      ),
    );
    const carried = ['DynamoDB', 'SQS', 'Lambda', 'IAM', 'Logs', 'Scheduler', 'S3', 'KMS'];
    for (const type of types) expect(carried).toContain(type.split('::')[1]);
  });

  test('names table, queues and bucket in its outputs', () => {
    const outputs = Object.keys(it.service.findOutputs('*'));
    expect(outputs).toEqual([
      ...['TableName', 'BodiesBucket', 'QueuePrefix', 'RegistrationQueue'],
      ...['ParticipationQueue', 'GroupQueue', 'CommandsQueue'],
    ]);
  });
});
