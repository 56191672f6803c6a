/** Where a queue is: its name behind a prefix, and the URL that the service has for it. Queues are made and removed here too. */
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

export class QueueUrls {
  readonly #client: SQSClient;
  readonly #prefix: string;
  readonly #urls = new Map<string, string>();

  constructor(client: SQSClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** The URL of a queue; undefined if there is no such queue. */
  async find(queue: string): Promise<string | undefined> {
    const known = this.#urls.get(queue);
    if (known !== undefined) return known;
    try {
      const { QueueUrl } = await this.#client.send(
        new GetQueueUrlCommand({ QueueName: this.#prefix + queue }),
      );
      if (this.#urls.size >= urlsMax) this.#urls.clear();
      if (QueueUrl !== undefined) this.#urls.set(queue, QueueUrl);
      return QueueUrl;
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

  /** Makes a queue with its dead letters, as the deployed ones are; one that is there stays. */
  async make(
    queue: string,
    options: { readonly receivesMax: number; readonly visibilityS: number },
  ): Promise<void> {
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
      await this.make(dead, options);
      const deadLetterTargetArn = await this.#arnOf(dead);
      attributes.RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    }
    await this.#client.send(
      new CreateQueueCommand({ QueueName: this.#prefix + queue, Attributes: attributes }),
    );
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

  async #arnOf(queue: string): Promise<string> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.find(queue),
        AttributeNames: ['QueueArn'],
      }),
    );
    return Attributes?.QueueArn ?? '';
  }
}
