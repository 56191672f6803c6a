import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { Rejoin, type RejoinProps } from '../../infra/rejoin.ts';
import { quick, resources, shown } from './synth.ts';

function inStack(props: (stack: Stack) => RejoinProps): Template {
  const app = new App({ context: { ...quick, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Theirs', { env: { region: 'eu-central-1' } });
  new Rejoin(stack, 'Rejoin', props(stack));
  return Template.fromStack(stack);
}

describe('the construct in a stack of somebody else', () => {
  test('makes what it needs', () => {
    const template = inStack(() => ({}));
    for (const type of ['AWS::DynamoDB::Table', 'AWS::EC2::VPC', 'AWS::ECS::Service']) {
      expect(resources(template, type)).toHaveLength(1);
    }
    const [subnet] = resources(template, 'AWS::EC2::Subnet');
    expect(subnet?.Properties.AvailabilityZone).toBe('eu-central-1a');
  });

  test('takes network, table, key, certificate and hosted zone that are brought along', () => {
    const template = inStack((stack) => ({
      settings: { public: true },
      vpc: new Vpc(stack, 'TheirVpc', { maxAzs: 2, natGateways: 1 }) as IVpc,
      table: new Table(stack, 'TheirTable', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
      }) as ITable,
      encryptionKey: new Key(stack, 'TheirKey'),
      certificate: Certificate.fromCertificateArn(
        stack,
        'TheirCertificate',
        'arn:aws:acm:eu-central-1:123456789012:certificate/1',
      ),
      hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'TheirZone', {
        hostedZoneId: 'Z1',
        zoneName: 'rejoin.test',
      }),
    }));
    for (const type of ['AWS::DynamoDB::Table', 'AWS::EC2::VPC', 'AWS::KMS::Key']) {
      expect(resources(template, type)).toHaveLength(1);
    }
    expect(resources(template, 'AWS::CertificateManager::Certificate')).toEqual([]);
    expect(resources(template, 'AWS::Route53::RecordSet')).toHaveLength(2);
    for (const { Properties } of resources(template, 'AWS::SQS::Queue')) {
      expect(shown(Properties.KmsMasterKeyId)).toContain('TheirKey');
    }
    const [one] = resources(template, 'AWS::Lambda::Function');
    const { Variables } = one!.Properties.Environment as { Variables: Record<string, unknown> };
    expect(shown(Variables.REJOIN_AWS_TABLE)).toContain('TheirTable');
    const [service] = resources(template, 'AWS::ECS::Service');
    expect(JSON.stringify(service?.Properties.NetworkConfiguration)).toContain('TheirVpcPrivate');
  });

  test('says what is wrong with its settings', () => {
    expect(() => inStack(() => ({ settings: { edgesMin: 0 } }))).toThrow('rejoin:edgesMin');
  });
});
