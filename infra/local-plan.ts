/**
 * What `npm run deploy:local` runs, as data: which commands with which environment, and how long each may take. Running them is in
 * `deploy-local.ts`.
 */

type Environment = Readonly<Record<string, string | undefined>>;

export type LocalTarget = {
  readonly endpoint: string;
  readonly region: string;
  /** What every command is given. */
  readonly env: Readonly<Record<string, string>>;
};

export type ReadTarget =
  | { readonly kind: 'target'; readonly target: LocalTarget }
  | { readonly kind: 'refused'; readonly problem: string };

export type Step = {
  readonly title: string;
  readonly command: readonly string[];
  readonly limitMs: number;
};

/** `npm run synth` holds the templates to all rules; here they would only take time. */
const quick = { CDK_VALIDATION: 'false' };
/** Some tens of seconds on a stand-in; one that hangs on a resource would do so for ever. */
const stepMsMax = 180_000;
/** Each command has a folder of its own: two of them may not share one. */
const bootstrapOut = 'cdk.out/local-bootstrap';
const deployOut = 'cdk.out/local-deploy';
export const outputsFile = 'cdk.out/local-outputs.json';

/** Where to deploy to, from the environment. */
export function readTarget(env: Environment): ReadTarget {
  const endpoint = env.AWS_ENDPOINT_URL;
  if (endpoint === undefined || endpoint === '') {
    return refuse('is missing: give the address of a stand-in, such as http://127.0.0.1:4566');
  }
  if (!URL.canParse(endpoint)) return refuse(`is ${endpoint}: give an address with http://`);
  if (/\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname)) {
    return refuse(`is ${endpoint}, which is AWS itself: use cdk deploy for that`);
  }
  const region = env.AWS_REGION ?? 'us-east-1';
  const credentials = {
    AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID ?? 'test',
    AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY ?? 'test',
  };
  const endpoints = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: env.AWS_ENDPOINT_URL_S3 ?? endpoint,
  };
  const regions = { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  return {
    kind: 'target',
    target: { endpoint, region, env: { ...credentials, ...endpoints, ...regions, ...quick } },
  };
}

function refuse(what: string): ReadTarget {
  return { kind: 'refused', problem: `AWS_ENDPOINT_URL ${what}.` };
}

/** The commands that deploy the service stack. Nothing is kept when it is taken down: it is a trial. */
export function deploySteps(name: string, { region }: LocalTarget): readonly Step[] {
  const context = ['-c', `rejoin:name=${name}`, '-c', `rejoin:region=${region}`];
  const common = [...context, '-c', 'rejoin:retain=false', '--progress', 'bar'];
  return [
    {
      title: 'bootstrap',
      command: ['cdk', 'bootstrap', ...common, '-o', bootstrapOut],
      limitMs: stepMsMax,
    },
    {
      title: 'deploy',
      command: [
        ...['cdk', 'deploy', `${name}-service`, '--exclusively', ...common, '-o', deployOut],
        ...['--require-approval', 'never', '--outputs-file', outputsFile],
      ],
      limitMs: stepMsMax,
    },
  ];
}

/** What an edge has to be told to work on what was deployed. */
export function edgeEnvironment(
  outputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { TableName, QueuePrefix, BodiesBucket } = outputs;
  if (TableName === undefined || QueuePrefix === undefined || BodiesBucket === undefined) {
    throw new Error(`${outputsFile} doesn't name table, queues and bucket: deploy again`);
  }
  return {
    REJOIN_STORE: 'aws:',
    REJOIN_AWS_TABLE: TableName,
    REJOIN_AWS_QUEUE_PREFIX: QueuePrefix,
    REJOIN_AWS_BODIES_BUCKET: BodiesBucket,
  };
}
