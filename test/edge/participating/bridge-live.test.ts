import { describe, expect, it } from 'vitest';
import { segmentBytesMax } from '../../../edge/participating/limit.ts';
import { at, BridgeWorld, holdMs } from './bridge-world.ts';

describe('a live message', () => {
  it('has the answer of the client as its own, also if it is an error', () => {
    const world = BridgeWorld.live();
    world.arrive('a', { isSuccessReportWanted: true });
    world.arrive('b', { isSuccessReportWanted: true });
    world.clientAnswers(0);
    world.clientAnswers(1, 413);
    expect(world.answered).toEqual(['a 200', 'b 413']);
    expect(world.reported).toEqual(['a']);
  });

  it('that the client has acknowledged is not sent to it again if the focus repeats it', () => {
    const world = BridgeWorld.live();
    world.arrive('a');
    world.clientAnswers(0);
    world.arrive('a');
    expect(world.sentIds).toEqual(['a']);
    expect(world.answered).toEqual(['a 200', 'a 200']);
  });

  it('that the client has refused may come again', () => {
    const world = BridgeWorld.live();
    world.arrive('a');
    world.clientAnswers(0, 413);
    world.arrive('a');
    expect(world.sentIds).toEqual(['a', 'a']);
  });

  it('of which nothing is known is not answered', () => {
    const world = BridgeWorld.live();
    world.bridge.clientAnswered(0, 99, 200);
    expect(world.answers).toEqual([]);
  });

  it('that was under way when the client was lost comes first in the deferral, with the same id [design 5.8]', () => {
    const world = BridgeWorld.live();
    world.arriveAll('a', 'b', 'c');
    world.clientAnswers(1);
    world.clientDown();
    expect(world.bridge.mode).toBe('deferring');
    world.arriveAll('d');
    world.settle();
    expect(world.storedIds).toEqual(['a', 'c', 'd']);
    expect(world.answered).toEqual(['b 200', 'a 200', 'c 200', 'd 200']);
    world.clientDown();
    world.clientUp();
    world.settle();
    expect(world.sentIds.slice(3)).toEqual(['a', 'c', 'd']);
  });
});

describe('a live message that the client has not answered for the hold limit', () => {
  function overdue(...messageIds: readonly string[]): BridgeWorld {
    const world = BridgeWorld.live();
    world.arriveAll(...messageIds);
    world.pass(holdMs);
    return world;
  }

  it('is stored, and then answered 200 [O-01]', () => {
    const world = overdue('a');
    expect(world.answers).toEqual([]);
    world.handedOver();
    expect(world.answered).toEqual(['a 200']);
  });

  it('is waited for as long as it may, one after the other', () => {
    const world = BridgeWorld.live();
    world.arriveAll('a');
    world.pass(holdMs - 1);
    world.arriveAll('b');
    expect(world.out).toBeUndefined();
    world.pass(1);
    expect(world.out?.messages.map(({ messageId }) => messageId)).toEqual(['a']);
    world.handedOver();
    world.pass(holdMs - 1);
    expect(world.out?.messages.map(({ messageId }) => messageId)).toEqual(['b']);
  });

  it('is not sent to the client a second time while its session stands [promise 3]', () => {
    const world = overdue('a', 'b');
    world.settle();
    expect(world.bridge.mode).toBe('live');
    expect(world.sentIds).toEqual(['a', 'b']);
    world.arriveAll('c');
    world.settle();
    expect(world.sentIds).toEqual(['a', 'b', 'c']);
  });

  it('and acknowledges it after all leaves no stored copy behind [O-01]', () => {
    const world = overdue('a', 'b');
    world.settle();
    world.clientAnswers(0);
    world.settle();
    expect(world.durableCursor).toBe(at(1));
    world.clientAnswers(1);
    world.settle();
    expect(world.durableCursor).toBe(at(2));
    expect(world.bridge.isStoreEmpty).toBe(true);
    expect(world.answered).toEqual(['a 200', 'b 200']);
  });

  it('leaves no stored copy behind in whatever order the acknowledgements come [O-01]', () => {
    const world = overdue('a', 'b', 'c');
    world.settle();
    world.clientAnswers(1);
    world.settle();
    expect(world.durableCursor).toBe(0);
    world.clientAnswers(0);
    world.settle();
    expect(world.durableCursor).toBe(at(2));
    world.clientDown();
    world.clientUp();
    world.settle();
    expect(world.sentIds.slice(3)).toEqual(['c']);
  });

  it('is answered at once if the client acknowledges it while it is on its way into the store', () => {
    const world = overdue('a');
    world.clientAnswers(0);
    expect(world.answered).toEqual(['a 200']);
    world.handedOver();
    world.settle();
    expect(world.answered).toEqual(['a 200']);
    expect(world.durableCursor).toBe(at(1));
  });

  it('and refuses it while it is on its way into the store gives its answer to the focus', () => {
    const world = overdue('a');
    world.clientAnswers(0, 413);
    world.settle();
    expect(world.answered).toEqual(['a 413']);
    expect(world.durableCursor).toBe(at(1));
  });

  it('stays safe if the client is lost while it is on its way into the store', () => {
    const world = overdue('a');
    world.clientDown();
    world.handedOver();
    expect(world.answered).toEqual(['a 200']);
    world.clientUp();
    world.settle();
    expect(world.sentIds).toEqual(['a', 'a']);
  });

  it('comes once more after a loss if the client acknowledged it while it was on its way into the store', () => {
    const world = overdue('a');
    world.clientAnswers(0);
    world.clientDown();
    world.settle();
    expect(world.answered).toEqual(['a 200']);
    expect(world.bridge.isStoreEmpty).toBe(false);
  });

  it('is not held against the cursor when a long one before it was stored in parts', () => {
    const world = BridgeWorld.live();
    world.arrive('long', { bytes: segmentBytesMax + 100 });
    world.arrive('b');
    world.pass(holdMs);
    world.settle();
    world.clientAnswers(1);
    world.settle();
    expect(world.durableCursor).toBe(0);
    world.clientDown();
    world.clientUp();
    world.settle();
    expect(world.sentIds.slice(2)).toEqual(['long', 'b']);
  });
});

describe('a live message that can not be stored either', () => {
  function failing(): BridgeWorld {
    const world = BridgeWorld.live();
    world.arriveAll('a');
    world.pass(holdMs);
    return world;
  }

  it('is answered 408, and not twice if the client answers after all', () => {
    const world = failing();
    world.handedOver(false);
    expect(world.answered).toEqual(['a 408']);
    world.clientAnswers(0);
    expect(world.answered).toEqual(['a 408']);
  });

  it('is answered as the client has done, if it has', () => {
    const world = failing();
    world.clientAnswers(0);
    world.handedOver(false);
    expect(world.answered).toEqual(['a 200']);
    world.arrive('a');
    expect(world.answered).toEqual(['a 200', 'a 200']);
    expect(world.sentIds).toEqual(['a']);
  });

  it('is not sent to the client again when the focus repeats it: it is under way [promise 3]', () => {
    const world = failing();
    world.handedOver(false);
    const again = world.arrive('a');
    expect(world.sentIds).toEqual(['a']);
    world.clientAnswers(0);
    expect(world.statusOf(again)).toBe(200);
  });

  it('is not tried to be stored again until somebody waits for an answer', () => {
    const world = failing();
    world.handedOver(false);
    world.pass(holdMs);
    expect(world.out).toBeUndefined();
    const again = world.arrive('a');
    world.pass(holdMs);
    world.handedOver();
    expect(world.statusOf(again)).toBe(200);
    expect(world.storedIds).toEqual(['a']);
  });

  it('does not stand in the way of the cursor', () => {
    const world = failing();
    world.handedOver(false);
    world.arriveAll('b');
    world.pass(holdMs);
    world.settle();
    world.clientAnswers(1);
    world.settle();
    expect(world.durableCursor).toBe(at(2));
  });

  it('is stored once more with the loss of the client, though its focus was told to try again', () => {
    const world = failing();
    world.handedOver(false);
    world.clientDown();
    world.arriveAll('a');
    world.settle();
    expect(world.storedIds).toEqual(['a']);
    expect(world.answered).toEqual(['a 408', 'a 200']);
  });
});
