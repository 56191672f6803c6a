/** Puts the app's stacks together in this process, as `cdk synth` does, and gives what the tests look at. */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from '../../infra/stacks.ts';

type Context = Readonly<Record<string, unknown>>;

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};

export type Synthesized = {
  readonly app: App;
  readonly service: Template;
  readonly edge: Template;
};

const project = JSON.parse(readFileSync('cdk.json', 'utf8')) as { readonly context: Context };

/** What `npm run synth` does beside, and what would only slow the tests down. */
export const quick = { 'aws:cdk:disable-stack-trace': true };
process.env.CDK_VALIDATION = 'false';

/** On a busy machine the libraries alone may take longer to load than a test is given. */
export const patienceMs = 60_000;

/** Synthesizes with settings that differ from their defaults. Bundling is left out unless it is what a test is about. */
export function synthesize(settings: Context = {}, isBundled = false): Synthesized {
  const own = Object.entries(settings).map(([name, value]) => [`rejoin:${name}`, value]);
  const bundling = isBundled ? {} : { 'aws:cdk:bundling-stacks': [] };
  const context = { ...project.context, ...quick, ...bundling, ...Object.fromEntries(own) };
  const app = new App({ context });
  const added = addStacks(app, undefined);
  if (added.kind === 'refused') throw new Error(added.problems.join('\n'));
  const service = Template.fromStack(added.serviceStack);
  return { app, service, edge: Template.fromStack(added.edgeStack) };
}

/** The resources of a type. */
export function resources(template: Template, type: string): readonly Resource[] {
  return Object.values(template.findResources(type)) as Resource[];
}

/** What cdk-nag finds and nobody has accepted, in words. */
export function findings(app: App): readonly string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}

/** An ARN or name in a template as one text: references in angle brackets, as they read in a review. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const object = value as Readonly<Record<string, unknown>>;
  if (object.Ref !== undefined) return `<${object.Ref}>`;
  const attribute = object['Fn::GetAtt'] as readonly string[] | undefined;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  const join = object['Fn::Join'] as readonly [string, readonly unknown[]] | undefined;
  return join === undefined ? JSON.stringify(value) : join[1].map(shown).join(join[0]);
}
