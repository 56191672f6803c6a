/**
 * Segments whose bytes are too many to stand in the table at a good price: they are a body of their own, and the item says which. The body is put
 * before the item is written and removed before the item is, so there is never an item whose body is still to come. What is left by
 * somebody who died in between goes by the lifetime of bodies.
 */
import { createHash } from 'node:crypto';
import type { BodyStore } from '../ports/body-store.ts';
import type { Segment } from '../ports/store.ts';
import { tableBytesMax } from './limit.ts';
import { type Attributes, numberOf, segmentAttributes, segmentOf, textOf } from './shape.ts';

export type LargeSegmentsOptions = {
  /** Undefined where everything stands in the table. */
  readonly bodies: BodyStore | undefined;
  readonly nowMs: () => number;
};

export class LargeSegments {
  readonly #bodies: BodyStore | undefined;
  readonly #nowMs: () => number;

  constructor({ bodies, nowMs }: LargeSegmentsOptions) {
    this.#bodies = bodies;
    this.#nowMs = nowMs;
  }

  /** What is written of a segment, its body being safe. */
  async attributesOf(segment: Segment): Promise<Attributes> {
    const attributes = segmentAttributes(segment);
    const { b, ...rest } = attributes;
    const bytes = b?.B ?? new Uint8Array();
    if (this.#bodies === undefined || bytes.length <= tableBytesMax) return attributes;
    const name = bodyNameOf(segment);
    // One that is there already was put by an attempt before this one.
    await this.#bodies.put(name, bytes);
    return { ...rest, r: { S: name } };
  }

  /** The segment of an item; undefined if it has expired and its body is gone already. */
  async segmentOf(attributes: Attributes): Promise<Segment | undefined> {
    const name = textOf(attributes.r);
    if (name === '') return segmentOf(attributes);
    const bytes = await this.#bodies?.get(name);
    if (bytes !== undefined) return segmentOf({ ...attributes, b: { B: bytes } });
    // The table may be two days behind with what has expired.
    if (numberOf(attributes.ttl) * 1000 <= this.#nowMs()) return undefined;
    throw new Error('the bytes of a segment are not among the bodies');
  }

  /** Removes the bodies of some items. */
  async removeOf(items: readonly Attributes[]): Promise<void> {
    const names = items.map(({ r }) => textOf(r)).filter((name) => name !== '');
    for (const name of names) await this.#bodies?.remove(name);
  }

  async close(): Promise<void> {
    await this.#bodies?.close();
  }
}

/** The same for each attempt to write a segment, and for no other one: positions are given once. */
function bodyNameOf({ key, last }: Segment): string {
  return createHash('sha256').update(`${key} ${last}`).digest('base64url');
}
