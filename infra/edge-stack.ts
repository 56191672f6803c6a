/** The stack that speaks SIP and MSRP. It is taken down and put up again without touching what is kept. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bodiesName } from './bodies.ts';
import { Edge } from './edge.ts';
import type { Resources } from './grants.ts';
import { zonesOf } from './network.ts';
import type { Service } from './service.ts';
import type { ServiceStack } from './service-stack.ts';
import type { DeploymentSettings } from './settings.ts';

export type EdgeStackProps = StackProps & {
  readonly settings: DeploymentSettings;
  readonly serviceStack: ServiceStack;
};

export class EdgeStack extends Stack {
  readonly edge: Edge;
  readonly #settings: DeploymentSettings;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { settings, serviceStack } = props;
    this.#settings = settings;
    this.addStackDependency(serviceStack);
    const resources = this.#resourcesOf(serviceStack.service);
    this.edge = new Edge(this, 'Edge', { settings, resources });
    const { balancer, idleCost } = this.edge;
    new CfnOutput(this, 'Address', { value: balancer.balancer.loadBalancerDnsName });
    const parts = Object.entries(idleCost.parts).map(([name, part]) => `${name} ${part}`);
    new CfnOutput(this, 'IdleMonthUsd', {
      value: String(idleCost.dollars),
      description: `An idle month at list prices: ${parts.join(', ')}`,
    });
  }

  /** By name: exports between the stacks would chain each of them to what the other was. */
  #resourcesOf({ names, encryptionKey: key }: Service): Resources {
    const { tableArn } = this.#settings;
    const table =
      tableArn === null
        ? Table.fromTableName(this, 'Table', names.table)
        : Table.fromTableArn(this, 'Table', tableArn);
    const bodies = Bucket.fromBucketName(this, 'Bodies', bodiesName(this, names));
    return { scope: this, names, table, bodies, key };
  }

  /** From the settings, so that no account is asked at synthesis. */
  override get availabilityZones(): string[] {
    return [...zonesOf(this.#settings)];
  }
}
