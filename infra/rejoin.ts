/**
 * The whole product as one construct, to put into a stack of your own: bring network, table, key, certificate and hosted zone along, or
 * have them made. Our own app puts the two halves into two stacks instead (`service-stack.ts`, `edge-stack.ts`).
 */
import { Stack, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { Edge } from './edge.ts';
import { Service } from './service.ts';
import { contextPrefix, type DeploymentSettings, readDeployment } from './settings.ts';

export type RejoinProps = {
  /** Settings that differ from their defaults, by their names without the prefix. */
  readonly settings?: Partial<DeploymentSettings>;
  readonly vpc?: IVpc;
  readonly table?: ITable;
  readonly encryptionKey?: IKey;
  readonly certificate?: ICertificate;
  readonly hostedZone?: IHostedZone;
};

export class Rejoin extends Construct {
  readonly service: Service;
  readonly edge: Edge;

  constructor(scope: Construct, id: string, props: RejoinProps = {}) {
    super(scope, id);
    const { vpc, table, encryptionKey, certificate, hostedZone } = props;
    const settings = settingsOf({ ...regionOf(this), ...props.settings });
    this.service = new Service(this, 'Service', {
      settings,
      ...(table === undefined ? {} : { table }),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    this.edge = new Edge(this, 'Edge', {
      settings,
      resources: this.service.resources,
      ...(vpc === undefined ? {} : { vpc }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(hostedZone === undefined ? {} : { hostedZone }),
    });
    // Edges that start before their queues are there would only fail and start again.
    this.edge.fleet.service.node.addDependency(this.service);
  }
}

/** That of the stack, if it is known already; its zones follow from it. */
function regionOf(scope: Construct): Partial<DeploymentSettings> {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? {} : { region };
}

function settingsOf(given: Partial<DeploymentSettings>): DeploymentSettings {
  const context = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [contextPrefix + name, value]),
  );
  const read = readDeployment(context);
  if (read.kind === 'refused') throw new Error(read.problems.join('\n'));
  return read.settings;
}
