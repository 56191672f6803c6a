import { beforeAll, describe, expect, test } from 'vitest';
import { drainMs } from '../../edge/runtime/limit.ts';
import { deregistrationS, stopTimeoutS } from '../../infra/limit.ts';
import { patienceMs, resources, type Synthesized, shown, synthesize } from './synth.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';

let it: Synthesized;
let open: Synthesized;

beforeAll(() => {
  it = synthesize();
  open = synthesize({ public: true, certificateArn });
}, patienceMs);

type Rule = {
  readonly CidrIp?: string;
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
};

/** Every way in from addresses, of every security group. */
function waysIn(made: Synthesized): readonly string[] {
  const own = resources(made.edge, 'AWS::EC2::SecurityGroup').flatMap(
    ({ Properties }) => (Properties.SecurityGroupIngress ?? []) as readonly Rule[],
  );
  const apart = resources(made.edge, 'AWS::EC2::SecurityGroupIngress').map(
    ({ Properties }) => Properties as unknown as Rule,
  );
  return [...own, ...apart]
    .filter(({ CidrIp }) => CidrIp !== undefined)
    .map(({ CidrIp, IpProtocol, FromPort, ToPort }) => {
      expect(ToPort).toBe(FromPort);
      return `${CidrIp} ${IpProtocol} ${FromPort}`;
    })
    .sort();
}

describe('what can be reached', () => {
  test('from the Internet is nothing, unless that is asked for', () => {
    const [balancer] = resources(it.edge, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer?.Properties).toMatchObject({ Scheme: 'internal', Type: 'network' });
    expect(waysIn(it)).toEqual([
      ...['10.42.0.0/16 tcp 2855', '10.42.0.0/16 tcp 443', '10.42.0.0/16 tcp 5060'],
      ...['10.42.0.0/16 tcp 8080', '10.42.0.0/16 udp 5060'],
    ]);
  });

  test('from the Internet is the load balancer with SIP, MSRP and HTTPS, and nothing else', () => {
    const [balancer] = resources(open.edge, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer?.Properties.Scheme).toBe('internet-facing');
    expect(waysIn(open).filter((way) => way.startsWith('0.0.0.0/0'))).toEqual([
      ...['0.0.0.0/0 tcp 2855', '0.0.0.0/0 tcp 2856', '0.0.0.0/0 tcp 443'],
      ...['0.0.0.0/0 tcp 5060', '0.0.0.0/0 tcp 5061', '0.0.0.0/0 udp 5060'],
    ]);
    const [service] = resources(open.edge, 'AWS::ECS::Service');
    expect(service?.Properties.NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' },
    });
  });

  test('is narrowed to the peers that are named', () => {
    const made = synthesize({ public: true, certificateArn, peerRanges: ['192.0.2.0/24'] });
    const ranges = new Set(waysIn(made).map((way) => way.split(' ')[0]));
    expect([...ranges].sort()).toEqual(['10.42.0.0/16', '192.0.2.0/24']);
  });

  test('over HTTP in clear is never public', () => {
    const made = synthesize({ public: true });
    expect(waysIn(made).filter((way) => /tcp (80|443|8080)$/.test(way))).toEqual([
      '10.42.0.0/16 tcp 443',
    ]);
  });
});

describe('the listeners', () => {
  const listenersOf = (made: Synthesized) =>
    resources(made.edge, 'AWS::ElasticLoadBalancingV2::Listener').map(
      ({ Properties }) => Properties,
    );

  test('carry SIP over UDP, TCP and TLS, MSRP over TCP and TLS, and HTTPS', () => {
    const ports = listenersOf(open).map(({ Port, Protocol }) => `${Port} ${Protocol}`);
    expect(ports.sort()).toEqual([
      ...['2855 TCP', '2856 TLS', '443 TLS', '5060 TCP_UDP', '5061 TLS'],
    ]);
  });

  test('of TLS have the certificate and refuse old versions', () => {
    const tls = listenersOf(open).filter(({ Protocol }) => Protocol === 'TLS');
    expect(tls).toHaveLength(3);
    for (const listener of tls) {
      expect(listener.Certificates).toEqual([{ CertificateArn: certificateArn }]);
      expect(listener.SslPolicy).toContain('TLS13-1-2');
    }
  });

  test('lead to edges that say they are ready, and keep the source address', () => {
    const groups = resources(open.edge, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(groups).toHaveLength(4);
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        HealthCheckProtocol: 'HTTP',
        HealthCheckPath: '/readyz',
        HealthCheckPort: '8080',
        TargetType: 'ip',
      });
      expect(Properties.TargetGroupAttributes).toContainEqual({
        Key: 'preserve_client_ip.enabled',
        Value: 'true',
      });
    }
  });

  test('are named in the DNS, with a certificate, where there is a hosted zone', () => {
    const made = synthesize({ hostedZoneId: 'Z123', domain: 'example.com', public: true });
    const records = resources(made.edge, 'AWS::Route53::RecordSet');
    expect(records.map(({ Properties }) => Properties.Name)).toEqual([
      ...['example.com.', '*.msrp.example.com.'],
    ]);
    expect(resources(made.edge, 'AWS::CertificateManager::Certificate')).toHaveLength(1);
    expect(listenersOf(made).filter(({ Protocol }) => Protocol === 'TLS')).toHaveLength(3);
  });
});

describe('the edges', () => {
  const taskOf = (made: Synthesized) => {
    const [task] = resources(made.edge, 'AWS::ECS::TaskDefinition');
    const [container] = task!.Properties.ContainerDefinitions as Record<string, unknown>[];
    return { task: task!.Properties, container: container! };
  };
  const environmentOf = (made: Synthesized) => {
    const list = taskOf(made).container.Environment as { Name: string; Value: unknown }[];
    return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
  };

  test('run on Arm, in two zones, with no more than they need', () => {
    const { task, container } = taskOf(it);
    expect(task).toMatchObject({
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      Cpu: '512',
      Memory: '1024',
    });
    expect(container.ReadonlyRootFilesystem).toBe(true);
    const zones = resources(it.edge, 'AWS::EC2::Subnet').map(
      (one) => one.Properties.AvailabilityZone,
    );
    expect(zones).toEqual(['us-east-1a', 'us-east-1b']);
  });

  test('tell clients of the load balancer for MSRP, by a name for each edge in a hosted zone [design 7]', () => {
    const shownFor = (made: Synthesized) => {
      const { REJOIN_MSRP_PUBLIC_HOST: host, REJOIN_MSRP_PUBLIC_PORT: port } = environmentOf(made);
      return `${shown(host)} ${port}`;
    };
    expect(shownFor(it)).toMatch(/^<\w*LoadBalancer\w*\.DNSName> 2855$/);
    const zone = { hostedZoneId: 'Z123', domain: 'example.com' };
    expect(shownFor(synthesize(zone))).toBe('*.msrp.example.com 2855');
    const environment = { REJOIN_MSRP_PUBLIC_HOST: '192.0.2.7' };
    const own = synthesize({ ...zone, environment });
    expect(shownFor(own)).toBe('192.0.2.7 undefined');
    expect(resources(own.edge, 'AWS::Route53::RecordSet')).toHaveLength(1);
  });

  test('are replaced one after another, new ones first, and back if that fails', () => {
    const [service] = resources(it.edge, 'AWS::ECS::Service');
    expect(service?.Properties).toMatchObject({
      DesiredCount: 2,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test('have time to drain before they are killed', () => {
    const { container } = taskOf(it);
    expect(container.StopTimeout).toBe(stopTimeoutS);
    expect(stopTimeoutS * 1000).toBeGreaterThan(drainMs);
    expect(stopTimeoutS).toBeLessThanOrEqual(120);
    const [group] = resources(it.edge, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(group?.Properties.TargetGroupAttributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: String(deregistrationS),
    });
  });

  test('are more or fewer with CPU and with sessions', () => {
    const [target] = resources(it.edge, 'AWS::ApplicationAutoScaling::ScalableTarget');
    expect(target?.Properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 });
    const policies = resources(it.edge, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
      ({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration,
    );
    expect(policies).toEqual([
      expect.objectContaining({
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      }),
      expect.objectContaining({
        TargetValue: 2000,
        CustomizedMetricSpecification: expect.objectContaining({
          MetricName: 'Sessions',
          Namespace: 'Rejoin',
          Statistic: 'Average',
        }),
      }),
    ]);
  });

  test('are told what they work on, and get what is secret from the secrets', () => {
    expect(environmentOf(synthesize({ trustedPeers: '192.0.2.1,192.0.2.2' }))).toEqual({
      REJOIN_MSRP_PUBLIC_HOST: expect.anything(),
      REJOIN_MSRP_PUBLIC_PORT: '2855',
      REJOIN_STORE: 'aws:',
      REJOIN_AWS_TABLE: 'rejoin',
      REJOIN_AWS_QUEUE_PREFIX: 'rejoin-',
      REJOIN_AWS_BODIES_BUCKET: expect.anything(),
      REJOIN_DOMAIN: 'rejoin.test',
      REJOIN_NETWORK: 'registrar',
      REJOIN_SIP_PORT: '5060',
      REJOIN_MSRP_PORT: '2855',
      REJOIN_HTTP_PORT: '8080',
      REJOIN_TRUSTED_PEERS: '192.0.2.1,192.0.2.2',
    });
    const secretsOf = (made: Synthesized) =>
      (taskOf(made).container.Secrets as { Name: string }[]).map(({ Name }) => Name);
    expect(secretsOf(it)).toEqual(['REJOIN_ADMIN_TOKEN', 'USERS_JSON']);
    expect(secretsOf(synthesize({ network: 'ims' }))).toEqual(['REJOIN_ADMIN_TOKEN']);
  });

  test('are of the image that is named, or of one that is built at the deployment', () => {
    expect(shown(taskOf(it).container.Image)).toContain('cdk-hnb659fds-container-assets');
    const named = synthesize({ image: 'registry.example/rejoin:1' });
    expect(taskOf(named).container.Image).toBe('registry.example/rejoin:1');
    const image = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/rejoin:7';
    expect(shown(taskOf(synthesize({ image })).container.Image)).toContain('/team/rejoin:7');
  });
});

describe('the network', () => {
  test('is cut off from the Internet, and reaches AWS over endpoints', () => {
    expect(resources(it.edge, 'AWS::EC2::InternetGateway')).toEqual([]);
    expect(resources(it.edge, 'AWS::EC2::VPCEndpoint')).toHaveLength(7);
  });

  test('has a way out where one is asked for, and then no endpoints that cost', () => {
    const made = synthesize({ natGateways: 2 });
    expect(resources(made.edge, 'AWS::EC2::NatGateway')).toHaveLength(2);
    expect(resources(made.edge, 'AWS::EC2::VPCEndpoint')).toHaveLength(2);
  });

  test('is not made where one was brought along', () => {
    const made = synthesize({
      vpcId: 'vpc-1',
      zones: 'us-east-1a,us-east-1b',
      edgeSubnetIds: 'subnet-1,subnet-2',
      balancerSubnetIds: 'subnet-3,subnet-4',
    });
    expect(resources(made.edge, 'AWS::EC2::VPC')).toEqual([]);
    const [service] = resources(made.edge, 'AWS::ECS::Service');
    expect(service?.Properties.NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { Subnets: ['subnet-1', 'subnet-2'] },
    });
    const [balancer] = resources(made.edge, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer?.Properties.Subnets).toEqual(['subnet-3', 'subnet-4']);
  });
});
