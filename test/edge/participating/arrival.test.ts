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
  });

  it('that were answered stay though ever so many messages are under way', () => {
    const recent = new RecentIds(2);
    for (const id of ['a', 'b', 'c']) recent.done(id);
    for (let count = 0; count < 10; count++) recent.begin(newArrival(`m${count}`));
    const known = ['a', 'b', 'c'].filter((id) => recent.find(id) !== undefined);
    expect(known).toEqual(['b', 'c']);
  });

  it('that were forgotten and are under way again stay, whatever is answered', () => {
    const recent = new RecentIds(2);
    recent.done('a');
    recent.forget('a');
    const again = newArrival('a');
    recent.begin(again);
    for (const id of ['b', 'c', 'd']) recent.done(id);
    expect(recent.find('a')).toBe(again);
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

  it('that were answered are told with the latest first, as many as are asked for', () => {
    const recent = new RecentIds(4);
    expect(recent.latest(2)).toEqual([]);
    recent.begin(newArrival('under way'));
    for (const id of ['a', 'b', 'c']) recent.done(id);
    expect(recent.latest(2)).toEqual(['c', 'b']);
    recent.forget('b');
    for (const id of ['d', 'e']) recent.done(id);
    expect(recent.latest(9)).toEqual(['e', 'd', 'c']);
  });
});
