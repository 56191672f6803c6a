/**
 * The container of an edge: image, environment, secrets, ports, and how it ends. Its root file system can't be written; the users' file
 * is put into a room of its own when it starts (`edge/entrypoint.sh`).
 */
import { join } from 'node:path';
import { Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  type ContainerDefinition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Protocol,
  Secret as TaskSecret,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { grantEdge, type Resources } from './grants.ts';
import { stopTimeoutS } from './limit.ts';
import { accept, acceptWildcard } from './nag.ts';
import type { Names } from './names.ts';
import { edgePort } from './port.ts';
import { processEnvironment } from './service.ts';
import type { DeploymentSettings } from './settings.ts';

export type TaskOptions = {
  readonly settings: DeploymentSettings;
  readonly names: Names;
  readonly resources: Resources;
};

const sources = join(import.meta.dirname, '..');
const tokenCharacters = 48;
const notRotated =
  'Whoever uses it has to learn the new one at the same time: the guide says how it is changed.';
const writableVolume = 'run';
const writablePath = '/run/rejoin';

/** What the image is built of; everything else stays at home. */
const notInImage = [
  '*',
  '!package.json',
  '!package-lock.json',
  '!.npmrc',
  '!edge/**',
  '!shared/**',
  '!lambdas/**',
];

/** Makes the task and its one container. */
export function makeTask(
  scope: Construct,
  options: TaskOptions,
): { readonly task: FargateTaskDefinition; readonly container: ContainerDefinition } {
  const { settings, names, resources } = options;
  const task = new FargateTaskDefinition(scope, 'Task', {
    family: names.functionOf('edge'),
    cpu: settings.edgeCpu,
    memoryLimitMiB: settings.edgeMemoryMib,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.ARM64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
    volumes: [{ name: writableVolume }],
  });
  grantEdge(task.taskRole, resources);
  accept(
    task,
    'ECS2',
    'What stands in the environment is no secret; the secrets come from Secrets Manager.',
  );
  acceptWildcard(
    task.obtainExecutionRole(),
    '*',
    'A token for the image registry is of the account and knows no narrower resource.',
  );
  const container = addContainer(scope, task, options);
  container.addMountPoints({
    sourceVolume: writableVolume,
    containerPath: writablePath,
    readOnly: false,
  });
  return { task, container };
}

function addContainer(
  scope: Construct,
  task: FargateTaskDefinition,
  { settings, names, resources }: TaskOptions,
): ContainerDefinition {
  const logGroup = new LogGroup(scope, 'Log', {
    logGroupName: `/ecs/${names.functionOf('edge')}`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const { trustedPeers } = settings;
  return task.addContainer('Edge', {
    containerName: 'edge',
    image: imageOf(scope, settings.image),
    environment: {
      ...processEnvironment(settings, names, resources.bodies),
      REJOIN_NETWORK: settings.network,
      REJOIN_SIP_PORT: String(edgePort.sip),
      REJOIN_MSRP_PORT: String(edgePort.msrp),
      REJOIN_HTTP_PORT: String(edgePort.http),
      ...(trustedPeers.length === 0 ? {} : { REJOIN_TRUSTED_PEERS: trustedPeers.join(',') }),
    },
    secrets: secretsOf(scope, settings),
    logging: LogDrivers.awsLogs({ streamPrefix: 'edge', logGroup }),
    readonlyRootFilesystem: true,
    stopTimeout: Duration.seconds(stopTimeoutS),
    portMappings: [
      { containerPort: edgePort.sip, protocol: Protocol.TCP },
      { containerPort: edgePort.sip, protocol: Protocol.UDP },
      { containerPort: edgePort.msrp, protocol: Protocol.TCP },
      { containerPort: edgePort.http, protocol: Protocol.TCP },
    ],
  });
}

/**
 * The token of `/api` and `/metrics` is made up here; the users' list is filled in by the operator.
 * CDK's classes and interfaces differ in optional members that may be undefined, hence `as`, here and elsewhere.
 */
function secretsOf(scope: Construct, settings: DeploymentSettings): Record<string, TaskSecret> {
  const token = new Secret(scope, 'AdminToken', {
    secretName: `${settings.name}/admin-token`,
    description: 'Bearer token of /api and /metrics',
    generateSecretString: { passwordLength: tokenCharacters, excludePunctuation: true },
  });
  accept(token, 'SMG4', notRotated);
  const secrets = { REJOIN_ADMIN_TOKEN: TaskSecret.fromSecretsManager(token as ISecret) };
  if (settings.network === 'ims') return secrets;
  const users = new Secret(scope, 'Users', {
    secretName: `${settings.name}/users`,
    description: 'Who may register: [{"uri": "sip:alice@example.com", "password": "..."}]',
    secretStringValue: SecretValue.unsafePlainText('[]'),
  });
  accept(users, 'SMG4', notRotated);
  return { ...secrets, USERS_JSON: TaskSecret.fromSecretsManager(users as ISecret) };
}

const imageForm =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.[^/]+\/(?<name>[^:@]+)[:@](?<tag>.+)$/;

function imageOf(scope: Construct, image: string | null): ContainerImage {
  if (image === null) {
    return ContainerImage.fromAsset(sources, {
      file: 'edge/Dockerfile',
      platform: Platform.LINUX_ARM64,
      exclude: notInImage,
    });
  }
  const { account, region, name = '', tag = '' } = imageForm.exec(image)?.groups ?? {};
  if (account === undefined || region === undefined) return ContainerImage.fromRegistry(image);
  const repositoryArn = Stack.of(scope).formatArn({
    ...{ service: 'ecr', resource: 'repository', resourceName: name },
    ...{ account, region },
  });
  const repository = Repository.fromRepositoryAttributes(scope, 'Images', {
    repositoryArn,
    repositoryName: name,
  });
  return ContainerImage.fromEcrRepository(repository, tag);
}
