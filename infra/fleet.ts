/**
 * The edges: one Fargate service over the zones, on Arm. A deployment starts new edges before old ones are asked to drain; how many there
 * are follows CPU and sessions. Their container is in `edge-task.ts`, what they may do in the cloud in `grants.ts`.
 */
import { Duration } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  Cluster,
  type ContainerDefinition,
  ContainerInsights,
  FargatePlatformVersion,
  FargateService,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { makeTask, type TaskOptions } from './edge-task.ts';
import * as limit from './limit.ts';
import { ownMetric } from './metric.ts';
import { accept } from './nag.ts';
import type { Network } from './network.ts';
import { edgePort } from './port.ts';

export type FleetProps = TaskOptions & { readonly network: Network };

export class Fleet extends Construct {
  readonly service: FargateService;
  /** The container that takes the traffic. */
  readonly container: string;
  readonly #definition: ContainerDefinition;
  readonly #props: FleetProps;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    this.#props = props;
    const { task, container } = makeTask(this, props);
    this.container = container.containerName;
    this.#definition = container;
    this.service = new FargateService(this, 'Service', {
      cluster: this.#cluster() as ICluster,
      taskDefinition: task,
      platformVersion: FargatePlatformVersion.LATEST,
      desiredCount: props.settings.edgesMin,
      vpcSubnets: { subnets: [...props.network.edgeSubnets] },
      securityGroups: [this.#guard()],
      assignPublicIp: false,
      // New edges first: none of the old ones drains before others can take its sessions.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(limit.healthGraceS),
      // Moving an edge for balance alone would cut sessions.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.DISABLED,
      enableExecuteCommand: false,
    });
    this.#scale();
  }

  /** Sets what is known only once there is more than the edges. */
  tell(environment: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(environment)) {
      this.#definition.addEnvironment(name, value);
    }
  }

  #cluster(): Cluster {
    const cluster = new Cluster(this, 'Cluster', {
      vpc: this.#props.network.vpc,
      clusterName: this.#props.settings.name,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    accept(
      cluster,
      'ECS4',
      'The edges count for themselves what the alarms look at; Insights would charge for each task.',
    );
    return cluster;
  }

  /** In: the load balancer, which opens its own way, and other edges. Out: anywhere the network leads. */
  #guard(): SecurityGroup {
    const guard = new SecurityGroup(this, 'Guard', {
      vpc: this.#props.network.vpc,
      description: 'Who may reach the edges',
      allowAllOutbound: true,
    });
    // Requests and connections for the dialog of another edge are forwarded to it.
    for (const port of [edgePort.sip, edgePort.msrp]) {
      guard.addIngressRule(guard, Port.tcp(port), 'Between edges');
    }
    return guard;
  }

  #scale(): void {
    const { settings, names } = this.#props;
    const scaling = this.service.autoScaleTaskCount({
      minCapacity: settings.edgesMin,
      maxCapacity: settings.edgesMax,
    });
    const cooldowns = {
      scaleOutCooldown: Duration.seconds(limit.scaleOutCooldownS),
      scaleInCooldown: Duration.seconds(limit.scaleInCooldownS),
    };
    scaling.scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: limit.cpuTargetPercent,
      ...cooldowns,
    });
    scaling.scaleToTrackCustomMetric('Sessions', {
      metric: ownMetric(names, 'Sessions', 'Average'),
      targetValue: settings.sessionsPerEdge,
      ...cooldowns,
    });
  }
}
