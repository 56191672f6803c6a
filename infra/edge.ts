/**
 * What speaks SIP and MSRP: network, edges, load balancer, and what watches over all of the deployment. It finds table and queues by
 * their names and needs nothing else of the service.
 */
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import {
  Certificate,
  CertificateValidation,
  type ICertificate,
} from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { metricUnits } from '../shared/metric-line.ts';
import { makeAlarms } from './alarms.ts';
import { Balancer } from './balancer.ts';
import { makeDashboard } from './dashboard.ts';
import { Fleet } from './fleet.ts';
import type { Resources } from './grants.ts';
import { type IdleCost, idleCost } from './idle-cost.ts';
import { sweepEveryMinutes } from './limit.ts';
import { importNetwork, makeNetwork, type Network, networkOf } from './network.ts';
import { publicPort } from './port.ts';
import type { DeploymentSettings } from './settings.ts';

export type EdgeProps = {
  readonly settings: DeploymentSettings;
  /** Table, queues and bucket, and the names of everything. */
  readonly resources: Resources;
  /** Your own; without it that of the settings, or one is made. */
  readonly vpc?: IVpc;
  /** Your own; without it that of the settings, or one is made in the hosted zone. */
  readonly certificate?: ICertificate;
  /** Your own; without it that of the settings, or none: then nothing is written to the DNS. */
  readonly hostedZone?: IHostedZone;
};

export class Edge extends Construct {
  readonly network: Network;
  readonly fleet: Fleet;
  readonly balancer: Balancer;
  /** What a month costs in which nothing happens. */
  readonly idleCost: IdleCost;
  readonly #settings: DeploymentSettings;

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const { settings, resources } = props;
    const { names } = resources;
    this.#settings = settings;
    this.network = this.#networkOf(props.vpc);
    this.fleet = new Fleet(this, 'Fleet', { settings, names, resources, network: this.network });
    const zone = props.hostedZone ?? this.#zone();
    this.balancer = new Balancer(this, 'Balancer', {
      settings,
      network: this.network,
      certificate: props.certificate ?? this.#certificate(zone),
      service: this.fleet.service,
      container: this.fleet.container,
    });
    if (zone !== undefined) this.#address(zone, this.#settings.domain, 'Record');
    this.#showMsrp(zone);
    const alarms = makeAlarms(this, { settings, names, balancer: this.balancer.balancer });
    makeDashboard(this, { names, service: this.fleet.service });
    const metrics = Object.keys(metricUnits).length;
    this.idleCost = idleCost({ settings, alarms, metrics, sweepEveryMinutes });
    this.#limitCost();
  }

  #networkOf(vpc: IVpc | undefined): Network {
    if (vpc !== undefined) return networkOf(vpc, this.#settings.public);
    return importNetwork(this, this.#settings) ?? makeNetwork(this, this.#settings);
  }

  #zone(): IHostedZone | undefined {
    const { hostedZoneId, domain } = this.#settings;
    if (hostedZoneId === null) return undefined;
    return HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: domain });
  }

  #certificate(zone: IHostedZone | undefined): ICertificate | undefined {
    const { certificateArn, domain } = this.#settings;
    if (certificateArn !== null) {
      return Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    }
    if (zone === undefined) return undefined;
    return new Certificate(this, 'Certificate', {
      domainName: domain,
      validation: CertificateValidation.fromDns(zone),
    });
  }

  /** What clients are told of MSRP, unless the settings say it: in a zone of ours each edge has a name (RFC 4975 5.4). */
  #showMsrp(zone: IHostedZone | undefined): void {
    const { environment, domain } = this.#settings;
    if (environment.REJOIN_MSRP_PUBLIC_HOST !== undefined) return;
    const names = `*.msrp.${domain}`;
    if (zone !== undefined) this.#address(zone, names, 'MsrpRecord');
    this.fleet.tell({
      REJOIN_MSRP_PUBLIC_HOST:
        zone === undefined ? this.balancer.balancer.loadBalancerDnsName : names,
      REJOIN_MSRP_PUBLIC_PORT: String(publicPort.msrp),
    });
  }

  #address(zone: IHostedZone, recordName: string, id: string): void {
    new ARecord(this, id, {
      zone,
      recordName,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(this.balancer.balancer)),
    });
  }

  /** A warning when the budget of the settings is in sight. */
  #limitCost(): void {
    const { monthlyBudgetUsd, alarmEmail, name } = this.#settings;
    if (monthlyBudgetUsd === 0 || alarmEmail === null) return;
    const subscribers = [{ subscriptionType: 'EMAIL', address: alarmEmail }];
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: name,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: ['ACTUAL', 'FORECASTED'].map((notificationType) => ({
        notification: {
          notificationType,
          comparisonOperator: 'GREATER_THAN',
          threshold: 80,
          thresholdType: 'PERCENTAGE',
        },
        subscribers,
      })),
    });
  }
}
