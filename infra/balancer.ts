/**
 * The one thing that others can reach: a network load balancer with SIP over UDP, TCP and TLS, MSRP over TCP and TLS, and HTTP with
 * WebSockets. TLS ends here. Which addresses get through is said by its security group. The source address of every packet is
 * kept, because the edge's trust in a peer hangs on it.
 */
import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Protocol as ContainerProtocol } from 'aws-cdk-lib/aws-ecs';
import {
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { deregistrationS, healthEveryS, healthyAfter, unhealthyAfter } from './limit.ts';
import { accept } from './nag.ts';
import type { Network } from './network.ts';
import { edgePort, publicPort } from './port.ts';
import type { DeploymentSettings } from './settings.ts';

export type BalancerProps = {
  readonly settings: DeploymentSettings;
  readonly network: Network;
  readonly certificate: ICertificate | undefined;
  readonly service: FargateService;
  readonly container: string;
};

const openToAll =
  'Clients on the Internet have no addresses that could be named; the ports are those of SIP, MSRP and HTTPS.';

type Target = {
  readonly id: string;
  readonly protocol: Protocol;
  readonly port: number;
};

type Listener = {
  readonly port: number;
  readonly protocol: Protocol;
  readonly group: NetworkTargetGroup;
};

export class Balancer extends Construct {
  readonly balancer: NetworkLoadBalancer;
  readonly #props: BalancerProps;

  constructor(scope: Construct, id: string, props: BalancerProps) {
    super(scope, id);
    this.#props = props;
    const { network, settings, certificate } = props;
    const guard = this.#guard();
    this.balancer = new NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.balancerSubnets] },
      internetFacing: settings.public,
      crossZoneEnabled: true,
      deletionProtection: settings.retain,
      securityGroups: [guard],
    });
    accept(
      this.balancer,
      'ELB2',
      'Its access log knows TLS connections only; the flow log and the edges see all of them.',
    );
    const sip = this.#group({ id: 'Sip', protocol: Protocol.TCP_UDP, port: edgePort.sip });
    const msrp = this.#group({ id: 'Msrp', protocol: Protocol.TCP, port: edgePort.msrp });
    const listeners: Listener[] = [
      { port: publicPort.sip, protocol: Protocol.TCP_UDP, group: sip },
      { port: publicPort.msrp, protocol: Protocol.TCP, group: msrp },
    ];
    if (certificate !== undefined) listeners.push(...this.#tlsListeners(msrp));
    else if (!settings.public) listeners.push(this.#clearHttp());
    for (const listener of listeners) this.#listen(listener);
    this.#open(guard, listeners);
  }

  /** Nothing goes in or out but what is opened below. */
  #guard(): SecurityGroup {
    return new SecurityGroup(this, 'Guard', {
      vpc: this.#props.network.vpc,
      description: 'Who may reach the load balancer',
      allowAllOutbound: false,
    });
  }

  #tlsListeners(msrp: NetworkTargetGroup): readonly Listener[] {
    const sip = this.#group({ id: 'SipTls', protocol: Protocol.TCP, port: edgePort.sip });
    const http = this.#group({ id: 'Http', protocol: Protocol.TCP, port: edgePort.http });
    return [
      { port: publicPort.sipTls, protocol: Protocol.TLS, group: sip },
      { port: publicPort.msrpTls, protocol: Protocol.TLS, group: msrp },
      { port: publicPort.https, protocol: Protocol.TLS, group: http },
    ];
  }

  /** Without a certificate HTTP is served inside only: tokens don't cross the Internet in clear. */
  #clearHttp(): Listener {
    const group = this.#group({ id: 'Http', protocol: Protocol.TCP, port: edgePort.http });
    return { port: edgePort.http, protocol: Protocol.TCP, group };
  }

  #group({ id, protocol, port }: Target): NetworkTargetGroup {
    const { network, service, container } = this.#props;
    return new NetworkTargetGroup(this, `${id}Targets`, {
      vpc: network.vpc,
      port,
      protocol,
      preserveClientIp: true,
      deregistrationDelay: Duration.seconds(deregistrationS),
      targets: [
        service.loadBalancerTarget({
          containerName: container,
          containerPort: port,
          protocol: ContainerProtocol.TCP,
        }),
      ],
      healthCheck: {
        protocol: Protocol.HTTP,
        port: String(edgePort.http),
        path: '/readyz',
        interval: Duration.seconds(healthEveryS),
        healthyThresholdCount: healthyAfter,
        unhealthyThresholdCount: unhealthyAfter,
      },
    });
  }

  #listen({ port, protocol, group }: Listener): void {
    const { certificate } = this.#props;
    this.balancer.addListener(`Port${port}`, {
      port,
      protocol,
      defaultTargetGroups: [group],
      ...(protocol === Protocol.TLS && certificate !== undefined
        ? { certificates: [certificate], sslPolicy: SslPolicy.RECOMMENDED_TLS }
        : {}),
    });
  }

  /** Opens the listeners to the peers, and the way from here to the edges. */
  #open(guard: SecurityGroup, listeners: readonly Listener[]): void {
    const { settings, service } = this.#props;
    const anybody = settings.public ? '0.0.0.0/0' : settings.vpcRange;
    if (settings.public) accept(guard, 'EC23', openToAll);
    const ranges = settings.peerRanges.length > 0 ? settings.peerRanges : [anybody];
    for (const range of ranges) {
      for (const { port, protocol } of listeners) {
        guard.addIngressRule(Peer.ipv4(range), Port.tcp(port));
        if (protocol === Protocol.TCP_UDP) guard.addIngressRule(Peer.ipv4(range), Port.udp(port));
      }
    }
    const inward = [Port.tcp(edgePort.sip), Port.udp(edgePort.sip), Port.tcp(edgePort.msrp)];
    for (const port of [...inward, Port.tcp(edgePort.http)]) {
      service.connections.allowFrom(guard, port);
    }
  }
}
