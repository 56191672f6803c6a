/** The stack that decides and keeps. It deploys to any endpoint that speaks CloudFormation, so it holds the `Service` and nothing else. */
import { Stack, type StackProps } from 'aws-cdk-lib';
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
  }
}
