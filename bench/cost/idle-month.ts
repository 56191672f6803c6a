/** What a month costs in which nothing happens, as the deployment with its default settings tells it. */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import type { IdleCost } from '../../infra/idle-cost.ts';
import { addStacks } from '../../infra/stacks.ts';

/** Puts the stacks together, without their bundles, and asks. */
export function idleMonth(): IdleCost {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as {
    readonly context: Readonly<Record<string, unknown>>;
  };
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const added = addStacks(app, undefined);
  if (added.kind === 'refused') throw new Error(added.problems.join('\n'));
  return added.edgeStack.edge.idleCost;
}
