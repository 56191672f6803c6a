import { expect, test } from 'vitest';
import { reasonPhrase } from '../../../../edge/sip/agent/reason-phrase.ts';

test.each([
  [180, 'Ringing'],
  [487, 'Request Terminated'],
  [606, 'Not Acceptable'],
])('%i is called %s [RFC 3261 21]', (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase);
});

test.each([
  [199, 'Session Progress'],
  [299, 'OK'],
  [399, 'Multiple Choices'],
  [499, 'Bad Request'],
  [599, 'Server Internal Error'],
  [699, 'Decline'],
])('an unknown %i counts as its class [RFC 3261 8.1.3.2]', (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase);
});
