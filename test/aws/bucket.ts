/** A fresh bucket of bodies. */
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { BodyStore } from '../../shared/ports/body-store.ts';
import { s3BodyStore } from '../../shared/s3/s3-body-store.ts';

export async function makeBucket(endpoint: string): Promise<BodyStore> {
  const client = new S3Client({ endpoint, forcePathStyle: true });
  const bucket = `bodies-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return s3BodyStore({ bucket, client });
}
