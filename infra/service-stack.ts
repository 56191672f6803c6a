/** The stack that decides and keeps. It deploys to any endpoint that speaks CloudFormation, so it holds the `Service` and nothing else. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Service } from './service.ts';
import type { DeploymentSettings } from './settings.ts';

export class ServiceStack extends Stack {
  readonly service: Service;

  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { readonly settings: DeploymentSettings },
  ) {
    super(scope, id, props);
    const { settings } = props;
    const { tableArn, keyArn } = settings;
    this.service = new Service(this, 'Service', {
      settings,
      ...(tableArn === null ? {} : { table: Table.fromTableArn(this, 'GivenTable', tableArn) }),
      ...(keyArn === null ? {} : { encryptionKey: Key.fromKeyArn(this, 'GivenKey', keyArn) }),
    });
    this.#tell();
  }

  /** What an edge elsewhere, or a script, has to know. */
  #tell(): void {
    const { table, bodies, names, queues } = this.service;
    const outputs = {
      TableName: table.tableName,
      BodiesBucket: bodies.bucketName,
      QueuePrefix: names.queuePrefix,
      RegistrationQueue: queues.registration.live.queueName,
      ParticipationQueue: queues.participation.live.queueName,
      GroupQueue: queues.group.live.queueName,
      CommandsQueue: queues.commands.live.queueName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
