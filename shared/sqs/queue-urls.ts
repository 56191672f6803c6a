/** Where a queue is: its name behind a prefix, and the URL that the service has for it. Queues are made and removed here too. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  QueueDoesNotExist,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { deadLetterQueue, isFifo } from '../memory/queue-name.ts';
import { urlsMax } from './limit.ts';

export type NewQueue = { readonly receivesMax: number; readonly visibilityS: number };

export type QueueUrlsOptions = {
  readonly client: SQSClient;
  readonly prefix: string;
  readonly settleMs: number;
};

export class QueueUrls {
  readonly #client: SQSClient;
  readonly #prefix: string;
  readonly #settleMs: number;
  readonly #urls = new Map<string, string>();

  constructor({ client, prefix, settleMs }: QueueUrlsOptions) {
    this.#client = client;
    this.#prefix = prefix;
    this.#settleMs = settleMs;
  }

  /** The URL of a queue; undefined if there is no such queue. */
  async find(queue: string): Promise<string | undefined> {
    const known = this.#urls.get(queue);
    if (known !== undefined) return known;
    try {
      const { QueueUrl } = await this.#client.send(
        new GetQueueUrlCommand({ QueueName: this.#prefix + queue }),
      );
      return this.#remember(queue, QueueUrl);
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return undefined;
      throw error;
    }
  }

  async names(): Promise<readonly string[]> {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const { QueueUrls = [], NextToken } = await this.#client.send(
        new ListQueuesCommand({
          QueueNamePrefix: this.#prefix,
          MaxResults: 1000,
          ...(next === undefined ? {} : { NextToken: next }),
        }),
      );
      names.push(
        ...QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1 + this.#prefix.length)),
      );
      next = NextToken;
    } while (next !== undefined);
    return names.toSorted();
  }

  /** Makes a queue with its dead letters, as the deployed ones are; one that is there stays. Others find it from then on. */
  async make(queue: string, options: NewQueue): Promise<void> {
    await this.#create(queue, options);
    await pause(this.#settleMs);
  }

  async #create(queue: string, options: NewQueue): Promise<string | undefined> {
    const dead = deadLetterQueue(queue);
    const attributes: Record<string, string> = {
      VisibilityTimeout: String(options.visibilityS),
      ...(isFifo(queue)
        ? {
            FifoQueue: 'true',
            DeduplicationScope: 'messageGroup',
            FifoThroughputLimit: 'perMessageGroupId',
          }
        : {}),
    };
    if (dead !== undefined) {
      const { receivesMax: maxReceiveCount } = options;
      const deadLetterTargetArn = await this.#arnOf(await this.#create(dead, options));
      attributes.RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    }
    const { QueueUrl } = await this.#client.send(
      new CreateQueueCommand({ QueueName: this.#prefix + queue, Attributes: attributes }),
    );
    return this.#remember(queue, QueueUrl);
  }

  /** Removes a queue and its dead letters, with what is in them. */
  async drop(queue: string): Promise<void> {
    const dead = deadLetterQueue(queue);
    for (const name of dead === undefined ? [queue] : [queue, dead]) {
      const url = await this.find(name);
      this.#urls.delete(name);
      if (url !== undefined) await this.#client.send(new DeleteQueueCommand({ QueueUrl: url }));
    }
  }

  async #arnOf(url: string | undefined): Promise<string> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    return Attributes?.QueueArn ?? '';
  }

  #remember(queue: string, url: string | undefined): string | undefined {
    if (this.#urls.size >= urlsMax) this.#urls.clear();
    if (url !== undefined) this.#urls.set(queue, url);
    return url;
  }
}
