import { expect, test } from 'vitest';
import { callId, fromTag, toTag } from '../../../edge/sip/tags.ts';
import { requestWith } from './sample.ts';

test('a dialog is named by Call-ID and two tags [RFC 3261 12]', () => {
  const request = requestWith('From: <sip:a@h>;tag=1', 'To: "x;tag=0" <sip:b@h>', 'Call-ID: c@h');
  expect(callId(request)).toBe('c@h');
  expect(fromTag(request)).toBe('1');
  expect(toTag(request)).toBeUndefined();
});

test('a message without these headers has none', () => {
  expect([callId(requestWith()), fromTag(requestWith()), toTag(requestWith())]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
