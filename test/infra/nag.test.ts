import { App, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { findings, synthesize } from './synth.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';

describe('the rules of cdk-nag', () => {
  test.each([
    ['as it is', {}],
    ['to the Internet', { public: true, certificateArn }],
    [
      'with its own key, a way out and a budget',
      {
        ownKey: true,
        natGateways: 2,
        alarmEmail: 'night@example.com',
        monthlyBudgetUsd: 300,
      },
    ],
    ['for an IMS core, as a trial', { network: 'ims', retain: false, name: 'trial' }],
  ])('find nothing that has no reason, deployed %s', (_name, settings) => {
    expect(findings(synthesize(settings).app)).toEqual([]);
  });

  test('are looked at at all', () => {
    const app = new App();
    new CfnBucket(new Stack(app, 'Planted'), 'Bucket');
    expect(findings(app).length).toBeGreaterThan(0);
  });
});
