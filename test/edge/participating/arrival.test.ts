import { describe, expect, it } from 'vitest';
import { RecentIds } from '../../../edge/participating/arrival.ts';
import { newArrival } from './arrivals.ts';

describe('the Message-IDs of a focus', () => {
  it('are found while a message is under way and after it was answered [RFC 4975 5.4]', () => {
    const recent = new RecentIds(4);
    const arrival = newArrival('a');
    expect(recent.find('a')).toBeUndefined();
    recent.begin(arrival);
    expect(recent.find('a')).toBe(arrival);
    recent.done('a');
    expect(recent.find('a')).toBe('done');
  });

  it('are forgotten when a message was refused, so that it may come again', () => {
    const recent = new RecentIds(4);
    recent.begin(newArrival('a'));
    recent.forget('a');
    expect(recent.find('a')).toBeUndefined();
  });

  it('are as many as may be: the one that was answered first goes first', () => {
    const recent = new RecentIds(3);
    for (const id of ['a', 'b', 'c', 'd', 'e']) recent.done(id);
    const known = ['a', 'b', 'c', 'd', 'e'].filter((id) => recent.find(id) !== undefined);
    expect(known).toEqual(['c', 'd', 'e']);
  });

  it('stay while their message is under way, whatever comes behind it', () => {
    const recent = new RecentIds(2);
    const arrival = newArrival('a');
    recent.begin(arrival);
    for (const id of ['b', 'c', 'd']) recent.done(id);
    expect(recent.find('a')).toBe(arrival);
    const known = ['b', 'c', 'd'].filter((id) => recent.find(id) !== undefined);
    expect(known).toEqual(['d']);
  });

  it('grow beyond the limit only by what is under way, which has bounds of its own', () => {
    const recent = new RecentIds(2);
    const arrivals = ['a', 'b', 'c'].map((id) => newArrival(id));
    for (const arrival of arrivals) recent.begin(arrival);
    for (const arrival of arrivals) expect(recent.find(arrival.messageId)).toBe(arrival);
    for (const arrival of arrivals) recent.done(arrival.messageId);
    recent.done('d');
    expect(recent.find('a')).toBeUndefined();
    expect(recent.find('d')).toBe('done');
  });

  it('keep their place when they are told of again', () => {
    const recent = new RecentIds(2);
    recent.done('a');
    recent.done('b');
    recent.done('a');
    recent.done('c');
    expect(recent.find('a')).toBeUndefined();
    expect(recent.find('b')).toBe('done');
  });
});
