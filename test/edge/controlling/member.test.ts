/** What is remembered of what a member has said. */
import { expect, test } from 'vitest';
import { Desk } from '../../../edge/controlling/desk.ts';
import { recentIdsMax } from '../../../edge/controlling/limit.ts';
import { Member } from '../../../edge/controlling/member.ts';
import { Outlet } from '../../../edge/controlling/outlet.ts';
import { Passing } from '../../../edge/controlling/passing.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';

const ignore = () => undefined;

function newMember(): Member {
  const desk = new Desk(new Focus(new World()).options);
  return new Member('sip:alice@rejoin.test', new Outlet(desk, 'sip:alice@rejoin.test', ignore));
}

test('of a message that all have acknowledged the Message-ID alone is remembered', () => {
  const member = newMember();
  const passing = new Passing(ignore, ignore);
  member.say('one', passing);
  member.say('two', passing);
  member.delivered('one');
  member.forgetSends();
  expect(member.said('one')).toBe('delivered');
  expect(member.said('two')).toBe(passing);
});

test('one that is forgotten before all have acknowledged it stays forgotten', () => {
  const member = newMember();
  for (let index = 0; index <= recentIdsMax; index++) {
    member.say(`${index}`, new Passing(ignore, ignore));
  }
  member.delivered('0');
  expect(member.said('0')).toBeUndefined();
  expect(member.said('1')).toBeDefined();
});
