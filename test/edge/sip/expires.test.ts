import { expect, test } from 'vitest';
import { expires, maxForwards, numberHeader } from '../../../edge/sip/expires.ts';
import { requestWith } from './sample.ts';

test.each([
  ['0', 0],
  ['3600', 3600],
  ['4294967295', 4_294_967_295],
  ['4294967296', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1 2', undefined],
  ['1:', undefined],
  ['x', undefined],
])('Expires "%s" is %s seconds [RFC 3261 20.19]', (value, seconds) => {
  expect(expires(requestWith(`Expires: ${value}`))).toBe(seconds);
});

test('the other headers of one number are read in the same way', () => {
  const request = requestWith('Max-Forwards: 70', 'Min-Expires: 60');
  expect(maxForwards(request)).toBe(70);
  expect(numberHeader(request, 'min-expires')).toBe(60);
  expect(numberHeader(request, 'Content-Length')).toBeUndefined();
});
