/**
 * Living with a finding of cdk-nag: the rule and the reason stand where the thing is made, and are written into its template. What isn't
 * accepted anywhere ends the synthesis.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a finding on a construct and what is in it. */
export function accept(on: IConstruct, rule: string, reason: string): void {
  Validations.of(on).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Accepts a wildcard in the permissions of a role, for this resource alone. */
export function acceptWildcard(on: IConstruct, resource: string, reason: string): void {
  const shown = shownOf(Stack.of(on).resolve(resource));
  accept(on, `IAM5[Resource::${shown}]`, reason);
}

/** A resource as the findings name it: references in angle brackets. */
function shownOf(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = resolved as Reference;
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (join === undefined) throw new Error(`no name is known for ${JSON.stringify(resolved)}`);
  const [separator, parts] = join;
  return parts.map(shownOf).join(separator);
}

type Reference = {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [separator: string, parts: readonly unknown[]];
};
