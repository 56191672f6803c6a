/** The bucket of bodies that are too large for a segment. They go by themselves when no message can refer to them any more. */
import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bodySpareDays, uploadDays } from './limit.ts';
import { accept } from './nag.ts';
import type { Names } from './names.ts';

export type BodiesOptions = {
  readonly names: Names;
  readonly key: IKey | undefined;
  readonly retain: boolean;
  /** How long a message may wait. */
  readonly lifetimeS: number;
};

const dayS = 86_400;

/** A bucket's name is the world's, so account and region are in it. */
export function bodiesName(scope: Construct, names: Names): string {
  return `${names.queuePrefix}bodies-${Aws.ACCOUNT_ID}-${Stack.of(scope).region}`;
}

/** Makes the bucket. */
export function makeBodies(scope: Construct, options: BodiesOptions): Bucket {
  const { names, key, retain, lifetimeS } = options;
  const bucket = new Bucket(scope, 'Bodies', {
    bucketName: bodiesName(scope, names),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    // Emptying it is left to whoever takes it down: a function that empties buckets is a risk while it runs.
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    lifecycleRules: [
      {
        expiration: Duration.days(Math.ceil(lifetimeS / dayS) + bodySpareDays),
        abortIncompleteMultipartUploadAfter: Duration.days(uploadDays),
      },
    ],
    ...(key === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
  });
  accept(
    bucket,
    'S1',
    'Only our own roles read it; who did is in CloudTrail, and a log of every read would cost more than the bucket.',
  );
  return bucket;
}
