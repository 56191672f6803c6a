import { describe, expect, it } from 'vitest';
import { at, BridgeWorld, epoch } from './bridge-world.ts';

describe('while the client is away, what the focus says', () => {
  it('is stored, and answered 200 only when it is durable [promise 1]', () => {
    const world = new BridgeWorld();
    world.arriveAll('a', 'b');
    expect(world.bridge.mode).toBe('deferring');
    expect(world.answers).toEqual([]);
    expect(world.bridge.isStoreIdle).toBe(false);
    world.handedOver();
    expect(world.answered).toEqual(['a 200', 'b 200']);
    expect(world.bridge.isStoreIdle).toBe(true);
    expect(world.bridge.isStoreEmpty).toBe(false);
    expect(world.bridge.last).toBe(at(2));
  });

  it('is answered 408 if it could not be stored, and may come again [design 5.3]', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.handedOver(false);
    expect(world.answered).toEqual(['a 408']);
    world.arriveAll('a');
    world.handedOver();
    expect(world.answered).toEqual(['a 408', 'a 200']);
    expect(world.storedIds).toEqual(['a']);
  });

  it('is reported as safe to a focus that asked for it, when it is', () => {
    const world = new BridgeWorld();
    world.arrive('a', { isSuccessReportWanted: true });
    world.arrive('b');
    world.endStep();
    expect(world.reported).toEqual([]);
    world.handedOver();
    expect(world.reported).toEqual(['a']);
  });

  it('is stored once if a focus sends it again over a new connection [design 5.9]', () => {
    const world = new BridgeWorld();
    const first = world.arrive('a');
    world.endStep();
    const second = world.arrive('a');
    world.settle();
    const third = world.arrive('a');
    world.settle();
    expect(world.storedIds).toEqual(['a']);
    expect(world.statusOf(second)).toBe(200);
    expect(world.statusOf(third)).toBe(200);
    // Whoever still waits over the old connection must not take it for safe by this answer.
    expect(world.statusOf(first)).toBe(408);
  });

  it('is known by its Message-ID if an earlier owner has stored it [design 5.9]', () => {
    const world = new BridgeWorld({ isEndUnknown: true });
    world.bridge.remember(['a', 'b']);
    world.arriveAll('a', 'c');
    world.settle();
    expect(world.answered).toEqual(['a 200', 'c 200']);
    expect(world.storedIds).toEqual(['c']);
    expect(world.bridge.isStoreEmpty).toBe(false);
  });

  it('has positions behind all that an earlier epoch gave', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    expect(world.out?.first).toBe(epoch * 2 ** 32 + 1);
  });
});

describe('when the client is back', () => {
  it('what is stored goes out in order, and what arrives goes behind it [design 5.7]', () => {
    const world = new BridgeWorld();
    world.arriveAll('a', 'b');
    world.handedOver();
    world.clientUp();
    expect(world.bridge.mode).toBe('delivering');
    world.arriveAll('c');
    world.handedOver();
    world.settle();
    expect(world.sentIds).toEqual(['a', 'b', 'c']);
    expect(world.sent.map(({ reference }) => reference)).toEqual([at(1), at(2), at(3)]);
  });

  it('what arrives near the end is held unanswered, and goes out live behind the last stored one', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.handedOver();
    world.clientUp();
    world.readDone();
    expect(world.bridge.mode).toBe('holding');
    world.arriveAll('b', 'c');
    expect(world.sentIds).toEqual(['a']);
    expect(world.answered).toEqual(['a 200']);
    world.clientAnswers(0);
    expect(world.bridge.mode).toBe('live');
    expect(world.sentIds).toEqual(['a', 'b', 'c']);
    world.clientAnswersAll(1);
    expect(world.answered).toEqual(['a 200', 'b 200', 'c 200']);
    expect(world.storedIds).toEqual(['a']);
  });

  it('nothing goes live before what is on its way into the store has been delivered', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.handedOver();
    world.arriveAll('b');
    world.clientUp();
    world.readDone();
    world.arriveAll('c');
    world.clientAnswers(0);
    expect(world.bridge.mode).toBe('holding');
    world.handedOver();
    world.settle();
    expect(world.sentIds).toEqual(['a', 'b']);
    world.clientAnswers(1);
    expect(world.sentIds).toEqual(['a', 'b', 'c']);
  });

  it('and nothing is stored, messages pass straight through from the start', () => {
    const world = BridgeWorld.live();
    expect(world.bridge.mode).toBe('live');
    expect(world.bridge.isStoreEmpty).toBe(true);
    const inbound = world.arrive('a');
    expect(world.sentIds).toEqual(['a']);
    expect(world.statusOf(inbound)).toBeUndefined();
    world.clientAnswers(0);
    expect(world.statusOf(inbound)).toBe(200);
  });

  it('the cursor of what it acknowledges is made durable', () => {
    const world = new BridgeWorld();
    world.arriveAll('a', 'b');
    world.handedOver();
    world.clientUp();
    world.readDone();
    world.clientAnswersAll();
    world.settle();
    expect(world.durableCursor).toBe(at(2));
    expect(world.bridge.cursor).toBe(at(2));
  });

  it('a session that has ended is not gone on with: what arrives is held until there is one', () => {
    const world = new BridgeWorld();
    world.isLiveSession = false;
    world.arriveAll('a');
    world.handedOver();
    world.clientUp();
    world.readDone();
    world.clientAnswers(0);
    expect(world.caughtUpCalls).toBe(1);
    expect(world.bridge.mode).toBe('holding');
    world.arriveAll('b');
    expect(world.sentIds).toEqual(['a']);
    world.isLiveSession = true;
    world.bridge.resume(world.nowMs);
    expect(world.bridge.mode).toBe('live');
    expect(world.sentIds).toEqual(['a', 'b']);
  });

  it('a message that is not in the table yet is waited for', () => {
    const world = new BridgeWorld();
    world.arriveAll('a');
    world.handedOver();
    const kept = new Map(world.stored);
    world.stored.clear();
    world.clientUp();
    world.readDone();
    expect(world.isRereadDue).toBe(true);
    for (const [position, message] of kept) world.stored.set(position, message);
    world.rereadDue();
    world.readDone();
    expect(world.sentIds).toEqual(['a']);
  });
});
