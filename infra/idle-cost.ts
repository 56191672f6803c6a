/**
 * What a month costs in which nothing happens, at list prices of us-east-1 without free tiers: it is told as an output of the deployment,
 * so that nobody is surprised. What traffic costs is not in it.
 */
import { heartbeatMs } from '../shared/app/edges-limit.ts';
import { pollMs } from '../shared/app/pump-limit.ts';
import { interfaceEndpoints, zonesOf } from './network.ts';
import { standingPrice, trafficPrice } from './price.ts';
import type { DeploymentSettings } from './settings.ts';

const price = { ...standingPrice, ...trafficPrice };
const hours = 730;
const mibPerGib = 1024;
const cpuUnits = 1024;
/** Lambda looks into a queue with so many receivers at once, however little is in it. */
const receiversPerQueue = 5;
/** Queues behind which a function stands. */
const fedQueues = 3;
/** How long each of these waits for a record. */
const functionWaitS = 20;
/** An edge receives from the shared queue of commands and from its own. */
const edgeQueues = 2;
/** A heartbeat reads an edge's item, writes it, and reads those of the others, which are small. */
const heartbeat = price.writeUnit + 2 * price.readUnit;
const secondsPerMonth = hours * 3600;

export type IdleCost = {
  readonly dollars: number;
  readonly parts: Readonly<Record<string, number>>;
};

export type IdleOptions = {
  readonly settings: DeploymentSettings;
  readonly alarms: number;
  readonly metrics: number;
  readonly sweepEveryMinutes: number;
};

/** The parts of the month's cost and their sum, in whole cents. */
export function idleCost(options: IdleOptions): IdleCost {
  const { settings, alarms, metrics, sweepEveryMinutes } = options;
  const { edgesMin, edgeCpu, edgeMemoryMib } = settings;
  const cpu = (edgeCpu / cpuUnits) * price.fargateCpuHour;
  const memory = (edgeMemoryMib / mibPerGib) * price.fargateGibHour;
  const fed = (fedQueues * receiversPerQueue) / functionWaitS;
  const taken = (edgesMin * edgeQueues) / (pollMs / 1000);
  const parts = rounded({
    edges: edgesMin * hours * (cpu + memory),
    balancer: hours * price.balancerHour,
    network: hours * networkHour(settings),
    queues: (fed + taken) * secondsPerMonth * price.queueRequest,
    table: ((edgesMin * secondsPerMonth * 1000) / heartbeatMs) * heartbeat,
    sweep: (secondsPerMonth / 60 / sweepEveryMinutes) * price.functionCall,
    secrets: (settings.network === 'registrar' ? 2 : 1) * price.secretMonth,
    watch: alarms * price.alarmMonth + metrics * price.metricMonth + price.dashboardMonth,
    key: settings.ownKey ? price.keyMonth : 0,
  });
  const dollars = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { dollars: cents(dollars), parts };
}

/** A network that was brought along is paid for elsewhere. */
function networkHour(settings: DeploymentSettings): number {
  const zones = zonesOf(settings).length;
  const addresses = settings.public ? zones * price.publicAddressHour : 0;
  if (settings.vpcId !== null) return addresses;
  const { natGateways } = settings;
  if (natGateways > 0) return addresses + natGateways * (price.natHour + price.publicAddressHour);
  return addresses + zones * interfaceEndpoints * price.endpointHour;
}

function rounded(parts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, cents(part)]));
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
