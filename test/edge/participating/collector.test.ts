import { beforeEach, describe, expect, it } from 'vitest';
import type { Arrival } from '../../../edge/participating/arrival.ts';
import { Collector, type HandOver } from '../../../edge/participating/collector.ts';
import {
  collectedBytesMax,
  collectedMessagesMax,
  segmentBytesMax,
  segmentMessagesMax,
} from '../../../edge/participating/limit.ts';
import { PartJoiner } from '../../../edge/participating/part-joiner.ts';
import { positionOf } from '../../../shared/core/position.ts';
import { storedBytes } from '../../../shared/core/segment.ts';
import { bytesOf, idsOf, newArrival } from './arrivals.ts';

const epoch = 3;

let out: HandOver[];
let stored: Arrival[];
let failed: Arrival[];
let collector: Collector;

beforeEach(() => {
  out = [];
  stored = [];
  failed = [];
  collector = new Collector(
    { epoch, last: positionOf(epoch - 1, 9) },
    {
      handOver: (_nowMs, handOver) => out.push(handOver),
      stored: (_nowMs, arrival) => stored.push(arrival),
      failed: (_nowMs, arrival) => failed.push(arrival),
    },
  );
});

function add(...ids: readonly string[]): void {
  for (const id of ids) collector.add(newArrival(id));
}

/** A message whose place in a segment is so many bytes. */
function sized(id: string, size: number): Arrival {
  const empty = storedBytes(newArrival(id, { body: bytesOf(0) }));
  return newArrival(id, { body: bytesOf(size - empty, id.length) });
}

function outIds(): readonly (readonly string[])[] {
  return out.map(({ messages }) => idsOf(messages));
}

describe('messages on their way into the store', () => {
  it('are handed over at the end of the step, all at once, with positions in order [design 5.1]', () => {
    add('a', 'b', 'c');
    expect(out).toEqual([]);
    expect(collector.isIdle).toBe(false);
    expect(collector.lastGiven).toBe(0);
    collector.flush(1);
    expect(outIds()).toEqual([['a', 'b', 'c']]);
    expect(out[0]?.first).toBe(positionOf(epoch, 1));
    expect(collector.lastGiven).toBe(positionOf(epoch, 3));
    expect(collector.lastStored).toBe(0);
  });

  it('collect while a hand-over is under way, and go with the next [design 5.2]', () => {
    add('a');
    collector.flush(1);
    add('b');
    collector.flush(2);
    add('c');
    collector.flush(3);
    expect(outIds()).toEqual([['a']]);
    collector.handedOver(4, true);
    expect(outIds()).toEqual([['a'], ['b', 'c']]);
    expect(out[1]?.first).toBe(positionOf(epoch, 2));
  });

  it('are told of as stored only when the hand-over is durable, with their positions [design 5.3]', () => {
    add('a', 'b');
    collector.flush(1);
    expect(stored).toEqual([]);
    collector.handedOver(2, true);
    expect(stored.map(({ messageId, position }) => [messageId, position])).toEqual([
      ['a', positionOf(epoch, 1)],
      ['b', positionOf(epoch, 2)],
    ]);
    expect(collector.lastStored).toBe(positionOf(epoch, 2));
    expect(collector.isIdle).toBe(true);
  });

  it('are told of as failed when the hand-over has failed, and their positions are not used again', () => {
    add('a');
    collector.flush(1);
    add('b');
    collector.handedOver(2, false);
    expect(idsOf(failed)).toEqual(['a']);
    expect(failed[0]?.position).toBeUndefined();
    expect(out[1]?.first).toBe(positionOf(epoch, 2));
    collector.handedOver(3, true);
    expect(idsOf(stored)).toEqual(['b']);
    expect(collector.lastStored).toBe(positionOf(epoch, 2));
  });

  it('are not troubled by an outcome that nobody waits for', () => {
    collector.handedOver(1, true);
    collector.flush(1);
    expect([out, stored, failed]).toEqual([[], [], []]);
    expect(collector.lastStored).toBe(0);
  });

  it('have positions behind those that were given before in the same epoch [promise 2]', () => {
    const later = new Collector(
      { epoch, last: positionOf(epoch, 9) },
      { handOver: (_nowMs, handOver) => out.push(handOver), stored: () => {}, failed: () => {} },
    );
    expect(later.lastGiven).toBe(positionOf(epoch, 9));
    later.add(newArrival('a'));
    later.flush(1);
    expect(out[0]?.first).toBe(positionOf(epoch, 10));
  });

  it('fill a segment up to its bytes, and no further', () => {
    const half = segmentBytesMax / 2;
    for (const arrival of [sized('a', half), sized('b', half), sized('c', 100)]) {
      collector.add(arrival);
    }
    collector.flush(1);
    expect(outIds()).toEqual([['a', 'b']]);
    collector.handedOver(2, true);
    expect(outIds()).toEqual([['a', 'b'], ['c']]);
  });

  it('fill a segment up to its number of messages, and no further', () => {
    add(...Array.from({ length: segmentMessagesMax + 1 }, (_, index) => `m${index}`));
    collector.flush(1);
    collector.handedOver(2, true);
    expect(out.map(({ messages }) => messages.length)).toEqual([segmentMessagesMax, 1]);
  });
});

describe('a message that is longer than a segment', () => {
  const length = segmentBytesMax * 2 + 1000;

  function addLong(id = 'long'): Arrival {
    const arrival = newArrival(id, { body: bytesOf(length) });
    collector.add(arrival);
    return arrival;
  }

  it('is handed over in parts with a position each, and stored with its last one', () => {
    const arrival = addLong();
    add('next');
    collector.flush(1);
    for (let at = 2; at < 5; at++) {
      expect(stored).toEqual([]);
      collector.handedOver(at, true);
    }
    expect(arrival.position).toBe(positionOf(epoch, 3));
    expect(idsOf(stored)).toEqual(['long']);
    expect(outIds()).toEqual([['long'], ['long'], ['long'], ['next']]);
    const parts = out.slice(0, 3).flatMap(({ messages }) => messages);
    expect(parts.map(({ part }) => part)).toEqual(['first', 'middle', 'last']);
    const joiner = new PartJoiner();
    const joined = parts.map((part) => joiner.take(part));
    expect(joined[2]?.body).toEqual(arrival.body);
  });

  it('begins behind what waits before it', () => {
    add('a');
    addLong();
    collector.flush(1);
    expect(outIds()).toEqual([['a']]);
    collector.handedOver(2, true);
    expect(out[1]?.messages[0]?.part).toBe('first');
    expect(out[1]?.arrivals).toEqual([]);
  });

  it('is whole if only its names make it too long for a segment', () => {
    const arrival = newArrival('almost', { body: bytesOf(segmentBytesMax) });
    collector.add(arrival);
    collector.flush(1);
    collector.handedOver(2, true);
    expect(idsOf(stored)).toEqual(['almost']);
    const [message] = out[0]?.messages ?? [];
    expect(message && new PartJoiner().take(message)?.body).toEqual(arrival.body);
  });

  for (const failing of [0, 1, 2]) {
    it(`fails as a whole, once, if part ${failing + 1} fails [design 5.3]`, () => {
      const arrival = addLong();
      add('next');
      collector.flush(1);
      for (let part = 0; part < failing; part++) collector.handedOver(2, true);
      collector.handedOver(3, false);
      expect(failed).toEqual([arrival]);
      expect(stored).toEqual([]);
      expect(outIds().at(-1)).toEqual(['next']);
      collector.handedOver(4, true);
      expect(idsOf(stored)).toEqual(['next']);
      expect(collector.isIdle).toBe(true);
      expect(collector.hasRoom).toBe(true);
    });
  }

  it('can come again after it has failed, and is stored in parts from its beginning', () => {
    addLong();
    collector.flush(1);
    collector.handedOver(2, true);
    collector.handedOver(3, false);
    const again = addLong();
    collector.flush(4);
    for (let at = 5; at < 8; at++) collector.handedOver(at, true);
    const joiner = new PartJoiner();
    const messages = out.flatMap((handOver) => handOver.messages);
    const joined = messages.map((message) => joiner.take(message)).filter(Boolean);
    expect(joined.map((message) => message?.body)).toEqual([again.body]);
  });
});

describe('the bounds of what waits for the store', () => {
  it('are reached by the number of messages, and left below half of it', () => {
    add(...Array.from({ length: collectedMessagesMax }, (_, index) => `m${index}`));
    expect(collector.isFull).toBe(false);
    add('more');
    expect(collector.isFull).toBe(true);
    expect(collector.hasRoom).toBe(false);
    collector.flush(1);
    while (!collector.hasRoom) collector.handedOver(2, true);
    expect(stored.length).toBeGreaterThan(0);
    expect(collector.isFull).toBe(false);
    expect(collector.isIdle).toBe(false);
  });

  it('are reached by bytes, and left below half of them', () => {
    collector.add(sized('a', collectedBytesMax / 2));
    collector.add(sized('b', collectedBytesMax / 2));
    expect(collector.isFull).toBe(false);
    add('more');
    expect(collector.isFull).toBe(true);
    collector.flush(1);
    while (!collector.hasRoom) collector.handedOver(2, true);
    expect(idsOf(stored)).toEqual(['a']);
  });
});
