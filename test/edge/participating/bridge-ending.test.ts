import { describe, expect, it } from 'vitest';
import {
  collectedMessagesMax,
  heldMessagesMax,
  segmentBytesMax,
  windowMessagesMax,
} from '../../../edge/participating/limit.ts';
import { at, BridgeWorld } from './bridge-world.ts';

/** A live session that its focus has ended, with messages under way to the client. */
function ended(...messageIds: readonly string[]): BridgeWorld {
  const world = BridgeWorld.live();
  world.arriveAll(...messageIds);
  world.isLiveSession = false;
  world.caughtUpCalls = 0;
  world.bridge.sessionEnded(world.nowMs);
  return world;
}

describe('the end of a session for its focus', () => {
  it('lets what is under way be stored at once, and waits for the client all the same [O-07]', () => {
    const world = ended('a', 'b');
    expect(world.bridge.mode).toBe('delivering');
    world.handedOver();
    expect(world.answered).toEqual(['a 200', 'b 200']);
    expect(world.caughtUpCalls).toBe(0);
    world.clientAnswers(0);
    expect(world.caughtUpCalls).toBe(0);
    world.clientAnswers(1);
    expect(world.caughtUpCalls).toBe(1);
    world.settle();
    expect(world.durableCursor).toBe(at(2));
    expect(world.sentIds).toEqual(['a', 'b']);
  });

  it('leaves what the client does not answer in the store', () => {
    const world = ended('a', 'b');
    world.handedOver();
    world.clientAnswers(0);
    world.clientDown();
    world.settle();
    world.clientUp();
    world.settle();
    expect(world.sentIds).toEqual(['a', 'b', 'b']);
  });

  it('is seen though the store had taken only parts of a message that the client acknowledges', () => {
    const world = BridgeWorld.live();
    world.arrive('long', { bytes: segmentBytesMax + 100 });
    world.isLiveSession = false;
    world.caughtUpCalls = 0;
    world.bridge.sessionEnded(world.nowMs);
    world.handedOver();
    world.handedOver(false);
    expect(world.answered).toEqual(['long 408']);
    world.clientAnswers(0);
    world.settle();
    expect(world.caughtUpCalls).toBeGreaterThan(0);
    expect(world.sentIds).toEqual(['long']);
  });

  it('lets what the client had no room for be stored too, and delivered in order', () => {
    const names = Array.from({ length: windowMessagesMax + 3 }, (_, index) => `m${index}`);
    const world = ended(...names);
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.settle();
    expect(world.answers).toHaveLength(names.length);
    world.clientAnswersAll();
    world.settle();
    expect(world.sentIds).toEqual(names);
    expect(world.caughtUpCalls).toBe(0);
    world.clientAnswersAll(windowMessagesMax);
    expect(world.caughtUpCalls).toBe(1);
  });

  it('changes nothing where nothing is under way, or the client is away', () => {
    const live = ended();
    expect([live.bridge.mode, live.out]).toEqual(['live', undefined]);
    const away = new BridgeWorld();
    away.arriveAll('a');
    away.bridge.sessionEnded(away.nowMs);
    expect(away.bridge.mode).toBe('deferring');
  });

  it('may be followed by a new beginning: what came meanwhile goes out live', () => {
    const world = ended('a');
    world.settle();
    world.clientAnswers(0);
    world.arriveAll('b');
    expect(world.sentIds).toEqual(['a']);
    world.isLiveSession = true;
    world.bridge.resume(world.nowMs);
    expect(world.bridge.mode).toBe('live');
    expect(world.sentIds).toEqual(['a', 'b']);
  });
});

describe('a bridge is quiet', () => {
  it('when nothing is under way to the client, held, or on its way into the store', () => {
    const world = BridgeWorld.live();
    expect(world.bridge.isQuiet).toBe(true);
    world.arriveAll('a');
    expect(world.bridge.isQuiet).toBe(false);
    world.clientAnswers(0);
    expect(world.bridge.isQuiet).toBe(true);
    world.clientDown();
    world.arriveAll('b');
    expect(world.bridge.isQuiet).toBe(false);
    world.settle();
    expect(world.bridge.isQuiet).toBe(false);
    world.isLiveSession = false;
    world.clientUp();
    world.settle();
    world.clientAnswersAll(1);
    expect(world.bridge.isQuiet).toBe(true);
    world.arriveAll('c');
    expect(world.bridge.isQuiet).toBe(false);
  });
});

describe('a bridge is full', () => {
  function arrive(world: BridgeWorld, count: number): void {
    for (let number = 0; number < count; number++) world.arrive(`m${number}`);
  }

  it('when as much waits for the store as may', () => {
    const world = new BridgeWorld();
    arrive(world, collectedMessagesMax);
    expect(world.bridge.isFull).toBe(false);
    world.arrive('more');
    expect(world.bridge.isFull).toBe(true);
  });

  it('when as much is under way to the client as may', () => {
    const world = BridgeWorld.live();
    arrive(world, windowMessagesMax + heldMessagesMax);
    expect(world.bridge.isFull).toBe(false);
    world.arrive('more');
    expect(world.bridge.isFull).toBe(true);
  });

  it('when as much is held as may', () => {
    const world = new BridgeWorld();
    world.isLiveSession = false;
    world.clientUp();
    world.settle();
    arrive(world, heldMessagesMax);
    expect(world.bridge.isFull).toBe(false);
    world.arrive('more');
    expect(world.bridge.isFull).toBe(true);
  });
});
