import { expect, test } from 'vitest';
import { contacts, routes } from '../../../edge/sip/contact.ts';
import { requestWith } from './sample.ts';

test('contacts are read over all fields; what is malformed is left out', () => {
  const request = requestWith('Contact: <sip:a@h>;q=1, none', 'Contact: sip:b@h;expires=0');
  expect(contacts(request)).toEqual([
    { display: undefined, uri: 'sip:a@h', params: [{ name: 'q', value: '1' }] },
    { display: undefined, uri: 'sip:b@h', params: [{ name: 'expires', value: '0' }] },
  ]);
  expect(contacts(requestWith())).toEqual([]);
});

test('a star stands alone [RFC 3261 10.2.2]', () => {
  expect(contacts(requestWith('Contact: *'))).toBe('*');
  expect(contacts(requestWith('Contact: *', 'Contact: <sip:a@h>'))).toHaveLength(1);
});

test('routes are read first hop first [RFC 3261 20.34]', () => {
  const request = requestWith('Route: <sip:a;lr>, <sip:b;lr>', 'Path: <sip:p>', 'Route: <sip:c>');
  expect(routes(request, 'Route').map(({ uri }) => uri)).toEqual(['sip:a;lr', 'sip:b;lr', 'sip:c']);
  expect(routes(request, 'Path').map(({ uri }) => uri)).toEqual(['sip:p']);
  expect(routes(request, 'Record-Route')).toEqual([]);
});
