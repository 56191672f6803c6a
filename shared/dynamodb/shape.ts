/**
 * The one table and the shapes of what is in it:
 *
 *   pk                    sk                      attributes
 *   ────────────────────  ──────────────────────  ────────────────────────────────────────────────────────────────
 *   <partition>           <sort>                  v version · d data (JSON, deflated if long) · owner, at place · ttl
 *   segments#<key>        <last position>         f first · n messages · t oldest (ms) · b bytes, or r body · z deflated · ttl
 *
 * Positions in sort keys have leading zeros, so that their order as text is their order as numbers. Segments are found by their last
 * position: those behind a cursor are one query, the one that holds the next message first. The index `owner` (owner, at;
 * keys only) finds the items of an edge, in order; it lags, so what it finds is read again. Names are short, since they are paid for with every write.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Segment } from '../ports/store.ts';
import { dataBytesMax, segmentBytesMax } from './limit.ts';

export type Attributes = Record<string, AttributeValue>;

export const ownerIndex = 'owner';
const segmentsPrefix = 'segments#';
/** As many digits as the largest safe integer has. */
const positionDigits = 16;
/** Shorter segments hardly get shorter. */
const deflatedFromBytes = 256;
/** Shorter data leave an item within the kilobyte that a write is paid for by, with room for its keys; they stay readable. */
const deflatedDataFromBytes = 700;

export function keyOf(partition: string, sort: string): Attributes {
  return { pk: { S: partition }, sk: { S: sort } };
}

export function segmentsPartition(key: string): string {
  return `${segmentsPrefix}${key}`;
}

export function positionText(position: number): string {
  return String(position).padStart(positionDigits, '0');
}

export function itemAttributes(item: Item): Attributes {
  const { partition, sort, version, data, owner, expiresAtS } = item;
  return {
    ...keyOf(partition, sort),
    v: { N: String(version) },
    d: dataAttribute(data),
    ...(owner === undefined ? {} : { owner: { S: owner }, at: { S: `${partition} ${sort}` } }),
    ...(expiresAtS === undefined ? {} : { ttl: { N: String(expiresAtS) } }),
  };
}

export function itemOf(attributes: Attributes): Item {
  const { pk, sk, v, d, owner, ttl } = attributes;
  return {
    partition: textOf(pk),
    sort: textOf(sk),
    version: numberOf(v),
    data: dataOf(d),
    ...(owner === undefined ? {} : { owner: textOf(owner) }),
    ...(ttl === undefined ? {} : { expiresAtS: numberOf(ttl) }),
  };
}

/** The effects that are kept with a state repeat most of it, so that it deflates to a third. */
function dataAttribute(data: unknown): AttributeValue {
  const text = JSON.stringify(data ?? null);
  if (text.length < deflatedDataFromBytes) return { S: text };
  return { B: deflateRawSync(text) };
}

function dataOf(value: AttributeValue | undefined): unknown {
  const deflated = value?.B;
  if (deflated === undefined) return JSON.parse(textOf(value));
  return JSON.parse(inflateRawSync(deflated, { maxOutputLength: dataBytesMax }).toString());
}

/** A segment as it is written: deflated where that pays, for a write costs by the kilobyte. */
export function segmentAttributes(segment: Segment): Attributes {
  const { key, first, last, count, oldestMs, bytes, expiresAtS } = segment;
  const deflated = bytes.length < deflatedFromBytes ? undefined : deflateRawSync(bytes);
  const isShorter = deflated !== undefined && deflated.length < bytes.length;
  return {
    ...keyOf(segmentsPartition(key), positionText(last)),
    f: { N: String(first) },
    n: { N: String(count) },
    t: { N: String(oldestMs) },
    b: { B: isShorter ? deflated : Uint8Array.from(bytes) },
    ...(isShorter ? { z: { N: '1' } } : {}),
    ttl: { N: String(expiresAtS) },
  };
}

export function segmentOf(attributes: Attributes): Segment {
  const { pk, sk, f, n, t, b, z, ttl } = attributes;
  const stored = b?.B ?? new Uint8Array();
  return {
    key: textOf(pk).slice(segmentsPrefix.length),
    first: numberOf(f),
    last: Number(textOf(sk)),
    count: numberOf(n),
    oldestMs: numberOf(t),
    bytes:
      z === undefined
        ? stored
        : new Uint8Array(inflateRawSync(stored, { maxOutputLength: segmentBytesMax })),
    expiresAtS: numberOf(ttl),
  };
}

export function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

export function numberOf(value: AttributeValue | undefined): number {
  return Number(value?.N ?? '0');
}
