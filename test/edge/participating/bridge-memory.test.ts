import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Bridge } from '../../../edge/participating/bridge.ts';
import type { HandOver } from '../../../edge/participating/collector.ts';
import {
  readAheadBytesMax,
  readBytesMax,
  segmentBytesMax,
  windowBytesMax,
  windowMessagesMax,
} from '../../../edge/participating/limit.ts';
import { positionOf } from '../../../shared/core/position.ts';
import { packSegment, unpackSegment } from '../../../shared/core/segment.ts';
import { epoch, holdMs } from './bridge-world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bodies that are still held by somebody. */
class Bodies {
  readonly #all: WeakRef<ArrayBuffer>[] = [];

  made(bytes: number): Uint8Array {
    const body = new Uint8Array(bytes);
    this.#all.push(new WeakRef(body.buffer));
    return body;
  }

  /** What a weak reference gives stays until the present job is over. */
  async held(): Promise<number> {
    await setImmediate();
    collectGarbage();
    return this.#all.filter((body) => body.deref() !== undefined).length;
  }
}

/** Everything around a bridge, without a memory for messages: what the store is given, it holds as bytes. */
class Surroundings {
  readonly bodies = new Bodies();
  readonly bridge: Bridge;
  readonly segments: { readonly first: number; readonly bytes: Uint8Array }[] = [];
  readonly references: number[] = [];
  nowMs = 0;
  #out: HandOver | undefined;
  #readAfter: number | undefined;
  #count = 0;

  constructor() {
    const ignore = (): void => {};
    this.bridge = new Bridge(
      { epoch, cursor: positionOf(epoch, 0), last: 0, isEndUnknown: false, holdMs },
      {
        toClient: (_nowMs, reference) => this.references.push(reference) > 0,
        answer: ignore,
        reportSafe: ignore,
        handOver: (_nowMs, handOver) => {
          this.#out = handOver;
        },
        read: (_nowMs, after) => {
          this.#readAfter = after;
        },
        readLater: ignore,
        keepCursor: ignore,
        pauseFocus: ignore,
        resumeFocus: ignore,
        holdUntil: ignore,
        caughtUp: () => true,
      },
    );
  }

  arrive(bytes = 1_000): void {
    this.#count++;
    this.bridge.arrived(this.nowMs, {
      inbound: this.#count,
      messageId: `m${this.#count}`,
      contentType: 'message/cpim',
      body: this.bodies.made(bytes),
      isSuccessReportWanted: false,
      receivedAtMs: this.nowMs,
    });
  }

  handedOver(isStored = true): void {
    this.bridge.endStep(this.nowMs);
    while (this.#out !== undefined) {
      const { first, messages } = this.#out;
      this.#out = undefined;
      if (isStored) this.segments.push({ first, bytes: packSegment(messages) });
      this.bridge.handedOver(this.nowMs, isStored);
    }
  }

  /** What is read is made of bytes of its own, and counted too. */
  read(): void {
    while (this.#readAfter !== undefined) {
      const after = this.#readAfter;
      this.#readAfter = undefined;
      const segment = this.segments.find(({ first }) => first > after);
      if (segment === undefined) return;
      const bytes = this.bodies.made(segment.bytes.length);
      bytes.set(segment.bytes);
      const messages = unpackSegment(bytes);
      this.bridge.segmentsRead(this.nowMs, [{ first: segment.first, messages }]);
    }
  }

  clientAnswersAll(status = 200): void {
    while (this.references.length > 0) this.clientAnswersOldest(status);
  }

  clientAnswersOldest(status = 200): void {
    const reference = this.references.shift();
    if (reference === undefined) throw new Error('nothing is with the client');
    this.bridge.clientAnswered(this.nowMs, reference, status);
    this.bridge.cursorKept(this.nowMs, true);
  }
}

function given(arrivals: number, bytes?: number): Surroundings {
  const around = new Surroundings();
  for (let count = 0; count < arrivals; count++) around.arrive(bytes);
  return around;
}

function givenLive(arrivals: number): Surroundings {
  const around = new Surroundings();
  around.bridge.clientUp(0);
  for (let count = 0; count < arrivals; count++) around.arrive();
  return around;
}

describe('the bridge lets go of a message', () => {
  it('that is durable', async () => {
    const around = given(200);
    expect(await around.bodies.held()).toBe(200);
    around.handedOver();
    expect(await around.bodies.held()).toBe(0);
  });

  it('that could not be stored', async () => {
    const around = given(200);
    around.handedOver(false);
    expect(await around.bodies.held()).toBe(0);
  });

  it('that was stored in parts, or of which a part could not be stored', async () => {
    const around = given(3, segmentBytesMax * 2);
    around.handedOver();
    expect(await around.bodies.held()).toBe(0);
    const failing = given(3, segmentBytesMax * 2);
    failing.handedOver(false);
    expect(await failing.bodies.held()).toBe(0);
  });

  it('that was delivered out of the store, however many wait behind it', async () => {
    const around = new Surroundings();
    for (let count = 0; count < 100; count++) {
      around.arrive(segmentBytesMax - 100);
      around.handedOver();
    }
    around.bridge.clientUp(0);
    around.read();
    const atOnce = (windowBytesMax + readAheadBytesMax + readBytesMax) / segmentBytesMax + 3;
    for (let acknowledged = 0; acknowledged < 100; acknowledged++) {
      around.clientAnswersOldest();
      around.read();
      if (acknowledged % 10 === 0) expect(await around.bodies.held()).toBeLessThan(2 * atOnce);
    }
    expect(around.bridge.mode).toBe('live');
    expect(await around.bodies.held()).toBe(0);
  });

  it('that the client has acknowledged live, or refused', async () => {
    for (const status of [200, 413]) {
      const around = givenLive(200);
      around.clientAnswersAll(status);
      expect(await around.bodies.held()).toBe(0);
    }
  });

  it('that took longer than the hold limit and was acknowledged after all', async () => {
    const around = givenLive(200);
    around.bridge.holdEnded(holdMs);
    around.handedOver();
    around.clientAnswersAll();
    expect(await around.bodies.held()).toBe(0);
  });

  it('that took longer than the hold limit and could not be stored, when the client has answered', async () => {
    const around = givenLive(200);
    around.bridge.holdEnded(holdMs);
    around.handedOver(false);
    expect(await around.bodies.held()).toBe(windowMessagesMax);
    around.clientAnswersAll();
    expect(await around.bodies.held()).toBe(0);
  });

  it('that was under way or held when the client was lost, as soon as it is stored', async () => {
    const around = givenLive(100);
    around.bridge.clientDown(0);
    around.handedOver();
    around.bridge.clientUp(0);
    around.read();
    for (let count = 0; count < 100; count++) around.arrive();
    expect(await around.bodies.held()).toBeGreaterThan(0);
    around.bridge.clientDown(0);
    around.handedOver();
    around.references.length = 0;
    expect(await around.bodies.held()).toBe(0);
  });
});
