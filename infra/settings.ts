/**
 * The settings of a deployment, from the context of `cdk.json` or `-c`: name, default, meaning, and what to give instead of a wrong
 * value. Everything that is wrong is told at once. What the running processes are set to is `shared/settings-schema.ts`; the few of
 * them that differ from their defaults travel in `rejoin:environment`.
 */
import { IP_REGEX } from 'valibot';
import { nearest } from '../shared/nearest.ts';
import { settingRows } from '../shared/settings-table.ts';
import {
  choice,
  environment,
  flag,
  type Kind,
  oneOf,
  optionalText,
  text,
  texts,
  whole,
} from './setting-kinds.ts';

export const contextPrefix = 'rejoin:';

const cidr = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827];

export const deploymentKinds = {
  name: text('rejoin', /^[a-z][a-z0-9-]{2,19}$/, {
    meaning: 'start of the name of every table, queue, function and bucket',
    remedy: 'give 3 to 20 lower-case letters, digits or hyphens, a letter first',
  }),
  region: text('us-east-1', /^[a-z]{2}(-[a-z]+)+-\d$/, {
    meaning: 'region that is deployed to',
    remedy: 'give a region such as eu-central-1',
  }),
  domain: text('rejoin.test', /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, {
    meaning: 'the SIP domain served',
    remedy: 'give a domain name such as example.com',
  }),
  network: choice(['registrar', 'ims'], 'who registers clients: the edge, or an IMS core'),
  public: flag(false, 'whether the load balancer can be reached from the Internet'),
  peerRanges: texts(cidr, {
    meaning: 'who may reach the load balancer; none: its own network, or anybody if it is public',
    remedy: 'give IPv4 ranges such as 10.20.0.0/16',
  }),
  trustedPeers: texts(IP_REGEX, {
    meaning: 'addresses whose P-Asserted-Identity and third-party REGISTER are believed',
    remedy: 'give IP addresses',
  }),
  zones: texts(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, {
    meaning: 'the availability zones, two or more; none: the first two of the region',
    remedy: 'give zones such as us-east-1a,us-east-1b',
  }),
  vpcId: optionalText(/^vpc-[0-9a-z]+$/, {
    meaning: 'network to use; none: one is made',
    remedy: 'give the id of a VPC',
  }),
  vpcRange: text('10.42.0.0/16', cidr, {
    meaning: 'addresses of the network that is made or used',
    remedy: 'give an IPv4 range such as 10.42.0.0/16',
  }),
  edgeSubnetIds: texts(/^subnet-[0-9a-z]+$/, {
    meaning: "with vpcId: the edges' subnets, one a zone, in the order of the zones",
    remedy: 'give ids of subnets',
  }),
  balancerSubnetIds: texts(/^subnet-[0-9a-z]+$/, {
    meaning: "with vpcId: the load balancer's subnets, one a zone, in the order of the zones",
    remedy: 'give ids of subnets',
  }),
  natGateways: whole(
    0,
    { min: 0, max: 4 },
    'NAT gateways of the network that is made; 0: interface endpoints, and no way out',
  ),
  certificateArn: optionalText(/^arn:[a-z-]+:acm:/, {
    meaning: 'certificate of the TLS ports; none: one is made in the hosted zone, if there is one',
    remedy: 'give the ARN of a certificate of ACM',
  }),
  hostedZoneId: optionalText(/^Z[A-Z0-9]+$/, {
    meaning: 'hosted zone of the domain, for its address record and certificate',
    remedy: 'give the id of a hosted zone',
  }),
  tableArn: optionalText(/^arn:[a-z-]+:dynamodb:[^:]+:\d{12}:table\/[A-Za-z0-9_.-]+$/, {
    meaning: 'table to use; none: one is made',
    remedy: 'give the ARN of a table with the keys that docs/deploy.md names',
  }),
  keyArn: optionalText(/^arn:[a-z-]+:kms:[^:]+:\d{12}:key\/[0-9a-z-]+$/, {
    meaning: 'KMS key to encrypt with',
    remedy: 'give the ARN of a KMS key',
  }),
  ownKey: flag(false, 'make a KMS key and encrypt with it; false: keys that AWS keeps, at no cost'),
  image: optionalText(/^[a-z0-9][a-z0-9._/:@-]+$/, {
    meaning: "the edge's image; none: it is built of edge/Dockerfile at the deployment",
    remedy: 'give an image such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/rejoin:1',
  }),
  edgeCpu: oneOf(512, [256, 512, 1024, 2048, 4096], 'CPU units of an edge; 1024 are one'),
  edgeMemoryMib: whole(1024, { min: 512, max: 30_720 }, 'memory of an edge in MiB'),
  edgesMin: whole(2, { min: 1, max: 100 }, 'edges that always run'),
  edgesMax: whole(10, { min: 1, max: 1000 }, 'edges at most'),
  sessionsPerEdge: whole(
    2000,
    { min: 10, max: 100_000 },
    'sessions an edge on average, above which another edge is started',
  ),
  reservedConcurrency: whole(
    0,
    { min: 0, max: 1000 },
    "of the account's concurrent calls, those kept for each queue function; 0: none",
  ),
  logDays: oneOf(30, retentionDays, 'how many days logs are kept'),
  alarmEmail: optionalText(/^[^@\s]+@[^@\s]+$/, {
    meaning: 'who is told of alarms and of the budget',
    remedy: 'give an e-mail address',
  }),
  monthlyBudgetUsd: whole(0, { min: 0, max: 1_000_000 }, 'cost that is warned of; 0: no warning'),
  retain: flag(true, 'protect table and bucket from deletion; false for trials'),
  environment: environment({
    meaning: 'settings of edge and functions by their REJOIN_ name',
    remedy: 'give an object such as {"REJOIN_DEFERRAL_HOLD_MS": "8000"}',
  }),
} as const;

export type DeploymentSettings = {
  readonly [Name in keyof typeof deploymentKinds]: (typeof deploymentKinds)[Name] extends Kind<
    infer Value
  >
    ? Value
    : never;
};

export type ReadDeployment =
  | { readonly kind: 'settings'; readonly settings: DeploymentSettings }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** What the deployment itself decides, so nobody may set it beside. */
const decidedHere = [
  ...['REJOIN_STORE', 'REJOIN_AWS_TABLE', 'REJOIN_AWS_QUEUE_PREFIX', 'REJOIN_HOST'],
  ...['REJOIN_DOMAIN', 'REJOIN_NETWORK', 'REJOIN_TRUSTED_PEERS', 'REJOIN_USERS_FILE'],
  ...['REJOIN_ADMIN_TOKEN', 'REJOIN_SIP_PORT', 'REJOIN_MSRP_PORT', 'REJOIN_HTTP_PORT'],
];

/** The settings of a deployment, or everything that is wrong with them. */
export function readDeployment(context: Readonly<Record<string, unknown>>): ReadDeployment {
  const problems: string[] = unknownKeys(context);
  const entries = Object.entries<Kind<unknown>>(deploymentKinds).map(([name, kind]) => {
    const given = context[contextPrefix + name];
    if (given === undefined) return [name, kind.fallback] as const;
    const value = kind.read(given);
    if (value === undefined) {
      problems.push(
        `The context key ${contextPrefix}${name} is ${JSON.stringify(given)}: ${kind.remedy}.`,
      );
    }
    return [name, value] as const;
  });
  if (problems.length > 0) return { kind: 'refused', problems };
  const settings = Object.fromEntries(entries) as DeploymentSettings;
  const crossed = crossProblems(settings);
  if (crossed.length > 0) return { kind: 'refused', problems: crossed };
  return { kind: 'settings', settings };
}

function unknownKeys(context: Readonly<Record<string, unknown>>): string[] {
  const known = Object.keys(deploymentKinds);
  return Object.keys(context)
    .filter((key) => key.startsWith(contextPrefix))
    .map((key) => key.slice(contextPrefix.length))
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const advice = near === undefined ? 'take it out' : `did you mean ${contextPrefix}${near}?`;
      return `The context key ${contextPrefix}${name} is no setting: ${advice}.`;
    });
}

function crossProblems(settings: DeploymentSettings): readonly string[] {
  const { edgesMin, edgesMax, zones, vpcId, edgeSubnetIds, balancerSubnetIds } = settings;
  const isShort = (ids: readonly string[]) => ids.length === 0 || ids.length !== zones.length;
  return [
    ...when(edgesMin > edgesMax, 'edgesMax', `raise it to edgesMin (${edgesMin}) or above`),
    ...when(zones.length === 1, 'zones', 'give two zones or more, or none'),
    ...when(vpcId !== null && zones.length < 2, 'zones', "name the zones of the VPC's subnets"),
    ...when(vpcId !== null && isShort(edgeSubnetIds), 'edgeSubnetIds', 'give one subnet a zone'),
    ...when(
      vpcId !== null && isShort(balancerSubnetIds),
      'balancerSubnetIds',
      'give one subnet a zone',
    ),
    ...when(
      settings.keyArn !== null && settings.ownKey,
      'ownKey',
      'leave it false, for keyArn names a key',
    ),
    ...when(
      settings.monthlyBudgetUsd > 0 && settings.alarmEmail === null,
      'alarmEmail',
      'give an address to warn, or set monthlyBudgetUsd to 0',
    ),
    ...Object.keys(settings.environment).flatMap(environmentProblem),
  ];
}

function when(isWrong: boolean, name: string, remedy: string): readonly string[] {
  return isWrong ? [`The context key ${contextPrefix}${name} doesn't fit: ${remedy}.`] : [];
}

function environmentProblem(name: string): readonly string[] {
  const known = settingRows.map((row) => row.env);
  if (decidedHere.includes(name)) {
    return when(true, 'environment', `take out ${name}, which the deployment sets itself`);
  }
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  const advice = near === undefined ? `take out ${name}` : `${name} is no setting, ${near} is`;
  return when(true, 'environment', advice);
}
