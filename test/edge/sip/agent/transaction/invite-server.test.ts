import { expect, test } from 'vitest';
import type { ServerEvent } from '../../../../../edge/sip/agent/transaction/effect.ts';
import {
  type InviteServer,
  openInviteServer,
  stepInviteServer,
} from '../../../../../edge/sip/agent/transaction/invite-server.ts';
import { brief, play, reliable, response, unreliable } from './fixture.ts';

const again: ServerEvent = { kind: 'repeated' };
const ack: ServerEvent = { kind: 'acknowledged' };
const failed: ServerEvent = { kind: 'send-failed' };
const answer = (status: number): ServerEvent => ({ kind: 'respond', response: response(status) });
const timer = (letter: 'G' | 'H' | 'I' | 'L' | 'trying' | 'answer'): ServerEvent => ({
  kind: 'timer',
  timer: letter,
});

function run(events: readonly ServerEvent[], timing = unreliable) {
  const { state } = openInviteServer(timing, response(100));
  const { phase, effects } = play(state, stepInviteServer, events);
  return [phase, ...effects];
}

test('a 100 comes after 200 ms unless the user has answered [RFC 3261 17.2.1]', () => {
  const { state, effects } = openInviteServer(unreliable, response(100));
  expect([state.phase, ...effects.map(brief)]).toEqual([
    ...['proceeding', 'start trying 200', 'start answer 600000'],
  ]);
  expect(run([timer('trying')])).toEqual(['proceeding', 'stop trying', 'send 100']);
  expect(run([answer(180)])).toEqual(['proceeding', 'stop trying', 'send 180']);
  expect(run([answer(180), timer('trying')])).toEqual(['proceeding']);
});

test('an INVITE that comes again gets the last provisional again [RFC 3261 17.2.1]', () => {
  expect(run([again])).toEqual(['proceeding', 'stop trying', 'send 100']);
  expect(run([answer(180), again])).toEqual(['proceeding', 'send 180']);
  expect(run([answer(180), answer(183)])).toEqual(['proceeding', 'send 183']);
});

test('after a 2xx the INVITE is absorbed and the user may repeat its 2xx until timer L [RFC 6026 7.1]', () => {
  expect(run([answer(200)])).toEqual([
    ...['accepted', 'stop trying', 'stop answer', 'send 200', 'start L 32000'],
  ]);
  expect(run([answer(200), again])).toEqual(['accepted']);
  expect(run([answer(200), answer(200)])).toEqual(['accepted', 'send 200']);
  expect(run([answer(200), answer(487)])).toEqual(['accepted']);
  expect(run([answer(200), answer(180)])).toEqual(['accepted']);
  expect(run([answer(200), timer('H')])).toEqual(['accepted']);
  expect(run([answer(200), timer('L')])).toEqual(['terminated']);
});

test('a refusal is repeated by timer G, doubled up to T2, until the ACK [RFC 3261 17.2.1]', () => {
  expect(run([answer(180), answer(486)])).toEqual([
    ...['completed', 'stop answer', 'send 486', 'start G 500', 'start H 32000'],
  ]);
  expect(run([answer(486), again])).toEqual(['completed', 'send 486']);
  expect(run([answer(486), timer('G')])).toEqual(['completed', 'send 486', 'start G 1000']);
  const five = [answer(486), ...Array.from({ length: 5 }, () => timer('G'))];
  expect(run(five)).toEqual(['completed', 'send 486', 'start G 4000']);
  expect(run([answer(486), ack])).toEqual(['confirmed', 'stop H', 'stop G', 'start I 5000']);
  expect(run([answer(486), ack, again])).toEqual(['confirmed']);
  expect(run([answer(486), ack, timer('G')])).toEqual(['confirmed']);
  expect(run([answer(486), ack, timer('I')])).toEqual(['terminated']);
});

test('over a reliable transport a refusal is sent once and forgotten with its ACK [RFC 3261 17.2.1]', () => {
  expect(run([answer(486)], reliable)).toEqual([
    ...['completed', 'stop trying', 'stop answer', 'send 486', 'start H 32000'],
  ]);
  expect(run([answer(486), ack], reliable)).toEqual(['terminated', 'stop H']);
});

test('timer H and a send that fails end it without an ACK [RFC 3261 17.2.1, 17.2.4]', () => {
  expect(run([answer(486), timer('H')])).toEqual(['terminated', 'stop H', 'stop G']);
  expect(run([answer(486), failed])).toEqual(['terminated', 'stop H', 'stop G']);
});

test('what does not fit changes nothing', () => {
  expect(run([failed])).toEqual(['proceeding']);
  expect(run([ack])).toEqual(['proceeding']);
  expect(run([timer('answer')])).toEqual(['proceeding']);
  expect(run([answer(486), answer(200)])).toEqual(['completed']);
  expect(run([answer(486), timer('L')])).toEqual(['completed']);
  expect(run([answer(200), timer('L'), again])).toEqual(['terminated']);
});

test('a state without a last response repeats nothing', () => {
  const { state } = openInviteServer(unreliable, response(100));
  const odd: InviteServer = { ...state, phase: 'completed' };
  expect(play(odd, stepInviteServer, [again]).effects).toEqual([]);
  expect(play(odd, stepInviteServer, [timer('G')]).effects).toEqual([]);
});
