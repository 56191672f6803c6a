import { beforeEach, expect, it } from 'vitest';
import { ClientSubscription } from '../../../edge/participating/client-subscription.ts';
import { subscriptionsMax } from '../../../edge/participating/limit.ts';
import { Subscriptions } from '../../../edge/participating/subscriptions.ts';
import { DeskWorld } from './desk-world.ts';

const name = { user: 'sip:bob@rejoin.test', contributionId: 'c1' };
const other = { user: 'sip:bob@rejoin.test', contributionId: 'c2' };

let world: DeskWorld;
let subscriptions: Subscriptions;

beforeEach(() => {
  world = new DeskWorld();
  subscriptions = new Subscriptions();
});

function subscription(): ClientSubscription {
  return new ClientSubscription(world.desk, {
    user: name.user,
    identity: 'sip:group@cf.test',
    isServedHere: () => true,
    over: () => {},
  });
}

function finished(): number {
  let times = 0;
  world.do((nowMs) => subscriptions.finish(nowMs, name, [name.user], () => times++));
  return times;
}

it('the end of a session is told once, when the last of its subscriptions has ended', () => {
  expect(finished()).toBe(1);
  const all = [subscription(), subscription(), subscription()];
  for (const one of all) subscriptions.add(name, one);
  expect(finished()).toBe(1);
});

it('subscriptions to one session are bounded, and each session has bounds of its own', () => {
  const all = Array.from({ length: subscriptionsMax }, subscription);
  for (const one of all) subscriptions.add(name, one);
  expect([subscriptions.hasRoom(name), subscriptions.hasRoom(other)]).toEqual([false, true]);
  for (const one of all.slice(1)) subscriptions.remove(name, one);
  expect(subscriptions.hasRoom(name)).toBe(true);
  for (const one of all) subscriptions.remove(name, one);
  expect(finished()).toBe(1);
});

it('nothing is passed on where there is no subscription', () => {
  world.do((nowMs) => subscriptions.passOn(nowMs, other, 'sip:group@cf.test'));
  expect(world.peer.requests('SUBSCRIBE')).toEqual([]);
});
