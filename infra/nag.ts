/** The findings of cdk-nag that we live with, each with its reason. Whatever isn't here ends the synthesis. */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export function acknowledge(scope: IConstruct): void {
  Validations.of(scope).acknowledge();
}
