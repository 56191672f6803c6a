/** The bucket of bodies that are too large for a segment. They go by themselves when no message can refer to them any more. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bodySpareDays, uploadDays } from './limit.ts';

export type BodiesOptions = {
  readonly key: IKey | undefined;
  readonly retain: boolean;
  /** How long a message may wait. */
  readonly lifetimeS: number;
};

const dayS = 86_400;

/** Makes the bucket. */
export function makeBodies(scope: Construct, { key, retain, lifetimeS }: BodiesOptions): Bucket {
  return new Bucket(scope, 'Bodies', {
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
}
