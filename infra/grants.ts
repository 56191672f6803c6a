/**
 * Who may do what. Every grant is written out here, action by action: the ready-made ones of CDK give more than a handler needs, and
 * what a reviewer wants to see at once would be spread over many files.
 */
import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ownerIndex as ownerIndexName } from '../shared/dynamodb/shape.ts';
import { acceptWildcard } from './nag.ts';
import type { Names, QueueNames } from './names.ts';

/** What is granted on. */
export type Resources = {
  readonly scope: Construct;
  readonly names: Names;
  readonly table: ITable;
  readonly bodies: IBucket;
  readonly key: IKey | undefined;
};

const readItems = ['dynamodb:GetItem', 'dynamodb:Query'];
const send = ['sqs:SendMessage', 'sqs:GetQueueUrl'];
const take = [
  ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
  ...['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
];
/** The partitions of items, as the keys of `shared/core/key.ts` and `shared/dynamodb/shape.ts` begin. */
const partitions = {
  users: 'user#*',
  groups: 'group#*',
  identities: 'identity#*',
  segments: 'segments#*',
  epochs: 'epoch#*',
};
/** The partition of the edges' heartbeats. */
const edgesPartition = 'edges';

/** Keeps registrations and wakes the participations of a user who is back. */
export function grantRegistration(to: IRole, on: Resources): void {
  allow(to, readItems, [on.table.tableArn]);
  allowItems(to, on, { actions: ['dynamodb:PutItem'], keys: [partitions.users] });
  allow(to, send, [arnOf(on, on.names.queues.participation.live), deadOf(on, 'registration')]);
  grantKey(to, on);
}

/** Decides, keeps messages, commands any edge. */
export function grantParticipation(to: IRole, on: Resources): void {
  allow(to, readItems, [on.table.tableArn]);
  const keys = [partitions.users, partitions.segments];
  allowItems(to, on, { actions: ['dynamodb:PutItem'], keys });
  allowItems(to, on, { actions: ['dynamodb:BatchWriteItem'], keys: [partitions.segments] });
  const { commands } = on.names.queues;
  allow(to, send, [arnOf(on, commands.live), deadOf(on, 'participation')]);
  allowEdgeQueues(to, on, send);
  allowBodies(to, on, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
  grantKey(to, on);
}

/** Keeps the groups of our own focus. */
export function grantGroup(to: IRole, on: Resources): void {
  allow(to, ['dynamodb:GetItem'], [on.table.tableArn]);
  const keys = [partitions.groups, partitions.identities];
  allowItems(to, on, { actions: ['dynamodb:PutItem'], keys });
  allow(to, send, [deadOf(on, 'group')]);
  grantKey(to, on);
}

/** Looks at everything, writes only what it finds about edges, and tells their participations. */
export function grantSweep(to: IRole, on: Resources): void {
  allow(to, readItems, [on.table.tableArn]);
  allow(to, ['dynamodb:Query'], [ownerIndex(on)]);
  allowEdgeItems(to, on);
  allow(to, send, [arnOf(on, on.names.queues.participation.live)]);
  allowEdgeQueues(to, on, ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:DeleteQueue']);
  grantKey(to, on);
}

/** Sends dead letters of every queue back to it. */
export function grantDeadLetter(to: IRole, on: Resources): void {
  const queues = Object.values(on.names.queues);
  allow(
    to,
    take,
    queues.map(({ dead }) => arnOf(on, dead)),
  );
  allow(
    to,
    send,
    queues.map(({ live }) => arnOf(on, live)),
  );
  grantKey(to, on);
}

/** Reads the table, reports into the queues, takes commands; makes and removes command queues of its own. */
export function grantEdge(to: IRole, on: Resources): void {
  const { queues } = on.names;
  allow(to, readItems, [on.table.tableArn]);
  allow(to, ['dynamodb:Query'], [ownerIndex(on)]);
  allowEdgeItems(to, on);
  allowItems(to, on, { actions: ['dynamodb:PutItem'], keys: [partitions.epochs] });
  const reported = [queues.registration, queues.participation, queues.group];
  allow(
    to,
    send,
    reported.map(({ live }) => arnOf(on, live)),
  );
  allow(to, take, [arnOf(on, queues.commands.live)]);
  allowEdgeQueues(to, on, [...take, 'sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:TagQueue']);
  grantOperator(to, on, Object.values(queues));
  allowBodies(to, on, ['s3:GetObject']);
  grantKey(to, on);
}

/** What the operator's tool asks of an edge: which groups and queues there are, how deep, and to send dead letters back or drop them. */
function grantOperator(to: IRole, on: Resources, queues: readonly QueueNames[]): void {
  allow(to, ['dynamodb:Scan'], [on.table.tableArn]);
  allow(to, ['sqs:ListQueues'], ['*']);
  acceptWildcard(to, '*', 'Names of queues can be listed for the whole account only.');
  const depth = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
  allow(
    to,
    depth,
    queues.map(({ live }) => arnOf(on, live)),
  );
  allow(
    to,
    take,
    queues.map(({ dead }) => arnOf(on, dead)),
  );
  allow(to, ['sqs:SendMessage'], [arnOf(on, on.names.queues.commands.live)]);
}

type Items = { readonly actions: readonly string[]; readonly keys: readonly string[] };

/** Actions on items of some partitions alone. */
function allowItems(to: IRole, { table }: Resources, { actions, keys }: Items): void {
  to.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [...actions],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...keys] } },
    }),
  );
}

function allowEdgeItems(to: IRole, on: Resources): void {
  const actions = ['dynamodb:PutItem', 'dynamodb:DeleteItem'];
  allowItems(to, on, { actions, keys: [edgesPartition] });
}

/** The key's own policy lets the account's roles use it as far as their policies do. */
function grantKey(to: IRole, { key }: Resources): void {
  if (key === undefined) return;
  allow(to, ['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
}

function allow(to: IRole, actions: readonly string[], resources: readonly string[]): void {
  to.addToPrincipalPolicy(
    new PolicyStatement({ actions: [...actions], resources: [...resources] }),
  );
}

/** Finds what an edge owns. */
function ownerIndex({ table }: Resources): string {
  return `${table.tableArn}/index/${ownerIndexName}`;
}

/** The queues that edges make for their own commands. */
function allowEdgeQueues(to: IRole, on: Resources, actions: readonly string[]): void {
  const arn = arnOf(on, on.names.edgeQueues);
  allow(to, actions, [arn]);
  acceptWildcard(to, arn, 'Edges name their own queues as they come and go; the prefix is ours.');
}

function allowBodies(to: IRole, { bodies }: Resources, actions: readonly string[]): void {
  const arn = bodies.arnForObjects('*');
  allow(to, actions, [arn]);
  // Without it S3 doesn't say of a body whether it is missing or forbidden.
  allow(to, ['s3:ListBucket'], [bodies.bucketArn]);
  acceptWildcard(to, arn, 'The names of bodies are digests; the bucket holds nothing else.');
}

function deadOf(on: Resources, queue: keyof Names['queues']): string {
  return arnOf(on, on.names.queues[queue].dead);
}

function arnOf({ scope }: Resources, queue: string): string {
  return Stack.of(scope).formatArn({ service: 'sqs', resource: queue });
}
