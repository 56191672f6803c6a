import { describe, expect, it } from 'vitest';
import { readBytesMax, rereadMaxMs, rereadMinMs } from '../../../edge/participating/limit.ts';
import { bytesOf, storedPart } from './arrivals.ts';
import { Delivering, runOf } from './delivery-kit.ts';

describe('the delivery of stored messages', () => {
  it('reads behind the cursor when the client is there, and not before', () => {
    const delivering = new Delivering({ cursor: 7, lastStored: 9 });
    delivering.delivery.advance(0, 9);
    expect(delivering.reads).toEqual([]);
    delivering.start();
    expect(delivering.reads).toEqual([{ after: 7, bytesMax: readBytesMax }]);
    delivering.delivery.advance(0, 9);
    expect(delivering.reads).toHaveLength(1);
  });

  it('has nothing to do if everything stored is acknowledged', () => {
    const delivering = new Delivering({ cursor: 9, lastStored: 9 });
    delivering.start();
    expect(delivering.reads).toEqual([]);
    expect(delivering.isFinished).toBe(true);
  });

  it('sends in order and moves the cursor over what is acknowledged in a row [design 5.6]', () => {
    const delivering = Delivering.withRead(3);
    expect(delivering.positions).toEqual([1, 2, 3]);
    delivering.acknowledge(2);
    expect(delivering.delivery.cursor).toBe(0);
    delivering.acknowledge(1);
    expect(delivering.delivery.cursor).toBe(2);
    expect(delivering.isFinished).toBe(false);
    delivering.acknowledge(3);
    expect(delivering.delivery.cursor).toBe(3);
    expect(delivering.isFinished).toBe(true);
  });

  it('does not hear of positions that are not under way', () => {
    const delivering = Delivering.withRead(1);
    delivering.acknowledge(5, 1, 1);
    expect(delivering.delivery.cursor).toBe(1);
    expect(delivering.kept).toEqual([1]);
  });

  it('takes a segment of which some messages are passed, and of what it has read already', () => {
    const delivering = new Delivering({ cursor: 2, lastStored: 6 });
    delivering.start();
    delivering.read(runOf(1, 4), runOf(3, 3), runOf(6, 1));
    expect(delivering.positions).toEqual([3, 4, 5, 6]);
  });

  it('joins the parts of a long message and counts them with the last one', () => {
    const body = bytesOf(30);
    const delivering = new Delivering({ lastStored: 3 });
    delivering.start();
    delivering.read({
      first: 1,
      messages: [
        storedPart('long', 'first', body.subarray(0, 10)),
        storedPart('long', 'middle', body.subarray(10, 20)),
      ],
    });
    expect(delivering.sent).toEqual([]);
    expect(delivering.isFinished).toBe(false);
    delivering.read({ first: 3, messages: [storedPart('long', 'last', body.subarray(20))] });
    expect(delivering.positions).toEqual([3]);
    expect(delivering.sent[0]?.message.body).toEqual(body);
    delivering.acknowledge(3);
    expect(delivering.delivery.cursor).toBe(3);
    expect(delivering.isFinished).toBe(true);
  });
});

describe('the end of what is stored', () => {
  it('is near when everything is read, and reached when everything is acknowledged', () => {
    const delivering = new Delivering({ lastStored: 2 });
    delivering.start();
    expect(delivering.isNearEnd).toBe(false);
    delivering.read(runOf(1, 2));
    expect([delivering.isNearEnd, delivering.isFinished]).toEqual([true, false]);
    delivering.acknowledge(1, 2);
    expect(delivering.isFinished).toBe(true);
  });

  it('shows only by an empty read where another owner may have stored more', () => {
    const delivering = new Delivering({ cursor: 5, isEndUnknown: true });
    delivering.start();
    expect([delivering.isNearEnd, delivering.isFinished]).toEqual([false, false]);
    delivering.read(runOf(6, 1));
    expect(delivering.reads.map(({ after }) => after)).toEqual([5, 6]);
    delivering.read();
    expect(delivering.reads).toHaveLength(2);
    expect(delivering.isNearEnd).toBe(true);
    delivering.acknowledge(6);
    expect(delivering.isFinished).toBe(true);
  });

  it('is known from then on: what an earlier owner has stored is read again after a loss [promise 1]', () => {
    const delivering = new Delivering({ cursor: 5, isEndUnknown: true });
    delivering.start();
    delivering.read(runOf(6, 2));
    delivering.read();
    delivering.acknowledge(6);
    delivering.delivery.stop();
    expect(delivering.isFinished).toBe(false);
    delivering.start();
    expect(delivering.isNearEnd).toBe(false);
    expect(delivering.reads.at(-1)?.after).toBe(6);
    delivering.read(runOf(7, 1));
    expect(delivering.positions).toEqual([6, 7, 7]);
    delivering.acknowledge(7);
    expect(delivering.isFinished).toBe(true);
  });

  it('that is in the queue and not yet in the table is read again after growing pauses', () => {
    const delivering = new Delivering({ lastStored: 1 });
    delivering.start();
    for (let times = 0; times < 8; times++) {
      delivering.read();
      delivering.delivery.readAgain(0, 1);
    }
    expect(delivering.rereadsMs).toEqual([5, 10, 20, 40, 80, 160, 250, 250]);
    expect(delivering.rereadsMs.at(-1)).toBe(rereadMaxMs);
    delivering.read(runOf(1, 1));
    expect(delivering.positions).toEqual([1]);
    delivering.lastStored = 2;
    delivering.delivery.advance(0, 2);
    delivering.read();
    expect(delivering.rereadsMs.at(-1)).toBe(rereadMinMs);
  });

  it('moves on as more is stored behind', () => {
    const delivering = Delivering.withRead(1);
    delivering.lastStored = 2;
    delivering.delivery.advance(0, 2);
    delivering.read(runOf(2, 1));
    expect(delivering.positions).toEqual([1, 2]);
  });

  it('lets the cursor pass what was never stored whole when the delivery is over [promise 5]', () => {
    const delivering = new Delivering({ lastStored: 2 });
    delivering.start();
    delivering.read(runOf(1, 1), {
      first: 2,
      messages: [storedPart('long', 'first', bytesOf(10))],
    });
    delivering.acknowledge(1);
    delivering.keep();
    expect(delivering.isFinished).toBe(true);
    delivering.delivery.finish(0);
    expect(delivering.delivery.cursor).toBe(2);
    expect(delivering.kept).toEqual([1, 2]);
    expect(delivering.isFinished).toBe(true);
  });

  it('once reached, ends the reading: what is stored from then on is with the client already [O-01]', () => {
    const delivering = Delivering.withRead(1);
    delivering.acknowledge(1);
    delivering.delivery.finish(0);
    delivering.keep();
    delivering.lastStored = 2;
    delivering.delivery.advance(0, 2);
    delivering.delivery.unblock(0, 2);
    expect(delivering.reads).toHaveLength(1);
    expect(delivering.delivery.isStopped).toBe(true);
    expect(delivering.isFinished).toBe(false);
    delivering.delivery.passed(0, 2, 1);
    expect(delivering.isFinished).toBe(true);
    expect(delivering.kept).toEqual([1, 2]);
  });

  it('is not reached any more when the client is lost with something stored meanwhile', () => {
    const delivering = Delivering.withRead(1);
    delivering.acknowledge(1);
    delivering.delivery.finish(0);
    delivering.lastStored = 2;
    delivering.delivery.stop();
    expect(delivering.isFinished).toBe(false);
    delivering.start();
    delivering.read(runOf(2, 1));
    expect(delivering.positions).toEqual([1, 2]);
    expect(delivering.isFinished).toBe(false);
  });

  it('is passed once by a late acknowledgement, never backwards [O-01]', () => {
    const delivering = new Delivering({ cursor: 4, lastStored: 6 });
    delivering.delivery.passed(0, 3, 1);
    delivering.delivery.passed(0, 4, 1);
    expect(delivering.kept).toEqual([]);
    delivering.delivery.passed(0, 5, 1);
    expect(delivering.delivery.cursor).toBe(5);
    expect(delivering.kept).toEqual([5]);
  });
});

describe('a client that goes and comes back', () => {
  it('gets again what it has not acknowledged, and nothing else [design 5.8]', () => {
    const delivering = Delivering.withRead(4);
    delivering.acknowledge(1, 3);
    delivering.delivery.stop();
    delivering.sent.length = 0;
    delivering.acknowledge(2);
    delivering.start();
    expect(delivering.reads.at(-1)?.after).toBe(1);
    delivering.read(runOf(2, 3));
    expect(delivering.positions).toEqual([2, 3, 4]);
  });

  it('is not sent what a reading brings after it has gone', () => {
    const delivering = new Delivering({ lastStored: 2 });
    delivering.start();
    delivering.delivery.stop();
    delivering.read(runOf(1, 2));
    delivering.delivery.readAgain(0, 2);
    expect(delivering.sent).toEqual([]);
    expect(delivering.reads).toHaveLength(1);
  });

  it('gets whole what was read in part before', () => {
    const body = bytesOf(20);
    const head = storedPart('long', 'first', body.subarray(0, 10));
    const tail = storedPart('long', 'last', body.subarray(10));
    const delivering = new Delivering({ lastStored: 2 });
    delivering.start();
    delivering.read({ first: 1, messages: [head] });
    delivering.delivery.stop();
    delivering.start();
    expect(delivering.reads.at(-1)?.after).toBe(0);
    delivering.read({ first: 1, messages: [head, tail] });
    expect(delivering.sent.map(({ message }) => message.body)).toEqual([body]);
  });
});
