/**
 * Who may do what. Every grant is written out here, action by action: the ready-made ones of CDK give more than a handler needs, and
 * what a reviewer wants to see at once would be spread over many files.
 */
import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
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
const writeItems = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'];
const send = ['sqs:SendMessage', 'sqs:GetQueueUrl'];
const take = [
  ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
  ...['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
];
/** Of the partition that holds the edges' heartbeats; the only items that an edge writes. */
const edgesPartition = 'edges';

/** Keeps registrations and wakes the participations of a user who is back. */
export function grantRegistration(to: IGrantable, on: Resources): void {
  allow(to, [...readItems, ...writeItems], tableArns(on));
  allow(to, send, [arnOf(on, on.names.queues.participation.live), deadOf(on, 'registration')]);
  grantKey(to, on);
}

/** Decides, keeps messages, commands any edge. */
export function grantParticipation(to: IGrantable, on: Resources): void {
  allow(to, [...readItems, ...writeItems], tableArns(on));
  allow(to, send, [...commandArns(on), deadOf(on, 'participation')]);
  allow(to, ['s3:DeleteObject'], [on.bodies.arnForObjects('*')]);
  grantKey(to, on);
}

/** Keeps the groups of our own focus. */
export function grantGroup(to: IGrantable, on: Resources): void {
  allow(to, [...readItems, ...writeItems], tableArns(on));
  allow(to, send, [deadOf(on, 'group')]);
  grantKey(to, on);
}

/** Looks at everything, writes only what it finds about edges, and tells their participations. */
export function grantSweep(to: IGrantable, on: Resources): void {
  allow(to, [...readItems, 'dynamodb:Scan'], tableArns(on));
  allowEdgeItems(to, on);
  allow(to, send, [arnOf(on, on.names.queues.participation.live)]);
  const edgeQueues = [edgeQueueArn(on)];
  allow(to, ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:DeleteQueue'], edgeQueues);
  grantKey(to, on);
}

/** Reads the table, reports into the queues, takes commands; makes and removes command queues of its own. */
export function grantEdge(to: IGrantable, on: Resources): void {
  const { queues } = on.names;
  allow(to, readItems, tableArns(on));
  allowEdgeItems(to, on);
  const reported = [queues.registration, queues.participation, queues.group];
  allow(
    to,
    send,
    reported.map(({ live }) => arnOf(on, live)),
  );
  allow(to, take, commandArns(on));
  allow(to, ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:TagQueue'], [edgeQueueArn(on)]);
  grantOperator(to, on, Object.values(queues));
  allow(to, ['s3:GetObject', 's3:PutObject'], [on.bodies.arnForObjects('*')]);
  grantKey(to, on);
}

/** What the operator's tool asks of an edge: how deep queues are, and to send dead letters back or drop them. */
function grantOperator(to: IGrantable, on: Resources, queues: readonly QueueNames[]): void {
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

function allowEdgeItems(to: IGrantable, on: Resources): void {
  policyOf(to).addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [on.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${edgesPartition}*`] } },
    }),
  );
}

/** The key's own policy lets the account's roles use it as far as their policies do. */
function grantKey(to: IGrantable, { key }: Resources): void {
  if (key === undefined) return;
  allow(to, ['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
}

function allow(to: IGrantable, actions: readonly string[], resources: readonly string[]): void {
  const statement = new PolicyStatement({ actions: [...actions], resources: [...resources] });
  policyOf(to).addToPrincipalPolicy(statement);
}

function policyOf(to: IGrantable): IPrincipal {
  return to.grantPrincipal;
}

function tableArns({ table }: Resources): readonly string[] {
  return [table.tableArn, `${table.tableArn}/index/*`];
}

/** The shared queue of commands, and those of all edges. */
function commandArns(on: Resources): readonly string[] {
  return [arnOf(on, on.names.queues.commands.live), edgeQueueArn(on)];
}

function edgeQueueArn(on: Resources): string {
  return arnOf(on, on.names.edgeQueues);
}

function deadOf(on: Resources, queue: keyof Names['queues']): string {
  return arnOf(on, on.names.queues[queue].dead);
}

function arnOf({ scope }: Resources, queue: string): string {
  return Stack.of(scope).formatArn({ service: 'sqs', resource: queue });
}
