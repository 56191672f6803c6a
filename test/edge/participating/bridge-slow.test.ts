import { describe, expect, it } from 'vitest';
import { windowMessagesMax } from '../../../edge/participating/limit.ts';
import { at, BridgeWorld, holdMs } from './bridge-world.ts';

const count = windowMessagesMax + 6;
const names = Array.from({ length: count }, (_, index) => `m${index}`);

/** A live client with more for it than its window takes. */
function busy(): BridgeWorld {
  const world = BridgeWorld.live();
  world.arriveAll(...names);
  return world;
}

/** The same client, which has not answered for the hold limit. */
function slow(): BridgeWorld {
  const world = busy();
  world.pass(holdMs);
  return world;
}

describe('a live client', () => {
  it('has no more under way than may come twice after a crash [promise 3]', () => {
    const world = busy();
    expect(world.sentIds).toEqual(names.slice(0, windowMessagesMax));
    expect(world.answers).toEqual([]);
  });

  it('has less room while what was delivered to it before is not durably known [promise 3]', () => {
    const world = new BridgeWorld();
    world.arriveAll('a', 'b', 'c');
    world.handedOver();
    world.clientUp();
    world.readDone();
    world.clientAnswersAll();
    expect(world.bridge.mode).toBe('live');
    world.arriveAll(...names);
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.cursorKept();
    expect(world.sent).toHaveLength(windowMessagesMax + 1);
    world.cursorKept();
    expect(world.sent).toHaveLength(windowMessagesMax + 3);
  });

  it('gets the next ones as it answers, in order', () => {
    const world = busy();
    world.clientAnswers(5);
    expect(world.sent).toHaveLength(windowMessagesMax + 1);
    world.clientAnswers(0);
    expect(world.sent).toHaveLength(windowMessagesMax + 2);
    world.arriveAll('later');
    for (let index = 1; index < count; index++) if (index !== 5) world.clientAnswers(index);
    expect(world.sentIds).toEqual([...names, 'later']);
    expect(world.storedIds).toEqual([]);
  });

  it('gets the next ones when its queue has room again', () => {
    const world = BridgeWorld.live();
    world.hasRoom = false;
    world.arriveAll('a', 'b', 'c');
    expect(world.sentIds).toEqual(['a']);
    world.bridge.clientRoom(world.nowMs);
    expect(world.sentIds).toEqual(['a', 'b']);
    world.hasRoom = true;
    world.bridge.clientRoom(world.nowMs);
    expect(world.sentIds).toEqual(['a', 'b', 'c']);
  });

  it('is not waited for longer than the hold limit for what it has no room for [O-01]', () => {
    const world = slow();
    expect(world.bridge.mode).toBe('delivering');
    world.settle();
    expect(world.storedIds).toEqual(names);
    expect(world.answered).toEqual(names.map((name) => `${name} 200`));
    expect(world.sent).toHaveLength(windowMessagesMax);
  });
});

describe('a client that was too slow', () => {
  it('gets the rest out of the store when it has answered, each once, and is live again', () => {
    const world = slow();
    world.settle();
    world.arriveAll('later');
    world.settle();
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.clientAnswersAll();
    world.settle();
    expect(world.sentIds).toEqual([...names, 'later']);
    world.clientAnswersAll(windowMessagesMax);
    world.settle();
    expect(world.bridge.mode).toBe('live');
    expect(world.durableCursor).toBe(at(count + 1));
    expect(world.bridge.isStoreEmpty).toBe(true);
    world.arrive('live');
    expect(world.sentIds.at(-1)).toBe('live');
  });

  it('gets the rest also if it answers while that is on its way into the store', () => {
    const world = slow();
    world.clientAnswersAll();
    expect(world.sent).toHaveLength(windowMessagesMax);
    expect(world.reading).toBeUndefined();
    world.settle();
    expect(world.sentIds).toEqual(names);
  });

  it('has a window that counts what it answered until that is durable [promise 3]', () => {
    const world = slow();
    world.handedOver();
    world.clientAnswersAll();
    world.readDone();
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.cursorKept();
    expect(world.sent).toHaveLength(windowMessagesMax + 1);
    world.cursorKept();
    expect(world.sentIds).toEqual(names);
  });

  it('is not sent again what it has under way, whatever the store has', () => {
    const world = slow();
    world.settle();
    for (let index = 0; index < windowMessagesMax - 1; index++) world.clientAnswers(index);
    world.settle();
    expect(world.sent).toHaveLength(windowMessagesMax);
    expect(world.durableCursor).toBe(at(windowMessagesMax - 1));
    world.clientAnswers(windowMessagesMax - 1);
    world.settle();
    expect(world.sentIds).toEqual(names);
  });

  it('gets everything that it has not answered when it is lost and comes back', () => {
    const world = slow();
    world.settle();
    world.clientAnswers(0);
    world.clientDown();
    world.settle();
    world.clientUp();
    world.settle();
    const again = world.sentIds.slice(windowMessagesMax);
    expect(again).toEqual(names.slice(1, 1 + again.length));
    world.clientAnswersAll(windowMessagesMax);
    world.settle();
    expect(world.sentIds.slice(windowMessagesMax)).toEqual(names.slice(1));
  });
});

describe('what is held near the end of a delivery', () => {
  it('is stored when the end does not come within the hold limit [O-01]', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.handedOver();
    world.clientUp();
    world.readDone();
    world.arriveAll('b');
    expect(world.bridge.mode).toBe('holding');
    world.pass(holdMs);
    world.handedOver();
    expect(world.answered).toEqual(['a 200', 'b 200']);
    world.settle();
    expect(world.sentIds).toEqual(['a', 'b']);
    world.clientAnswersAll();
    world.settle();
    expect(world.bridge.mode).toBe('live');
    expect(world.durableCursor).toBe(at(2));
  });
});
