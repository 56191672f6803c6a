import { expect, test } from 'vitest';
import type { ClientEvent } from '../../../../../edge/sip/agent/transaction/effect.ts';
import {
  newInviteClient,
  stepInviteClient,
} from '../../../../../edge/sip/agent/transaction/invite-client.ts';
import { play, reliable, response, unreliable } from './fixture.ts';

const start: ClientEvent = { kind: 'start' };
const failed: ClientEvent = { kind: 'send-failed' };
const unreachable: ClientEvent = { kind: 'unreachable' };
const got = (status: number): ClientEvent => ({ kind: 'response', response: response(status) });
const timer = (letter: 'A' | 'B' | 'D' | 'M' | 'E'): ClientEvent => ({
  kind: 'timer',
  timer: letter,
});

function run(events: readonly ClientEvent[], timing = unreliable) {
  const { phase, effects } = play(newInviteClient(timing), stepInviteClient, events);
  return [phase, ...effects];
}

test('the INVITE is sent with timers A and B [RFC 3261 17.1.1.2]', () => {
  expect(run([start])).toEqual(['calling', 'send', 'start A 500', 'start B 32000']);
});

test('over a reliable transport there is no timer A [RFC 3261 17.1.1.2]', () => {
  expect(run([start], reliable)).toEqual(['calling', 'send', 'start B 32000']);
});

test('timer A repeats the INVITE and doubles without end [RFC 3261 17.1.1.2]', () => {
  expect(run([start, timer('A')])).toEqual(['calling', 'send', 'start A 1000']);
  const five = [start, ...Array.from({ length: 5 }, () => timer('A'))];
  expect(run(five)).toEqual(['calling', 'send', 'start A 16000']);
});

test('timer B ends it as silence [RFC 3261 17.1.1.2]', () => {
  expect(run([start, timer('B')])).toEqual(['terminated', 'stop A', 'stop B', 'fail 408']);
});

test('a send that fails ends it [RFC 3261 17.1.4]', () => {
  expect(run([start, failed], reliable)).toEqual(['terminated', 'stop B', 'fail 503']);
});

test('who is known to be gone is not waited for, though it has answered provisionally [RFC 3261 8.1.3.1]', () => {
  expect(run([start, unreachable], reliable)).toEqual(['terminated', 'stop B', 'fail 503']);
  expect(run([start, got(180), unreachable])).toEqual(['terminated', 'fail 503']);
  expect(run([start, got(200), unreachable])).toEqual(['accepted']);
});

test('a provisional stops A and B and is passed up, as are all further ones [RFC 3261 17.1.1.2]', () => {
  expect(run([start, got(100)])).toEqual(['proceeding', 'stop A', 'stop B', 'pass 100']);
  expect(run([start, got(100), got(180)])).toEqual(['proceeding', 'pass 180']);
  expect(run([start, got(100), timer('A')])).toEqual(['proceeding']);
});

test('a refusal is acknowledged, and again whenever it comes again [RFC 3261 17.1.1.2]', () => {
  const refusal = ['completed', 'stop A', 'stop B', 'ack', 'start D 32000', 'pass 486'];
  expect(run([start, got(486)])).toEqual(refusal);
  expect(run([start, got(180), got(486)])).toEqual([
    ...['completed', 'ack', 'start D 32000', 'pass 486'],
  ]);
  expect(run([start, got(486), got(486)])).toEqual(['completed', 'ack']);
  expect(run([start, got(486), got(200)])).toEqual(['completed']);
  expect(run([start, got(486), timer('B')])).toEqual(['completed']);
  expect(run([start, got(486), timer('D')])).toEqual(['terminated']);
});

test('timer D is zero over a reliable transport [RFC 3261 17.1.1.2]', () => {
  expect(run([start, got(486)], reliable)).toEqual(['terminated', 'stop B', 'ack', 'pass 486']);
});

test('an ACK that can not be sent ends it [RFC 3261 17.1.4]', () => {
  expect(run([start, got(486), failed])).toEqual(['terminated', 'stop D']);
});

test('every 2xx is passed up until timer M [RFC 6026 7.2]', () => {
  expect(run([start, got(200)])).toEqual([
    ...['accepted', 'stop A', 'stop B', 'start M 32000', 'pass 200'],
  ]);
  expect(run([start, got(200), got(200)])).toEqual(['accepted', 'pass 200']);
  expect(run([start, got(200), got(180)])).toEqual(['accepted']);
  expect(run([start, got(200), got(486)])).toEqual(['accepted']);
  expect(run([start, got(200), timer('B')])).toEqual(['accepted']);
  expect(run([start, got(200), timer('M')])).toEqual(['terminated']);
});

test('what does not fit changes nothing', () => {
  expect(run([got(200)])).toEqual(['initial']);
  expect(run([start, start])).toEqual(['calling']);
  expect(run([start, timer('E')])).toEqual(['calling']);
  expect(run([start, got(100), failed])).toEqual(['proceeding']);
  expect(run([start, timer('B'), got(200)])).toEqual(['terminated']);
});
