/**
 * What decides and keeps: table, queues, functions, schedule, bucket of large bodies. It knows no network and no edge, and holds only
 * resource types that stand-ins for the cloud have too, so that it deploys anywhere.
 */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { loadSettings } from '../shared/settings.ts';
import { makeBodies } from './bodies.ts';
import { feed, type MadeFunction, makeFunction, repeat } from './functions.ts';
import {
  grantDeadLetter,
  grantGroup,
  grantParticipation,
  grantRegistration,
  grantSweep,
  type Resources,
} from './grants.ts';
import { functionTimeoutS, sweepEveryMinutes, sweepTimeoutS } from './limit.ts';
import { functionQueues, type Names, namesOf } from './names.ts';
import { makeQueues, type Queues } from './queues.ts';
import type { DeploymentSettings } from './settings.ts';
import { makeTable } from './table.ts';

export type ServiceProps = {
  readonly settings: DeploymentSettings;
  /** Your own; without it one is made. Its keys have to be those of `table.ts`. */
  readonly table?: ITable;
  /** Your own; without it one is made if the settings ask for it. */
  readonly encryptionKey?: IKey;
};

export class Service extends Construct {
  readonly names: Names;
  readonly table: ITable;
  readonly bodies: IBucket;
  readonly queues: Queues;
  readonly encryptionKey: IKey | undefined;
  readonly #settings: DeploymentSettings;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { settings } = props;
    this.#settings = settings;
    this.names = namesOf(settings.name, props.table?.tableName);
    const key = props.encryptionKey ?? (settings.ownKey ? this.#makeKey() : undefined);
    this.encryptionKey = key;
    const { retain } = settings;
    this.table =
      props.table ?? (makeTable(this, { name: this.names.table, key, retain }) as ITable);
    this.queues = makeQueues(this, this.names, key);
    this.bodies = makeBodies(this, {
      names: this.names,
      key,
      retain,
      lifetimeS: lifetimeOf(settings),
    }) as IBucket;
    this.#makeFunctions();
  }

  /** What grants are given on. */
  get resources(): Resources {
    const { names, table, bodies } = this;
    return { scope: this, names, table, bodies, key: this.encryptionKey };
  }

  #makeKey(): Key {
    return new Key(this, 'Key', {
      enableKeyRotation: true,
      description: `Messages and state of ${this.#settings.name}`,
    });
  }

  #makeFunctions(): void {
    const grants: Readonly<Record<string, (to: IRole, on: Resources) => void>> = {
      registration: grantRegistration,
      participation: grantParticipation,
      group: grantGroup,
    };
    const reserved = this.#settings.reservedConcurrency;
    for (const queue of functionQueues) {
      const { made, role } = this.#function(queue, { timeoutS: functionTimeoutS, reserved });
      feed(made, this.queues[queue].live, reserved);
      grants[queue]?.(role, this.resources);
    }
    const { made: sweep, role } = this.#function('sweep', { timeoutS: sweepTimeoutS, reserved: 0 });
    grantSweep(role, this.resources);
    repeat(this, sweep, sweepEveryMinutes);
    const byHand = this.#function('dead-letter', { timeoutS: sweepTimeoutS, reserved: 0 });
    grantDeadLetter(byHand.role, this.resources);
  }

  #function(
    handler: string,
    how: { readonly timeoutS: number; readonly reserved: number },
  ): MadeFunction {
    return makeFunction(this, {
      ...how,
      handler,
      name: this.names.functionOf(handler),
      logDays: this.#settings.logDays,
      environment: processEnvironment(this.#settings, this.names, this.bodies),
    });
  }
}

/** The environment that edge and functions share. */
export function processEnvironment(
  settings: DeploymentSettings,
  names: Names,
  bodies: IBucket,
): Readonly<Record<string, string>> {
  return {
    REJOIN_STORE: 'aws:',
    REJOIN_AWS_TABLE: names.table,
    REJOIN_AWS_QUEUE_PREFIX: names.queuePrefix,
    REJOIN_AWS_BODIES_BUCKET: bodies.bucketName,
    REJOIN_DOMAIN: settings.domain,
    ...settings.environment,
  };
}

/** The lifetime of deferred messages, as the processes will read it. */
function lifetimeOf({ environment }: DeploymentSettings): number {
  const env = { REJOIN_DEFERRED_LIFETIME_S: environment.REJOIN_DEFERRED_LIFETIME_S };
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return loaded.settings.deferredLifetimeS;
}
