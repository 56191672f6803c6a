/** Segments of deferred messages in the table: read in order, counted, discarded. */
import type { Segment, Waiting } from '../ports/store.ts';
import type { DynamodbPages, Query } from './pages.ts';
import { numberOf, positionText, segmentOf, segmentsPartition, textOf } from './shape.ts';

/** Segments that one page of a reading asks for: few are needed, each may be large. */
const pageSegments = 8;

export class DynamodbSegments {
  readonly #pages: DynamodbPages;

  constructor(pages: DynamodbPages) {
    this.#pages = pages;
  }

  async behind(
    key: string,
    range: { readonly after: number; readonly bytesMax: number },
  ): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let size = 0;
    for await (const page of this.#pages.eachQueried({
      ...behindQuery(key, range.after),
      Limit: pageSegments,
    })) {
      for (const segment of page.map(segmentOf)) {
        size += segment.bytes.length;
        if (taken.length > 0 && size > range.bytesMax) return taken;
        taken.push(segment);
      }
    }
    return taken;
  }

  async tail(key: string, messagesMax: number): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let messages = 0;
    for await (const page of this.#pages.eachQueried({
      ...behindQuery(key, 0),
      ScanIndexForward: false,
      Limit: pageSegments,
    })) {
      for (const segment of page.map(segmentOf)) {
        messages += segment.count;
        if (taken.length > 0 && messages > messagesMax) return taken;
        taken.unshift(segment);
      }
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
      ProjectionExpression: 'pk, sk',
      ConsistentRead: true,
    })) {
      await this.#pages.removeAll(page);
    }
  }
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
