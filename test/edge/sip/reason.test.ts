import { expect, test } from 'vitest';
import { printReason, type Reason, reasons } from '../../../edge/sip/reason.ts';
import { requestWith } from './sample.ts';

test.each<readonly [string, readonly Reason[]]>([
  [
    'SIP;cause=200;text="Call completed elsewhere"',
    [{ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }],
  ],
  [
    'SIP ; cause = 410, Q.850;cause=16;text="a, \\"b\\""',
    [
      { protocol: 'SIP', cause: 410 },
      { protocol: 'Q.850', cause: 16, text: 'a, "b"' },
    ],
  ],
  ['SIP', [{ protocol: 'SIP' }]],
  ['SIP;cause=x;text=one', [{ protocol: 'SIP', text: 'one' }]],
])('%s says why [RFC 3326]', (value, read) => {
  expect(reasons(requestWith(`Reason: ${value}`))).toEqual(read);
});

test('a message without Reason gives none', () => {
  expect(reasons(requestWith())).toEqual([]);
});

test.each<Reason>([
  { protocol: 'SIP' },
  { protocol: 'SIP', cause: 1 },
  { protocol: 'X', text: 'a"\\b,;' },
])('what is written is read again: %o', (reason) => {
  expect(reasons(requestWith(`Reason: ${printReason(reason)}`))).toEqual([reason]);
});
