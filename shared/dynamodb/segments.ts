/** Segments of deferred messages in the table: read in order, counted, discarded. */
import type { Segment, Waiting } from '../ports/store.ts';
import type { LargeSegments } from './large-segments.ts';
import { firstPageSegments, pageSegmentsMax } from './limit.ts';
import type { DynamodbPages, Query } from './pages.ts';
import { numberOf, positionText, segmentsPartition, textOf } from './shape.ts';

export class DynamodbSegments {
  readonly #pages: DynamodbPages;
  readonly #large: LargeSegments;

  constructor(pages: DynamodbPages, large: LargeSegments) {
    this.#pages = pages;
    this.#large = large;
  }

  async behind(
    key: string,
    range: { readonly after: number; readonly bytesMax: number },
  ): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let size = 0;
    const limitNow = () => pageSegments(taken.length, size, range.bytesMax);
    for await (const page of this.#pages.eachQueried(behindQuery(key, range.after), limitNow)) {
      for (const attributes of page) {
        const segment = await this.#large.segmentOf(attributes);
        if (segment === undefined) continue;
        size += segment.bytes.length;
        if (taken.length > 0 && size > range.bytesMax) return taken;
        taken.push(segment);
      }
      if (size >= range.bytesMax) break;
    }
    return taken;
  }

  async tail(key: string, messagesMax: number): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let messages = 0;
    const limitNow = () => pageSegments(taken.length, messages, messagesMax);
    const query = { ...behindQuery(key, 0), ScanIndexForward: false };
    for await (const page of this.#pages.eachQueried(query, limitNow)) {
      for (const attributes of page) {
        messages += numberOf(attributes.n);
        if (taken.length > 0 && messages > messagesMax) return taken;
        const segment = await this.#large.segmentOf(attributes);
        if (segment !== undefined) taken.unshift(segment);
      }
      if (messages >= messagesMax) break;
    }
    return taken;
  }

  async waiting(key: string, after: number): Promise<Waiting> {
    let count = 0;
    let oldestMs = Number.POSITIVE_INFINITY;
    for await (const page of this.#pages.eachQueried({
      ...behindQuery(key, after),
      ProjectionExpression: 'sk, f, n, t',
    })) {
      for (const { sk, f, n, t } of page) {
        count += numberOf(f) > after ? numberOf(n) : Number(textOf(sk)) - after;
        oldestMs = Math.min(oldestMs, numberOf(t));
      }
    }
    return { count, oldestMs: count === 0 ? undefined : oldestMs };
  }

  async discard(key: string, through: number): Promise<void> {
    for await (const page of this.#pages.eachQueried({
      KeyConditionExpression: 'pk = :pk AND sk <= :through',
      ExpressionAttributeValues: {
        ':pk': { S: segmentsPartition(key) },
        ':through': { S: positionText(through) },
      },
      ProjectionExpression: 'pk, sk, r',
      ConsistentRead: true,
    })) {
      await this.#large.removeOf(page);
      await this.#pages.removeAll(page);
    }
  }
}

/** As many as will do, if they are like those before: reading is paid for by the byte, and many pages take long. */
function pageSegments(taken: number, amount: number, amountMax: number): number {
  if (taken === 0 || amount === 0) return firstPageSegments;
  const missing = Math.ceil(((amountMax - amount) * taken) / amount);
  return Math.min(Math.max(missing, 1), pageSegmentsMax);
}

function behindQuery(key: string, after: number): Query {
  return {
    KeyConditionExpression: 'pk = :pk AND sk > :after',
    ExpressionAttributeValues: {
      ':pk': { S: segmentsPartition(key) },
      ':after': { S: positionText(after) },
    },
    ConsistentRead: true,
  };
}
