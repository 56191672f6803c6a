/**
 * Bodies as objects of one bucket. Put once is the service's own condition, so two that put the same name agree. How long bodies last is
 * a rule of the bucket. Endpoint, region and credentials are the SDK's.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { boundedClient } from '../aws-client.ts';
import { checkBody, checkBodyName } from '../memory/body-name.ts';
import { largeBodyBytesMax } from '../memory/limit.ts';
import type { BodyStore } from '../ports/body-store.ts';
import { answerMsMax } from './limit.ts';

export type S3Options = {
  readonly bucket: string;
  /** Of another place than the environment says. */
  readonly client?: S3Client;
};

/** Opens the bodies of a bucket that is there. */
export function s3BodyStore({ bucket, client }: S3Options): BodyStore {
  return new S3BodyStore(client ?? openClient(), bucket);
}

/** Servers that stand in for AWS have no name for each bucket, so there it goes into the path. */
function openClient(): S3Client {
  const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
  return new S3Client({ ...boundedClient, forcePathStyle });
}

class S3BodyStore implements BodyStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(name: string, bytes: Uint8Array): Promise<'stored' | 'present'> {
    checkBody(name, bytes);
    try {
      await this.#client.send(
        new PutObjectCommand({ ...this.#at(name), Body: bytes, IfNoneMatch: '*' }),
        { requestTimeout: answerMsMax },
      );
      return 'stored';
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'PreconditionFailed') {
        return 'present';
      }
      throw error;
    }
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkBodyName(name);
    try {
      const { Body, ContentLength = 0 } = await this.#client.send(
        new GetObjectCommand(this.#at(name)),
        { requestTimeout: answerMsMax, abortSignal: AbortSignal.timeout(answerMsMax) },
      );
      if (ContentLength > largeBodyBytesMax) throw new Error('a body is larger than any of ours');
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    checkBodyName(name);
    await this.#client.send(new DeleteObjectCommand(this.#at(name)));
  }

  /** The bucket's own rule removes what is old. */
  async expire(): Promise<number> {
    return 0;
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: name };
  }
}
