/**
 * The app that `cdk` runs: the two stacks of the context's settings, checked against the rules of cdk-nag. Anything wrong with the
 * settings ends it with what to change.
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from './stacks.ts';

const app = new App();
const added = addStacks(app, process.env.CDK_DEFAULT_ACCOUNT);
if (added.kind === 'refused') {
  for (const problem of added.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const checks = new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true });
Validations.of(app).addPlugins(checks);
