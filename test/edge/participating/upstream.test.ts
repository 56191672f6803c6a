import { beforeEach, describe, expect, it } from 'vitest';
import { upstreamMessagesMax } from '../../../edge/participating/limit.ts';
import { Upstream } from '../../../edge/participating/upstream.ts';
import { type Ended, LegWorld, outbound } from './leg-world.ts';

let world: LegWorld;
let upstream: Upstream;
/** The client's end and ours of its session. */
let client: Ended;
let clientSide: Ended;
/** The focus's end and ours of its session. */
let focus: Ended;
let focusSide: Ended;

beforeEach(() => {
  world = new LegWorld();
  upstream = new Upstream(world.ours);
  ({ our: clientSide, their: client } = world.pair());
  clientSide.onMessage = (nowMs, message) => upstream.forward(nowMs, message);
  ({ our: focusSide, their: focus } = newFocus());
});

function newFocus(): { our: Ended; their: Ended } {
  const pair = world.pair();
  pair.our.onAnswer = (nowMs, reference, status) => upstream.answered(nowMs, reference, status);
  return pair;
}

function say(...references: readonly number[]): void {
  for (const reference of references) client.leg.send(0, outbound(reference));
  world.settle();
}

function focusAnswers(end: Ended, status: number): void {
  for (const { inbound } of end.messages.splice(0)) world.theirs.msrp.answer(0, inbound, status);
  world.settle();
}

function heard(end: Ended): readonly string[] {
  return end.told.filter((line) => line !== 'up');
}

describe('what the client says', () => {
  it('goes to the focus unchanged, and has the answer of the focus as its own', () => {
    upstream.focusUp(0, focusSide.leg);
    say(1, 2);
    expect(heard(focus)).toEqual(['message message-1', 'message message-2']);
    expect(focus.last.body).toEqual(outbound(2).body);
    expect(focus.last.contentType).toBe('message/cpim');
    expect(heard(client)).toEqual([]);
    focusAnswers(focus, 200);
    expect(heard(client)).toEqual(['answered 1 200', 'answered 2 200']);
  });

  it('is refused where the focus refuses it', () => {
    upstream.focusUp(0, focusSide.leg);
    say(1);
    focusAnswers(focus, 413);
    expect(heard(client)).toEqual(['answered 1 413']);
  });

  it('asks the focus for failures, unless the client wants none at all [O-02]', () => {
    upstream.focusUp(0, focusSide.leg);
    for (const failureReport of ['yes', 'partial', 'no'] as const) {
      client.leg.send(0, outbound(1, { failureReport, isSuccessReportWanted: true }));
      world.settle();
      expect(focus.last.isSuccessReportWanted).toBe(true);
      expect(focus.last.failureReport).toBe(failureReport === 'no' ? 'no' : 'yes');
    }
  });

  it('waits for the focus, and goes out in order when it is there', () => {
    say(1, 2);
    expect(heard(focus)).toEqual([]);
    upstream.focusUp(0, focusSide.leg);
    world.settle();
    say(3);
    expect(heard(focus)).toEqual(['message message-1', 'message message-2', 'message message-3']);
  });

  it('is sent again over the next connection if the focus has not answered it [design 5.9]', () => {
    upstream.focusUp(0, focusSide.leg);
    say(1, 2);
    const [first] = focus.messages.splice(0, 1);
    world.theirs.msrp.answer(0, first?.inbound ?? 0, 200);
    world.settle();
    upstream.focusDown();
    say(3);
    const next = newFocus();
    upstream.focusUp(0, next.our.leg);
    world.settle();
    expect(heard(next.their)).toEqual(['message message-2', 'message message-3']);
    focusAnswers(next.their, 200);
    expect(heard(client)).toEqual(['answered 1 200', 'answered 2 200', 'answered 3 200']);
  });

  it('is answered once, however often the focus answers', () => {
    upstream.focusUp(0, focusSide.leg);
    say(1);
    focusAnswers(focus, 200);
    upstream.answered(0, 1, 200);
    upstream.answered(0, 99, 200);
    world.settle();
    expect(heard(client)).toEqual(['answered 1 200']);
  });

  it('is taken, and reported as failed, when the focus is gone for good [PFT-081]', () => {
    say(1, 2);
    upstream.fail(0, clientSide.leg, 481);
    world.settle();
    expect(heard(client)).toEqual([
      'answered 1 200',
      'reported message-1 481',
      'answered 2 200',
      'reported message-2 481',
    ]);
    upstream.focusUp(0, focusSide.leg);
    world.settle();
    expect(heard(focus)).toEqual([]);
  });

  it('is let go of when the focus is gone and the client too', () => {
    say(1);
    upstream.fail(0, undefined, 481);
    expect(upstream.hasRoom).toBe(true);
  });

  it('is not read further while as much waits as may, until half of it is through', () => {
    const all = Array.from({ length: upstreamMessagesMax }, (_, index) => index + 1);
    say(...all.slice(0, -1));
    expect(upstream.isFull).toBe(false);
    say(upstreamMessagesMax);
    expect([upstream.isFull, upstream.hasRoom]).toEqual([true, false]);
    upstream.focusUp(0, focusSide.leg);
    world.settle();
    for (const { inbound } of focus.messages.splice(0, upstreamMessagesMax / 2)) {
      world.theirs.msrp.answer(0, inbound, 200);
    }
    world.settle();
    expect([upstream.isFull, upstream.hasRoom]).toEqual([false, false]);
    focusAnswers(focus, 200);
    expect(upstream.hasRoom).toBe(true);
  });
});

describe('a success report of the focus', () => {
  it('is passed on once to a client that wants it, and to no other [RFC 4975 7.1.2]', () => {
    upstream.focusUp(0, focusSide.leg);
    client.leg.send(0, outbound(1, { isSuccessReportWanted: true }));
    say(2);
    for (const messageId of ['message-1', 'message-1', 'message-2']) {
      upstream.reported(0, clientSide.leg, messageId, 200);
    }
    world.settle();
    expect(heard(client)).toEqual(['reported message-1 200']);
  });

  it('for a client that is gone, or on a message of long ago, is nothing', () => {
    upstream.focusUp(0, focusSide.leg);
    for (let reference = 1; reference <= upstreamMessagesMax + 2; reference++) {
      client.leg.send(0, outbound(reference, { isSuccessReportWanted: true }));
      world.settle();
    }
    upstream.reported(0, undefined, `message-${upstreamMessagesMax}`, 200);
    upstream.reported(0, clientSide.leg, 'message-1', 200);
    upstream.reported(0, clientSide.leg, 'message-3', 200);
    world.settle();
    expect(heard(client)).toEqual(['reported message-3 200']);
  });
});
