/**
 * The network of the edges, if none is brought along: two zones or more, the load balancer's subnets and the edges'. The edges have no
 * address on the Internet. What they need of AWS they reach over endpoints, or over NAT gateways if the settings ask for these.
 */

import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { zonesDefault } from './limit.ts';
import type { DeploymentSettings } from './settings.ts';

const namedZones = 'The zones are settings, so that the templates can be made without an account.';

export type Network = {
  readonly vpc: IVpc;
  readonly edgeSubnets: readonly ISubnet[];
  readonly balancerSubnets: readonly ISubnet[];
};

/** What the edges call, besides DynamoDB and S3, whose endpoints cost nothing. */
const endpoints = {
  Sqs: InterfaceVpcEndpointAwsService.SQS,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Registry: InterfaceVpcEndpointAwsService.ECR,
  Images: InterfaceVpcEndpointAwsService.ECR_DOCKER,
} as const;

export const interfaceEndpoints = Object.keys(endpoints).length;

/** The zones that are named, or the first of the region: known without asking an account. */
export function zonesOf({ zones, region }: DeploymentSettings): readonly string[] {
  const letters = 'abc'.slice(0, zonesDefault);
  return zones.length > 0 ? zones : [...letters].map((letter) => region + letter);
}

/** The network that the settings name. */
export function importNetwork(scope: Construct, settings: DeploymentSettings): Network | undefined {
  const { vpcId, zones, vpcRange, edgeSubnetIds, balancerSubnetIds } = settings;
  if (vpcId === null) return undefined;
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId,
    vpcCidrBlock: vpcRange,
    availabilityZones: [...zones],
  });
  const subnets = (id: string, ids: readonly string[]) =>
    ids.map((subnetId, index) =>
      Subnet.fromSubnetAttributes(scope, `${id}${index}`, {
        subnetId,
        availabilityZone: zones[index] ?? '',
      }),
    );
  return {
    vpc,
    edgeSubnets: subnets('EdgeSubnet', edgeSubnetIds),
    balancerSubnets: subnets('BalancerSubnet', balancerSubnetIds),
  };
}

/** What an own VPC offers: its private subnets for the edges, public ones for a public load balancer. */
export function networkOf(vpc: IVpc, isPublic: boolean): Network {
  const inside = vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets;
  return { vpc, edgeSubnets: inside, balancerSubnets: isPublic ? vpc.publicSubnets : inside };
}

/** Makes a network. */
export function makeNetwork(scope: Construct, settings: DeploymentSettings): Network {
  const { natGateways, vpcRange, logDays, name } = settings;
  const hasNat = natGateways > 0;
  const needsPublic = settings.public || hasNat;
  const vpc = new Vpc(scope, 'Vpc', {
    vpcName: name,
    ipAddresses: IpAddresses.cidr(vpcRange),
    availabilityZones: [...zonesOf(settings)],
    natGateways,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      ...(needsPublic
        ? [
            {
              name: 'balancer',
              subnetType: SubnetType.PUBLIC,
              cidrMask: 24,
              mapPublicIpOnLaunch: false,
            },
          ]
        : []),
      {
        name: 'edge',
        subnetType: hasNat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
        cidrMask: 20,
      },
    ],
  }) as IVpc;
  vpc.addGatewayEndpoint('Dynamo', { service: GatewayVpcEndpointAwsService.DYNAMODB });
  vpc.addGatewayEndpoint('Objects', { service: GatewayVpcEndpointAwsService.S3 });
  // The zones come from the settings, so that no account is asked at synthesis.
  Validations.of(vpc).acknowledge({ id: 'CloudFormation-Validate::W3010', reason: namedZones });
  if (!hasNat) {
    const guard = new SecurityGroup(scope, 'EndpointGuard', {
      vpc,
      description: 'Who may reach the endpoints of AWS',
      allowAllOutbound: false,
    });
    guard.addIngressRule(Peer.ipv4(vpcRange), Port.HTTPS);
    for (const [id, service] of Object.entries(endpoints)) {
      vpc.addInterfaceEndpoint(id, { service, open: false, securityGroups: [guard] });
    }
  }
  const flows = new LogGroup(scope, 'Flows', { retention: logDays });
  vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(flows) });
  return networkOf(vpc, settings.public);
}
