/** What a deferred message costs in the table and the queues, counted where the service counts: in what it answers, and by the requests. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packSegment, type StoredMessage } from '../../shared/core/segment.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import type { Store } from '../../shared/ports/store.ts';
import { segment } from '../contract/store-segments.ts';
import { makeTable } from './table.ts';

const endpoint = process.env.TEST_TABLE_ENDPOINT ?? '';
/** Dollars a million: write units, read units, requests of a FIFO queue of 64 KB each (us-east-1). */
const prices = { write: 0.625, read: 0.125, request: 0.5 };
const requestBytes = 64 * 1024;
/** Prose, so that it can be deflated as prose can. */
const prose = readFileSync('README.md', 'utf8');

type Capacity = { readonly CapacityUnits?: number };
type Answer = {
  readonly output: {
    readonly ConsumedCapacity?: Capacity | readonly Capacity[];
  };
};

let store: Store;
let units = 0;

/** A chat message of 500 bytes, as it comes from a focus. */
function message(index: number): StoredMessage {
  const from = (index * 500) % (prose.length - 500);
  const head = [
    `From: <sip:user-${index % 7}@rejoin.test>`,
    'To: <sip:group-27@focus.rejoin.test>',
    `DateTime: 2026-11-21T10:15:${String(index % 60).padStart(2, '0')}.123Z`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${randomUUID()}`,
    'imdn.Disposition-Notification: positive-delivery, display',
    '',
    'Content-Type: text/plain;charset=UTF-8',
  ];
  const body = Buffer.from(`${head.join('\r\n')}\r\n\r\n${prose.slice(from, from + 500)}`);
  const receivedAtMs = 1_790_000_000_000 + index * 37;
  return { messageId: randomUUID(), contentType: 'message/cpim', body, receivedAtMs };
}

/** The units that an action takes. */
async function counted(act: () => Promise<unknown>): Promise<number> {
  units = 0;
  await act();
  return units;
}

/** Appends, reads and discards a segment; answers what each message of it takes. */
async function unitsOf(messages: number) {
  const key = `sip:alice@rejoin.test#${randomUUID()}`;
  const bytes = packSegment(Array.from({ length: messages }, (_, index) => message(index)));
  const stored = segment(key, 1, { count: messages, bytes });
  const write = await counted(() => store.append([stored]));
  const read = await counted(() => store.segments(key, { after: 0, bytesMax: 256 * 1024 }));
  const discard = await counted(() => store.discard(key, messages));
  const body = Math.ceil((bytes.length * 4) / 3);
  // Sent, received, removed.
  const requests = Math.ceil(body / requestBytes) * 2 + 1;
  const kept = (write * prices.write + read * prices.read + requests * prices.request) / messages;
  return { write, read, discard, dollars: kept };
}

describe.skipIf(endpoint === '')('a million deferred messages', () => {
  beforeAll(async () => {
    const { client, table } = await makeTable(endpoint);
    client.middlewareStack.add(
      (next) => async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        const { ConsumedCapacity = [] } = (result as Answer).output;
        for (const one of [ConsumedCapacity].flat() as Capacity[]) units += one.CapacityUnits ?? 0;
        return result;
      },
      { step: 'initialize' },
    );
    store = dynamodbStore({ client, table });
  });

  afterAll(async () => {
    await store.close();
  });

  test('that come alone take one write each, and less than $2.40 in table and queue', async () => {
    const { write, read, discard, dollars } = await unitsOf(1);
    expect(write).toBe(1);
    expect(read).toBeLessThanOrEqual(1);
    // Only what is left when a session ends is discarded; the rest goes by its expiry, which costs nothing.
    expect(discard).toBeLessThanOrEqual(2);
    expect(dollars).toBeLessThan(2.4);
  });

  test.each([50, 140])('that come %i at once take less than $0.35', async (messages) => {
    const { write, dollars } = await unitsOf(messages);
    expect(write / messages).toBeLessThan(0.4);
    expect(dollars).toBeLessThan(0.35);
  });
});
