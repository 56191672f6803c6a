/** The two stacks of our own app, put together from the settings in its context. */
import { type App, Tags } from 'aws-cdk-lib';
import { EdgeStack } from './edge-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { readDeployment } from './settings.ts';

export type Stacks = { readonly serviceStack: ServiceStack; readonly edgeStack: EdgeStack };

export type AddedStacks =
  | ({ readonly kind: 'stacks' } & Stacks)
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Adds the stacks to an app, or says what is wrong with the settings. */
export function addStacks(app: App, account: string | undefined): AddedStacks {
  const read = readDeployment(app.node.getAllContext());
  if (read.kind === 'refused') return read;
  const { settings } = read;
  const env = { region: settings.region, ...(account === undefined ? {} : { account }) };
  const serviceStack = new ServiceStack(app, `${settings.name}-service`, {
    settings,
    env,
    description: 'rejoin: table, queues, functions',
    terminationProtection: settings.retain,
  });
  const edgeStack = new EdgeStack(app, `${settings.name}-edge`, {
    settings,
    serviceStack,
    env,
    description: 'rejoin: network, edges, load balancer, alarms',
  });
  Tags.of(app).add('rejoin', settings.name);
  return { kind: 'stacks', serviceStack, edgeStack };
}
