/**
 * The queues on SQS. Entries of one FIFO group go in requests of their own, one after another: a batch may be taken in part, and what
 * is left of it would come behind what came after it. Looking at records is receiving them for a moment, for SQS has no other way;
 * it counts as a receipt. Endpoint, region and credentials are the SDK's.
 */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { checkEntry } from '../memory/queue-name.ts';
import type { Queue, QueueDepth, QueueEntry, QueueRecord, ReceiveOptions } from '../ports/queue.ts';
import type { Page } from '../ports/store.ts';
import { attemptsMax, batchMax } from './limit.ts';
import { QueueUrls } from './queue-urls.ts';
import { peek, receive, receiveThese } from './receiving.ts';
import { roundsOf } from './rounds.ts';
import { shortId } from './short-id.ts';

export type SqsOptions = {
  /** What the names of all queues begin with. */
  readonly prefix: string;
  /** Of another place than the environment says. */
  readonly client?: SQSClient;
};

export type SqsQueue = Queue & {
  /** Makes a queue with its dead letters. */
  readonly make: QueueUrls['make'];
  /** Removes a queue with its dead letters. */
  readonly drop: QueueUrls['drop'];
  readonly close: () => void;
};

/** Opens the queues of a prefix. */
export function sqsQueue({ prefix, client }: SqsOptions): SqsQueue {
  return new Sqs(client ?? new SQSClient({ maxAttempts: attemptsMax }), prefix);
}

class Sqs implements SqsQueue {
  readonly #client: SQSClient;
  readonly #urls: QueueUrls;

  constructor(client: SQSClient, prefix: string) {
    this.#client = client;
    this.#urls = new QueueUrls(client, prefix);
  }

  async send(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) checkEntry(entry);
    const byQueue = Map.groupBy(entries, ({ queue }) => queue);
    await Promise.all([...byQueue].map(([queue, some]) => this.#sendTo(queue, some)));
  }

  async receive(queue: string, options: ReceiveOptions): Promise<readonly QueueRecord[]> {
    const url = await this.#urls.find(queue);
    return url === undefined ? [] : await receive(this.#client, url, options);
  }

  async remove(queue: string, receipts: readonly string[]): Promise<void> {
    const url = await this.#urlOf(queue);
    for (const [at, some] of batches(receipts)) {
      const { Failed = [] } = await this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: some.map((ReceiptHandle, index) => ({ Id: String(at + index), ReceiptHandle })),
        }),
      );
      if (Failed.length > 0) throw new Error(`${queue}: ${Failed[0]?.Message ?? 'not removed'}`);
    }
  }

  async release(queue: string, receipts: readonly string[], delayMs: number): Promise<void> {
    const url = await this.#urlOf(queue);
    for (const [at, some] of batches(receipts)) {
      await this.#client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: url,
          Entries: some.map((ReceiptHandle, index) => ({
            Id: String(at + index),
            ReceiptHandle,
            VisibilityTimeout: Math.ceil(delayMs / 1000),
          })),
        }),
      );
    }
  }

  /** How many; how old the oldest is, only the service's metrics know. */
  async depth(queue: string): Promise<QueueDepth> {
    const url = await this.#urls.find(queue);
    if (url === undefined) return { visible: 0, inFlight: 0, oldestMs: undefined };
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      oldestMs: undefined,
    };
  }

  async peek(queue: string, page: Page) {
    const url = await this.#urls.find(queue);
    return url === undefined ? [] : await peek(this.#client, url, page);
  }

  async receiveThese(queue: string, ids: readonly string[], visibilityMs: number) {
    const url = await this.#urls.find(queue);
    return url === undefined ? [] : await receiveThese(this.#client, url, { ids, visibilityMs });
  }

  names(): Promise<readonly string[]> {
    return this.#urls.names();
  }

  make(...args: Parameters<QueueUrls['make']>): Promise<void> {
    return this.#urls.make(...args);
  }

  drop(queue: string): Promise<void> {
    return this.#urls.drop(queue);
  }

  close(): void {
    this.#client.destroy();
  }

  async #urlOf(queue: string): Promise<string> {
    const url = await this.#urls.find(queue);
    if (url === undefined) throw new Error(`there is no queue ${queue}`);
    return url;
  }

  async #sendTo(queue: string, entries: readonly QueueEntry[]): Promise<void> {
    const url = await this.#urlOf(queue);
    for (const round of roundsOf(entries)) {
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: url, Entries: round.map(requestEntry) }),
      );
      if (Failed.length > 0) throw new Error(`${queue}: ${Failed[0]?.Message ?? 'not taken'}`);
    }
  }
}

function requestEntry(
  { body, group, deduplicationId, delayMs }: QueueEntry,
  index: number,
): SendMessageBatchRequestEntry {
  return {
    Id: String(index),
    MessageBody: body,
    ...(group === undefined ? {} : { MessageGroupId: shortId(group) }),
    ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: shortId(deduplicationId) }),
    ...(delayMs === undefined ? {} : { DelaySeconds: Math.ceil(delayMs / 1000) }),
  };
}

function* batches(receipts: readonly string[]): Generator<readonly [number, readonly string[]]> {
  for (let at = 0; at < receipts.length; at += batchMax) {
    yield [at, receipts.slice(at, at + batchMax)];
  }
}
