import { describe, expect, it } from 'vitest';
import {
  collectedMessagesMax,
  heldBytesMax,
  heldMessagesMax,
  segmentMessagesMax,
  windowMessagesMax,
} from '../../../edge/participating/limit.ts';
import { BridgeWorld, holdMs } from './bridge-world.ts';

function arriveMany(world: BridgeWorld, count: number, name = 'm'): void {
  world.arriveAll(...Array.from({ length: count }, (_, index) => `${name}${index}`));
}

/** A bridge whose client has one stored message under way. */
function holding(): BridgeWorld {
  const world = new BridgeWorld();
  world.arriveAll('first');
  world.handedOver();
  world.clientUp();
  world.readDone();
  return world;
}

describe('the connection of the focus', () => {
  it('is not read while too much waits for the store, until half of it is through', () => {
    const world = new BridgeWorld();
    arriveMany(world, collectedMessagesMax, 'a');
    arriveMany(world, segmentMessagesMax, 'b');
    expect(world.isPaused).toBe(false);
    world.arrive('more');
    expect(world.isPaused).toBe(true);
    for (let waiting = collectedMessagesMax; waiting > 0; waiting -= segmentMessagesMax) {
      if (waiting > collectedMessagesMax / 2) expect(world.isPaused).toBe(true);
      world.handedOver();
    }
    expect(world.isPaused).toBe(false);
    world.settle();
    expect(world.storedIds).toHaveLength(collectedMessagesMax + segmentMessagesMax + 1);
  });

  it('is not read while too many messages are held, until they go live', () => {
    const world = holding();
    arriveMany(world, heldMessagesMax);
    expect(world.isPaused).toBe(false);
    world.arrive('more');
    expect(world.isPaused).toBe(true);
    world.clientAnswers(0);
    expect(world.isPaused).toBe(false);
    expect(world.sent).toHaveLength(windowMessagesMax);
  });

  it('is not read while too many bytes are held, until the client is lost and they are stored', () => {
    const world = holding();
    world.arrive('large', { bytes: heldBytesMax });
    expect(world.isPaused).toBe(false);
    world.arrive('more');
    expect(world.isPaused).toBe(true);
    world.clientDown();
    world.settle();
    expect(world.isPaused).toBe(false);
    expect(new Set(world.storedIds)).toEqual(new Set(['first', 'large', 'more']));
  });

  it('is not read while too much waits for a live client whose queue is full', () => {
    const world = BridgeWorld.live();
    world.hasRoom = false;
    arriveMany(world, heldMessagesMax + 1);
    expect(world.sent).toHaveLength(1);
    expect(world.isPaused).toBe(false);
    world.arrive('more');
    expect(world.isPaused).toBe(true);
    world.hasRoom = true;
    world.bridge.clientRoom(world.nowMs);
    expect(world.isPaused).toBe(false);
    expect(world.sent).toHaveLength(windowMessagesMax);
  });

  it('is read again when a client whose queue was full is lost [design 5.8]', () => {
    const world = BridgeWorld.live();
    world.hasRoom = false;
    arriveMany(world, heldMessagesMax + 2);
    expect(world.isPaused).toBe(true);
    world.clientDown();
    expect(world.isPaused).toBe(false);
    world.settle();
    expect(world.answers).toHaveLength(heldMessagesMax + 2);
  });
});

describe('the window of a client', () => {
  it('is kept over a loss: no more than that comes twice', () => {
    const world = new BridgeWorld();
    arriveMany(world, 3 * windowMessagesMax);
    world.handedOver();
    world.clientUp();
    world.readDone();
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.clientAnswersAll();
    expect(world.sent).toHaveLength(windowMessagesMax);
    world.cursorKept();
    expect(world.sent).toHaveLength(windowMessagesMax + 1);
  });

  it('goes on when the queue of the client has room again', () => {
    const world = new BridgeWorld();
    arriveMany(world, 3);
    world.handedOver();
    world.hasRoom = false;
    world.clientUp();
    world.readDone();
    expect(world.sent).toHaveLength(1);
    world.hasRoom = true;
    world.bridge.clientRoom(world.nowMs);
    expect(world.sent).toHaveLength(3);
  });
});

describe('a client that is away already', () => {
  it('can not be lost again', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.clientDown();
    world.pass(holdMs);
    world.bridge.holdEnded(world.nowMs);
    expect(world.out?.messages).toHaveLength(1);
    expect(world.bridge.mode).toBe('deferring');
  });
});
