/** The stack that speaks SIP and MSRP. It is taken down and put up again without touching what is kept. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Edge } from './edge.ts';
import { zonesOf } from './network.ts';
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
    this.addDependency(serviceStack);
    const resources = { ...serviceStack.service.resources, scope: this };
    this.edge = new Edge(this, 'Edge', { settings, resources });
  }

  /** From the settings, so that no account is asked at synthesis. */
  override get availabilityZones(): string[] {
    return [...zonesOf(this.#settings)];
  }
}
