import { expect, test } from 'vitest';
import type { ClientEvent } from '../../../../../edge/sip/agent/transaction/effect.ts';
import {
  newNonInviteClient,
  stepNonInviteClient,
} from '../../../../../edge/sip/agent/transaction/non-invite-client.ts';
import { play, reliable, response, unreliable } from './fixture.ts';

const start: ClientEvent = { kind: 'start' };
const failed: ClientEvent = { kind: 'send-failed' };
const got = (status: number): ClientEvent => ({ kind: 'response', response: response(status) });
const timer = (letter: 'A' | 'E' | 'F' | 'K'): ClientEvent => ({ kind: 'timer', timer: letter });

function run(events: readonly ClientEvent[], timing = unreliable) {
  const { phase, effects } = play(newNonInviteClient(timing), stepNonInviteClient, events);
  return [phase, ...effects];
}

test('the request is sent with timers E and F [RFC 3261 17.1.2.2]', () => {
  expect(run([start])).toEqual(['trying', 'send', 'start E 500', 'start F 32000']);
  expect(run([start], reliable)).toEqual(['trying', 'send', 'start F 32000']);
});

test('timer E repeats it, doubled up to T2 [RFC 3261 17.1.2.2]', () => {
  expect(run([start, timer('E')])).toEqual(['trying', 'send', 'start E 1000']);
  const five = [start, ...Array.from({ length: 5 }, () => timer('E'))];
  expect(run(five)).toEqual(['trying', 'send', 'start E 4000']);
});

test('after a provisional it is repeated every T2 [RFC 3261 17.1.2.2]', () => {
  expect(run([start, got(100)])).toEqual(['proceeding', 'pass 100']);
  expect(run([start, got(100), timer('E')])).toEqual(['proceeding', 'send', 'start E 4000']);
});

test('timer F ends it as silence, also after a provisional [RFC 3261 17.1.2.2]', () => {
  expect(run([start, timer('F')])).toEqual(['terminated', 'stop F', 'stop E', 'fail 408']);
  expect(run([start, got(100), timer('F')], reliable)).toEqual([
    ...['terminated', 'stop F', 'fail 408'],
  ]);
});

test('a send that fails ends it [RFC 3261 17.1.4]', () => {
  expect(run([start, failed], reliable)).toEqual(['terminated', 'stop F', 'fail 503']);
});

test('a final response is passed up once, and repetitions absorbed until timer K [RFC 3261 17.1.2.2]', () => {
  expect(run([start, got(200)])).toEqual([
    ...['completed', 'stop F', 'stop E', 'start K 5000', 'pass 200'],
  ]);
  expect(run([start, got(200), got(200)])).toEqual(['completed']);
  expect(run([start, got(200), timer('K')])).toEqual(['terminated']);
});

test('timer K is zero over a reliable transport [RFC 3261 17.1.2.2]', () => {
  expect(run([start, got(404)], reliable)).toEqual(['terminated', 'stop F', 'pass 404']);
});

test('what does not fit changes nothing', () => {
  expect(run([got(200)])).toEqual(['initial']);
  expect(run([start, start])).toEqual(['trying']);
  expect(run([start, timer('A')])).toEqual(['trying']);
  expect(run([start, got(200), timer('F')])).toEqual(['completed']);
  expect(run([start, timer('F'), got(200)])).toEqual(['terminated']);
});
