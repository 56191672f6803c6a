/**
 * The functions: one behind each queue, and the sweep on a schedule. Each is a file of `lambdas/cloud`, bundled whole, with a role of
 * its own that may do what its handler does and nothing else (`grants.ts`).
 */
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import * as limit from './limit.ts';
import { acceptWildcard } from './nag.ts';

export type FunctionOptions = {
  /** Its file in `lambdas/cloud`, and the end of its name. */
  readonly handler: string;
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logDays: number;
  readonly timeoutS: number;
  /** Concurrent calls that are kept for it alone; 0: none. */
  readonly reserved: number;
};

export type MadeFunction = { readonly made: NodejsFunction; readonly role: Role };

const sources = join(import.meta.dirname, '..');

/** Makes a function with its role and its log. */
export function makeFunction(scope: Construct, options: FunctionOptions): MadeFunction {
  const { handler, name } = options;
  const id = handler.charAt(0).toUpperCase() + handler.slice(1).replaceAll('-', '');
  const logGroup = new LogGroup(scope, `${id}Log`, {
    logGroupName: `/aws/lambda/${name}`,
    retention: options.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  acceptWildcard(role, '*', 'X-Ray takes traces of the account and knows no narrower resource.');
  const made = new NodejsFunction(scope, `${id}Function`, {
    functionName: name,
    entry: join(sources, 'lambdas', 'cloud', `${handler}.ts`),
    handler: 'handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: limit.functionMemoryMib,
    timeout: Duration.seconds(options.timeoutS),
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    tracing: Tracing.ACTIVE,
    environment: { ...options.environment, NODE_OPTIONS: '--enable-source-maps' },
    projectRoot: sources,
    depsLockFilePath: join(sources, 'package-lock.json'),
    bundling: bundling(),
    ...(options.reserved === 0 ? {} : { reservedConcurrentExecutions: options.reserved }),
  });
  return { made, role };
}

/** Everything goes into the bundle, the clients of AWS too: what was tested is what runs. */
function bundling() {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    minify: true,
    keepNames: true,
    sourceMap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
    externalModules: [],
    bundleAwsSDK: true,
    forceDockerBundling: false,
    // Parts of the clients are CommonJS and ask for Node's modules by require.
    banner:
      "import { createRequire as __createRequire } from 'node:module';" +
      'const require = __createRequire(import.meta.url);',
  };
}

/** Feeds a function the records of a queue: a group at a time in order, failed records alone come back. */
export function feed(target: NodejsFunction, queue: Queue, reserved: number): void {
  target.addEventSource(
    new SqsEventSource(queue, {
      batchSize: limit.batchRecordsMax,
      reportBatchItemFailures: true,
      ...(reserved < limit.concurrencyMin ? {} : { maxConcurrency: reserved }),
    }),
  );
}

/** Calls a function every so many minutes. A call that fails isn't repeated: the next one comes soon. */
export function repeat(scope: Construct, target: NodejsFunction, minutes: number): void {
  const role = new Role(scope, 'SweepCaller', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
  });
  acceptWildcard(role, `${target.functionArn}:*`, 'Versions of this one function.');
  new Schedule(scope, 'SweepSchedule', {
    schedule: ScheduleExpression.rate(Duration.minutes(minutes)),
    target: new LambdaInvoke(target, {
      role,
      input: ScheduleTargetInput.fromObject({}),
      retryAttempts: 0,
    }),
    description: 'Finds lost edges and measures what waits',
  });
}
