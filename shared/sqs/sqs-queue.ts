/**
 * The queues on SQS. Entries of one FIFO group go in requests of their own, one after another: a batch may be taken in part, and what
 * is left of it would come behind what came after it. Looking at records is receiving them for a moment, for SQS has no other way;
 * it counts as a receipt. Queues of edges come and go: one that isn't there has nothing, and takes nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { boundedClient } from '../aws-client.ts';
import { checkEntry } from '../memory/queue-name.ts';
import type { Queue, QueueDepth, QueueEntry, QueueRecord, ReceiveOptions } from '../ports/queue.ts';
import { QueueAbsent } from '../ports/queue-absent.ts';
import type { Page } from '../ports/store.ts';
import { absentWaitMsMax, batchMax, settleMsDefault } from './limit.ts';
import { QueueUrls } from './queue-urls.ts';
import { peek, receive, receiveThese } from './receiving.ts';
import { roundsOf } from './rounds.ts';
import { shortId } from './short-id.ts';

export type SqsOptions = {
  /** What the names of all queues begin with. */
  readonly prefix: string;
  /** Of another place than the environment says. */
  readonly client?: SQSClient;
  /** How long a queue that was made takes until all know it. */
  readonly settleMs?: number;
};

export type SqsQueue = Queue & {
  /** Makes a queue with its dead letters. */
  readonly make: QueueUrls['make'];
  /** Removes a queue with its dead letters. */
  readonly drop: QueueUrls['drop'];
  readonly close: () => void;
};

/** Opens the queues of a prefix. */
export function sqsQueue({ prefix, client, settleMs = settleMsDefault }: SqsOptions): SqsQueue {
  return new Sqs({ client: client ?? new SQSClient(boundedClient), prefix, settleMs });
}

class Sqs implements SqsQueue {
  readonly #client: SQSClient;
  readonly #urls: QueueUrls;

  constructor(options: Required<SqsOptions>) {
    this.#client = options.client;
    this.#urls = new QueueUrls(options);
  }

  async send(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) checkEntry(entry);
    const byQueue = Map.groupBy(entries, ({ queue }) => queue);
    await Promise.all([...byQueue].map(([queue, some]) => this.#sendTo(queue, some)));
  }

  async receive(queue: string, options: ReceiveOptions): Promise<readonly QueueRecord[]> {
    const received = await this.#unlessGone(queue, (url) => receive(this.#client, url, options));
    if (received === undefined) await pause(Math.min(options.waitMs, absentWaitMsMax));
    return received ?? [];
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
      failOn(queue, Failed);
    }
  }

  async release(queue: string, receipts: readonly string[], delayMs: number): Promise<void> {
    const url = await this.#urlOf(queue);
    for (const [at, some] of batches(receipts)) {
      const { Failed = [] } = await this.#client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: url,
          Entries: some.map((ReceiptHandle, index) => ({
            Id: String(at + index),
            ReceiptHandle,
            VisibilityTimeout: Math.ceil(delayMs / 1000),
          })),
        }),
      );
      failOn(queue, Failed);
    }
  }

  /** How many; how old the oldest is, only the service's metrics know. */
  async depth(queue: string): Promise<QueueDepth> {
    const answer = await this.#unlessGone(queue, (QueueUrl) =>
      this.#client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      ),
    );
    return {
      visible: Number(answer?.Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(answer?.Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      oldestMs: undefined,
    };
  }

  async peek(queue: string, page: Page) {
    return (await this.#unlessGone(queue, (url) => peek(this.#client, url, page))) ?? [];
  }

  async receiveThese(queue: string, ids: readonly string[], visibilityMs: number) {
    const asked = { ids, visibilityMs };
    const receive = (url: string) => receiveThese(this.#client, url, asked);
    return (await this.#unlessGone(queue, receive)) ?? [];
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
    if (url === undefined) throw new QueueAbsent(queue);
    return url;
  }

  async #sendTo(queue: string, entries: readonly QueueEntry[]): Promise<void> {
    const rounds = roundsOf(entries).map((round) => round.map(requestEntry));
    const sent = await this.#unlessGone(queue, async (QueueUrl) => {
      for (const Entries of rounds) {
        const { Failed } = await this.#client.send(
          new SendMessageBatchCommand({ QueueUrl, Entries }),
        );
        failOn(queue, Failed);
      }
      return rounds.length;
    });
    if (sent === undefined) throw new QueueAbsent(queue);
  }

  /** What comes of asking a queue; undefined if there is none. */
  async #unlessGone<Answer>(
    queue: string,
    ask: (url: string) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const url = await this.#urls.find(queue);
    if (url === undefined) return undefined;
    try {
      return await ask(url);
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return undefined;
      throw error;
    }
  }
}

/** A request may be carried out in part; whoever asked asks again for the whole. */
function failOn(queue: string, failed: readonly BatchResultErrorEntry[] = []): void {
  const [first] = failed;
  if (first !== undefined) throw new Error(`${queue}: ${first.Message ?? first.Code ?? 'failed'}`);
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
