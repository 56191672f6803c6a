import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../../edge/participating/arrival.ts';
import { LiveWindow } from '../../../edge/participating/live-window.ts';
import { idsOf, newArrival } from './arrivals.ts';

const holdMs = 10_000;

/** A window with messages under way, that came in one after the other. */
function windowOf(...receivedAtMs: readonly number[]) {
  const live = new LiveWindow(holdMs);
  const arrivals = receivedAtMs.map((atMs, index) =>
    newArrival(`m${index}`, { receivedAtMs: atMs }),
  );
  const references = arrivals.map((arrival) => live.add(arrival));
  return { live, arrivals, references };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

function store(arrivals: readonly Arrival[], first: number): void {
  for (const [index, arrival] of arrivals.entries()) arrival.position = first + index;
}

describe('live messages', () => {
  it('have references of their own, found once', () => {
    const { live, arrivals, references } = windowOf(0, 0);
    expect(new Set(references).size).toBe(2);
    expect(live.answered(at(references, 1))).toBe(arrivals[1]);
    expect(live.answered(at(references, 1))).toBeUndefined();
    expect(live.answered(at(references, 0))).toBe(arrivals[0]);
    expect(live.answered(77)).toBeUndefined();
  });

  it('become overdue after the hold limit, each told once [O-01]', () => {
    const { live } = windowOf(100, 200, 300);
    expect(live.nextToBeStored?.receivedAtMs).toBe(100);
    expect(live.overdue(99 + holdMs)).toEqual([]);
    expect(idsOf(live.overdue(200 + holdMs))).toEqual(['m0', 'm1']);
    expect(live.nextToBeStored?.receivedAtMs).toBe(300);
    expect(idsOf(live.overdue(300 + holdMs))).toEqual(['m2']);
    expect(live.overdue(300 + holdMs)).toEqual([]);
    expect(live.nextToBeStored).toBeUndefined();
  });

  it('are not overdue once they are answered', () => {
    const { live, references } = windowOf(100, 200);
    live.answered(at(references, 0));
    expect(live.nextToBeStored?.receivedAtMs).toBe(200);
    expect(idsOf(live.overdue(200 + holdMs))).toEqual(['m1']);
  });

  it('that nobody waits for an answer of are not overdue: they are left to the client', () => {
    const { live, arrivals } = windowOf(0, 100);
    at(arrivals, 0).inbound = undefined;
    expect(live.nextToBeStored?.receivedAtMs).toBe(100);
    expect(idsOf(live.overdue(100 + holdMs))).toEqual(['m1']);
  });

  it('that could not be stored are under way as before, and may be overdue again', () => {
    const { live, arrivals } = windowOf(0);
    live.overdue(holdMs);
    expect(live.release(at(arrivals, 0))).toBe(true);
    expect(live.release(at(arrivals, 0))).toBe(false);
    expect(idsOf(live.overdue(holdMs))).toEqual(['m0']);
  });

  it('that still have to be stored are what is left when the client is gone, in order', () => {
    const { live, arrivals, references } = windowOf(0, 1, 5000, 6000);
    live.overdue(holdMs + 1);
    live.answered(at(references, 2));
    expect(idsOf(live.clear())).toEqual(['m3']);
    expect(live.release(at(arrivals, 0))).toBe(false);
    expect(live.nextToBeStored).toBeUndefined();
    expect(live.clear()).toEqual([]);
  });

  it('that are stored let the cursor pass when they and all before them are answered [O-01]', () => {
    const { live, arrivals } = windowOf(0, 0, 0, 0);
    live.overdue(holdMs);
    store(arrivals.slice(0, 3), 11);
    expect(live.passed()).toBeUndefined();
    at(arrivals, 1).isDelivered = true;
    expect(live.passed()).toBeUndefined();
    at(arrivals, 0).isDelivered = true;
    expect(live.passed()).toEqual({ through: 12, messages: 2 });
    expect(live.passed()).toBeUndefined();
    at(arrivals, 3).isDelivered = true;
    at(arrivals, 2).isDelivered = true;
    expect(live.passed()).toEqual({ through: 13, messages: 1 });
    store(arrivals.slice(3), 14);
    expect(live.passed()).toEqual({ through: 14, messages: 1 });
  });

  it('are counted until they are answered', () => {
    const { live, references } = windowOf(0, 0, 0);
    expect(live.size).toBe(3);
    live.answered(at(references, 1));
    live.answered(at(references, 1));
    expect(live.size).toBe(2);
  });

  it('are settled when all are answered and no stored copy is needed any more', () => {
    const { live, arrivals, references } = windowOf(0);
    expect(live.isSettled).toBe(false);
    live.overdue(holdMs);
    live.answered(at(references, 0));
    at(arrivals, 0).isDelivered = true;
    expect(live.isSettled).toBe(false);
    store(arrivals, 11);
    live.passed();
    expect(live.isSettled).toBe(true);
  });
});
