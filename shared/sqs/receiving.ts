/** Receiving from SQS: as a consumer, to look at what is there, or to find records by their ids. */
import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { answerMsMax } from '../aws-client.ts';
import { isFifo } from '../memory/queue-name.ts';
import type { PeekedRecord, QueueRecord, ReceiveOptions } from '../ports/queue.ts';
import type { Page } from '../ports/store.ts';
import { batchMax, lookS, searchesMax, waitMaxS } from './limit.ts';

const bodyStartLength = 1024;

export async function receive(
  client: SQSClient,
  url: string,
  { max, waitMs, visibilityMs }: ReceiveOptions,
): Promise<readonly QueueRecord[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(max, batchMax),
      WaitTimeSeconds: Math.min(Math.ceil(waitMs / 1000), waitMaxS),
      VisibilityTimeout: Math.ceil(visibilityMs / 1000),
      MessageSystemAttributeNames: ['All'],
      // An answer that is lost on its way comes again, instead of hiding its records until their visibility ends.
      ...(isFifo(url) ? { ReceiveRequestAttemptId: randomUUID() } : {}),
    }),
    { requestTimeout: waitMs + answerMsMax },
  );
  return Messages.map(recordOf);
}

/** Looks at records: receives them for a moment, and gives them back. */
export async function peek(
  client: SQSClient,
  url: string,
  { limit, after }: Page,
): Promise<readonly PeekedRecord[]> {
  const found = await search(client, url, (records) => records.length < limit * 2);
  await giveBack(client, url, found);
  const start = found.findIndex(({ id }) => id === after) + 1;
  return found.slice(start, start + limit).map((record) => ({
    id: record.id,
    group: record.group,
    receives: record.receives - 1,
    sentAtMs: record.sentAtMs,
    isOut: false,
    bodyStart: record.body.slice(0, bodyStartLength),
  }));
}

/** Receives records by their ids; all others that come with them are given back. */
export async function receiveThese(
  client: SQSClient,
  url: string,
  { ids, visibilityMs }: { readonly ids: readonly string[]; readonly visibilityMs: number },
): Promise<readonly QueueRecord[]> {
  const wanted = new Set(ids);
  const found = await search(client, url, (records) =>
    [...wanted].some((id) => !records.some((record) => record.id === id)),
  );
  await giveBack(
    client,
    url,
    found.filter(({ id }) => !wanted.has(id)),
  );
  const mine = [...wanted].flatMap((id) => found.find((record) => record.id === id) ?? []);
  await hold(client, url, { records: mine, visibilityS: Math.ceil(visibilityMs / 1000) });
  return mine;
}

async function search(
  client: SQSClient,
  url: string,
  isMoreWanted: (records: readonly QueueRecord[]) => boolean,
): Promise<readonly QueueRecord[]> {
  const found: QueueRecord[] = [];
  for (let searches = 0; searches < searchesMax && isMoreWanted(found); searches++) {
    const some = await receive(client, url, {
      max: batchMax,
      waitMs: 0,
      visibilityMs: lookS * 1000,
    });
    if (some.length === 0) break;
    found.push(...some);
  }
  return found;
}

function giveBack(client: SQSClient, url: string, records: readonly QueueRecord[]): Promise<void> {
  return hold(client, url, { records, visibilityS: 0 });
}

async function hold(
  client: SQSClient,
  url: string,
  {
    records,
    visibilityS,
  }: { readonly records: readonly QueueRecord[]; readonly visibilityS: number },
): Promise<void> {
  for (let at = 0; at < records.length; at += batchMax) {
    await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: records.slice(at, at + batchMax).map(({ receipt }, index) => ({
          Id: String(index),
          ReceiptHandle: receipt,
          VisibilityTimeout: visibilityS,
        })),
      }),
    );
  }
}

function recordOf({ MessageId, ReceiptHandle, Body, Attributes = {} }: Message): QueueRecord {
  return {
    id: MessageId ?? '',
    receipt: ReceiptHandle ?? '',
    body: Body ?? '',
    group: Attributes.MessageGroupId,
    deduplicationId: Attributes.MessageDeduplicationId,
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    sentAtMs: Number(Attributes.SentTimestamp ?? 0),
  };
}
