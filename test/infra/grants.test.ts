import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { patienceMs, resources, type Synthesized, shown, synthesize } from './synth.ts';

let it: Synthesized;

beforeAll(() => {
  it = synthesize();
}, patienceMs);

type Statement = {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** What the role with this part in its name may do: a line for each action and resource, short names for ours. */
function permissions(template: Template, role: string): readonly string[] {
  const policies = resources(template, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties.Roles).includes(role),
  );
  const statements = policies.flatMap(
    ({ Properties }) =>
      (Properties.PolicyDocument as { Statement: readonly Statement[] }).Statement,
  );
  return [...new Set(statements.flatMap(linesOf))].sort();
}

function linesOf({ Action, Resource, Condition }: Statement): readonly string[] {
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  const targets = (Array.isArray(Resource) ? Resource : [Resource]).map((one) =>
    shortOf(shown(one)),
  );
  return [Action]
    .flat()
    .flatMap((action) => targets.map((target) => `${action} ${target}${condition}`));
}

function shortOf(arn: string): string {
  if (/Log[0-9A-F]{8}\.Arn/.test(arn)) return 'its log';
  return arn
    .replace(/^.*:sqs:us-east-1:<AWS::AccountId>:rejoin-/, 'queue ')
    .replace(/^<ServiceTable.*\.Arn>|^.*:table\/rejoin/, 'table')
    .replace(
      /^<Service(\w+)Queue[0-9A-F]{8}\.Arn>/,
      (_, name: string) => `queue ${name.toLowerCase()}.fifo`,
    )
    .replace(/^<ServiceBodies.*\.Arn>|^.*:s3:::rejoin-bodies-[^/]*/, 'bodies');
}

/** The permissions that every function has: its log, its traces. */
const ofEveryFunction = [
  ...['logs:CreateLogStream its log', 'logs:PutLogEvents its log'],
  ...['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'],
];

/** Taking from a queue. */
function taking(queue: string): readonly string[] {
  const actions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];
  return [...actions, 'GetQueueAttributes', 'GetQueueUrl'].map(
    (action) => `sqs:${action} queue ${queue}`,
  );
}

/** Putting into a queue. */
function sending(queue: string): readonly string[] {
  return [`sqs:SendMessage queue ${queue}`, `sqs:GetQueueUrl queue ${queue}`];
}

const reading = ['dynamodb:GetItem table', 'dynamodb:Query table'];
/** Writing to some partitions of the table. */
function writing(actions: readonly string[], ...keys: readonly string[]): readonly string[] {
  const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } };
  return actions.map((action) => `dynamodb:${action} table if ${JSON.stringify(condition)}`);
}

const writingEdges = writing(['PutItem', 'DeleteItem'], 'edges');
const findingOwned = 'dynamodb:Query table/index/owner';
const edgeQueues = 'commands-edge-*.fifo';

function sorted(...lines: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lines.flat())].sort();
}

describe('what each function may do is what its handler does, and no more', () => {
  test('the one behind the registrations wakes participations', () => {
    expect(permissions(it.service, 'RegistrationRole')).toEqual(
      sorted(
        ...[ofEveryFunction, reading, writing(['PutItem'], 'user#*'), taking('registration.fifo')],
        ...[sending('participation.fifo'), sending('registration-dead.fifo')],
      ),
    );
  });

  test('the one behind the participations commands edges, and keeps and removes bodies', () => {
    expect(permissions(it.service, 'ParticipationRole')).toEqual(
      sorted(
        ...[ofEveryFunction, reading, taking('participation.fifo')],
        ...[
          writing(['PutItem'], 'user#*', 'segments#*'),
          writing(['BatchWriteItem'], 'segments#*'),
        ],
        ...[sending('commands.fifo'), sending(edgeQueues), sending('participation-dead.fifo')],
        ['s3:DeleteObject bodies/*', 's3:GetObject bodies/*', 's3:PutObject bodies/*'],
        ['s3:ListBucket bodies'],
      ),
    );
  });

  test('the one behind the groups tells nobody', () => {
    expect(permissions(it.service, 'GroupRole')).toEqual(
      sorted(
        ...[ofEveryFunction, taking('group.fifo'), sending('group-dead.fifo')],
        ...[['dynamodb:GetItem table'], writing(['PutItem'], 'group#*', 'identity#*')],
      ),
    );
  });

  test('the sweep reads, and writes what it finds about edges alone', () => {
    const actions = ['DeleteQueue', 'GetQueueAttributes', 'GetQueueUrl'];
    expect(permissions(it.service, 'SweepRole')).toEqual(
      sorted(
        ...[ofEveryFunction, reading, [findingOwned], writingEdges, sending('participation.fifo')],
        actions.map((action) => `sqs:${action} queue ${edgeQueues}`),
      ),
    );
  });

  test('the one about dead letters takes these and sends them back', () => {
    const queues = ['registration', 'participation', 'group', 'commands'];
    expect(permissions(it.service, 'DeadletterRole')).toEqual(
      sorted(
        ofEveryFunction,
        queues.flatMap((queue) => taking(`${queue}-dead.fifo`)),
        queues.flatMap((queue) => sending(`${queue}.fifo`)),
      ),
    );
  });

  test('the schedule calls the sweep alone', () => {
    for (const line of permissions(it.service, 'SweepCaller')) {
      expect(line).toMatch(/^lambda:InvokeFunction <ServiceSweepFunction\w+\.Arn>(:\*)?$/);
    }
  });
});

describe('what an edge may do', () => {
  const lines = () => permissions(it.edge, 'TaskRole');

  test('in the table is to read, to write its heartbeat, and to take epochs', () => {
    const table = lines().filter((line) => line.startsWith('dynamodb'));
    const writingEpochs = writing(['PutItem'], 'epoch#*');
    expect(table).toEqual(
      sorted(reading, [findingOwned, 'dynamodb:Scan table'], writingEdges, writingEpochs),
    );
  });

  test('in the queues is to report, to take commands, to look, and to deal with dead letters', () => {
    const reported = ['registration.fifo', 'participation.fifo', 'group.fifo'];
    const dead = ['registration', 'participation', 'group', 'commands'].map(
      (one) => `${one}-dead.fifo`,
    );
    const looking = reported.map((queue) => `sqs:GetQueueAttributes queue ${queue}`);
    const own = ['CreateQueue', 'DeleteQueue', 'TagQueue'];
    expect(lines().filter((line) => line.startsWith('sqs'))).toEqual(
      sorted(
        ...[reported.flatMap(sending), looking, dead.flatMap(taking)],
        ...[taking('commands.fifo'), sending('commands.fifo'), taking(edgeQueues)],
        own.map((action) => `sqs:${action} queue ${edgeQueues}`),
        ['sqs:ListQueues *'],
      ),
    );
  });

  test('in the bucket is to read bodies', () => {
    expect(lines().filter((line) => line.startsWith('s3'))).toEqual([
      's3:GetObject bodies/*',
      's3:ListBucket bodies',
    ]);
  });
});

describe('all roles together', () => {
  test('have no managed policy and no action with a wildcard', () => {
    for (const template of [it.service, it.edge]) {
      for (const { Properties } of resources(template, 'AWS::IAM::Role')) {
        expect(Properties.ManagedPolicyArns).toBeUndefined();
      }
      for (const line of permissions(template, '')) expect(line.split(' ')[0]).not.toContain('*');
    }
  });

  test('use the key that encrypts, and nothing else of it', () => {
    const made = synthesize({ ownKey: true });
    for (const [template, role] of [
      [made.service, 'ParticipationRole'],
      [made.edge, 'TaskRole'],
    ] as const) {
      const lines = permissions(template, role).filter((line) => line.startsWith('kms'));
      expect(lines.map((line) => line.split(' ')[0])).toEqual([
        'kms:Decrypt',
        'kms:GenerateDataKey',
      ]);
    }
  });
});
