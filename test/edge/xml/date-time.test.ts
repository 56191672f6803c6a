import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDateTime, parseDateTime } from '../../../edge/xml/date-time.ts';

const first = Date.parse('0001-01-01T00:00:00Z');
const last = Date.parse('9999-12-31T23:59:59.999Z');

test('times are written as RFC 3339 has them and read back (RFC 3339 5.6)', () => {
  fc.assert(
    fc.property(fc.integer({ min: first, max: last }), (ms) => {
      expect(formatDateTime(ms)).toBe(new Date(ms).toISOString());
      expect(parseDateTime(formatDateTime(ms))).toBe(ms);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  '2000-02-29T00:00:00.000Z',
  '1999-12-31T23:59:59.999Z',
  '1900-02-28T12:00:00.000Z',
  '2024-12-31T00:00:00.000Z',
  '1970-01-01T00:00:00.000Z',
  '0072-12-31T00:00:00.000Z',
  '2000-01-01T00:00:00.000Z',
])('%s is on both calendars', (text) => {
  expect(formatDateTime(Date.parse(text))).toBe(text);
});

test.each([
  ['2013-01-16T10:00:00Z', '2013-01-16T10:00:00.000Z'],
  [' 2013-01-16t10:00:00.1z ', '2013-01-16T10:00:00.100Z'],
  ['2013-01-16T10:00:00.123456789+05:30', '2013-01-16T04:30:00.123Z'],
  ['2013-01-16T10:00:00-08:00', '2013-01-16T18:00:00.000Z'],
  ['2013-01-16T10:00:00', '2013-01-16T10:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
])('%s is %s (RFC 3339 5.6)', (text, utc) => {
  expect(parseDateTime(text)).toBe(Date.parse(utc));
});

test.each([
  'now',
  '2013-13-16T10:00:00Z',
  '2013-00-16T10:00:00Z',
  '2013-02-29T10:00:00Z',
  '2013-01-00T10:00:00Z',
  '2013-12-32T10:00:00Z',
  '2013-01-16T24:00:00Z',
  '2013-01-16T10:60:00Z',
  '2013-01-16T10:00:61Z',
])('%s is no time', (text) => {
  expect(parseDateTime(text)).toBeUndefined();
});
