import { expect, test } from 'vitest';
import type { ServerEvent } from '../../../../../edge/sip/agent/transaction/effect.ts';
import {
  type NonInviteServer,
  openNonInviteServer,
  stepNonInviteServer,
} from '../../../../../edge/sip/agent/transaction/non-invite-server.ts';
import { brief, play, reliable, response, unreliable } from './fixture.ts';

const again: ServerEvent = { kind: 'repeated' };
const failed: ServerEvent = { kind: 'send-failed' };
const answer = (status: number): ServerEvent => ({ kind: 'respond', response: response(status) });
const timer = (letter: 'J' | 'answer' | 'G'): ServerEvent => ({ kind: 'timer', timer: letter });

function run(events: readonly ServerEvent[], timing = unreliable) {
  const { state } = openNonInviteServer(timing);
  const { phase, effects } = play<NonInviteServer, ServerEvent>(state, stepNonInviteServer, events);
  return [phase, ...effects];
}

test('a request that nobody answers is forgotten after 64*T1, without a 408 [RFC 4320 4.2]', () => {
  const { state, effects } = openNonInviteServer(unreliable);
  expect([state.phase, ...effects.map(brief)]).toEqual(['trying', 'start answer 32000']);
  expect(run([timer('answer')])).toEqual(['terminated']);
});

test('before an answer a repetition is absorbed; then it gets the last one again [RFC 3261 17.2.2]', () => {
  expect(run([again])).toEqual(['trying']);
  expect(run([answer(100)])).toEqual(['proceeding', 'send 100']);
  expect(run([answer(100), again])).toEqual(['proceeding', 'send 100']);
  expect(run([answer(200)])).toEqual(['completed', 'stop answer', 'send 200', 'start J 32000']);
  expect(run([answer(200), again])).toEqual(['completed', 'send 200']);
  expect(run([answer(200), timer('J')])).toEqual(['terminated']);
});

test('timer J is zero over a reliable transport [RFC 3261 17.2.2]', () => {
  expect(run([answer(200)], reliable)).toEqual(['terminated', 'stop answer', 'send 200']);
});

test('an answer that can not be sent ends it [RFC 3261 17.2.4]', () => {
  expect(run([answer(200), failed])).toEqual(['terminated', 'stop J']);
});

test('what does not fit changes nothing', () => {
  expect(run([failed])).toEqual(['trying']);
  expect(run([timer('G')])).toEqual(['trying']);
  expect(run([answer(200), answer(404)])).toEqual(['completed']);
  expect(run([timer('answer'), again])).toEqual(['terminated']);
});
