/** The contract of bodies on S3. */
import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { s3BodyStore } from '../../shared/s3/s3-body-store.ts';
import { bodyStoreContract } from '../contract/body-store.ts';
import { makeBucket } from './bucket.ts';

const endpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';

if (endpoint !== '') {
  bodyStoreContract('in S3', () => makeBucket(endpoint));

  test('a bucket that is not there is a fault', async () => {
    const client = new S3Client({ endpoint, forcePathStyle: true });
    const bodies = s3BodyStore({ bucket: 'nowhere', client });
    await expect(bodies.get('body')).rejects.toThrow();
    await expect(bodies.put('body', new Uint8Array(1))).rejects.toThrow();
    await bodies.close();
  });
}
