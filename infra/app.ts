/**
 * The app that `cdk` runs: reads the settings from the context, puts the two stacks together, and has them checked against the rules of
 * cdk-nag. Anything wrong with the settings ends it with what to change.
 */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EdgeStack } from './edge-stack.ts';
import { acknowledge } from './nag.ts';
import { ServiceStack } from './service-stack.ts';
import { readDeployment } from './settings.ts';

const app = new App();
const read = readDeployment(app.node.getAllContext());
if (read.kind === 'refused') {
  for (const problem of read.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const { settings } = read;
const account = process.env.CDK_DEFAULT_ACCOUNT;
const env = { region: settings.region, ...(account === undefined ? {} : { account }) };
const serviceStack = new ServiceStack(app, `${settings.name}-service`, {
  settings,
  env,
  description: 'rejoin: table, queues, functions',
  terminationProtection: settings.retain,
});
new EdgeStack(app, `${settings.name}-edge`, {
  settings,
  serviceStack,
  env,
  description: 'rejoin: network, edges, load balancer, alarms',
});
Tags.of(app).add('rejoin', settings.name);
acknowledge(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
