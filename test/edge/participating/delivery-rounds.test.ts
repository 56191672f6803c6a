import { describe, expect, it } from 'vitest';
import { DeliveryRounds, type Turn } from '../../../edge/participating/delivery-rounds.ts';
import { DeskWorld } from './desk-world.ts';

function rounds(isOldestFirst = true) {
  const world = new DeskWorld({ isOldestFirst });
  const told: string[] = [];
  const turn = (name: string, oldestMs: number, isOfNotifications = false): Turn => ({
    user: 'sip:bob@rejoin.test',
    oldestMs,
    isOfNotifications,
    begin: () => told.push(`begin ${name}`),
    giveUp: (_nowMs, status) => told.push(`give up ${name} ${status}`),
  });
  return { world, told, turn, all: new DeliveryRounds(world.desk) };
}

describe('the senders of what waits for a user', () => {
  it.each([
    [true, ['begin a', 'begin b', 'begin c']],
    [false, ['begin c', 'begin b', 'begin a']],
  ])('have their turns by age, oldest first: %s [PFT-039]', (isOldestFirst, order) => {
    const { world, told, turn, all } = rounds(isOldestFirst);
    const turns = [turn('b', 2), turn('a', 1), turn('c', 3)];
    for (const one of turns) all.enter(one);
    expect(told).toEqual([]);
    world.fire('round/');
    for (const name of order.slice(0, 2)) {
      const over = turns.find((_one, index) => name.endsWith('bac'.charAt(index)));
      if (over !== undefined) all.leave(over);
    }
    expect(told).toEqual(order);
  });

  it('that do not wait any longer are passed over', () => {
    const { world, told, turn, all } = rounds();
    const first = turn('a', 1);
    const second = turn('b', 2);
    all.leave(first);
    all.enter(first);
    all.enter(second);
    all.leave(first);
    world.fire('round/');
    expect(told).toEqual(['begin b']);
    all.leave(second);
    all.leave(second);
    expect(told).toEqual(['begin b']);
  });

  it('are all given up at an answer that ends the procedure [PFT-054]', () => {
    const { world, told, turn, all } = rounds();
    const first = turn('a', 1);
    for (const one of [first, turn('b', 2), turn('c', 3)]) all.enter(one);
    world.fire('round/');
    all.stop(0, first, 480);
    expect(told).toEqual(['begin a', 'give up b 480', 'give up c 480']);
    all.stop(0, first, 480);
    all.stopNotifications(0, first, 480);
    expect(told).toHaveLength(3);
  });

  it('of notifications are given up at an error of one, those of messages are not [PFO-012]', () => {
    const { world, told, turn, all } = rounds();
    const first = turn('a', 1, true);
    for (const one of [first, turn('b', 2, true), turn('c', 3)]) all.enter(one);
    world.fire('round/');
    all.stopNotifications(0, first, 480);
    expect(told).toEqual(['begin a', 'give up b 480', 'begin c']);
  });

  it('of a round that was ended before it began are not begun', () => {
    const { world, told, turn, all } = rounds();
    const first = turn('a', 1);
    all.enter(first);
    all.stop(0, first, 480);
    world.fire('round/');
    expect(told).toEqual(['give up a 480']);
  });
});
