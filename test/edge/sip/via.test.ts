import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isVia, parseVia, printVia, topVia, type Via } from '../../../edge/sip/via.ts';
import { cpuMs } from '../../kit/cpu.ts';
import { requestWith } from './sample.ts';

const udp = { protocol: 'SIP/2.0', transport: 'UDP', host: 'h', params: [] };

test.each<readonly [string, Partial<Via>]>([
  ['SIP/2.0/UDP h', {}],
  ['SIP/2.0/UDP h:5060', { port: 5060 }],
  ['SIP / 2.0\t/ UDP  h : 5060 ', { port: 5060 }],
  ['SIP/2.0/tls-x [2001:db8::1]:1', { transport: 'tls-x', host: '[2001:db8::1]', port: 1 }],
  [
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport',
    { host: '192.0.2.1', params: [{ name: 'branch', value: 'z9hG4bK1' }, { name: 'rport' }] },
  ],
  [
    'SIP/2.0/UDP h ; received=[::1] ;x="a,;b"',
    {
      params: [
        { name: 'received', value: '[::1]' },
        { name: 'x', value: '"a,;b"' },
      ],
    },
  ],
  ['ABC/3.1/X a_b.', { protocol: 'ABC/3.1', transport: 'X', host: 'a_b.' }],
])('%s is a Via [RFC 3261 20.42]', (text, parts) => {
  expect(parseVia(text)).toEqual({ ...udp, ...parts });
  expect(isVia(text)).toBe(true);
});

test.each([
  '',
  'SIP/2.0',
  'SIP/2.0/UDP',
  'SIP/2.0/UDP ',
  'SIP/2.0 h',
  'SIP/2.0/UDPh',
  'SIP//UDP h',
  'SIP/2.0/U@P h',
  'SIP/2.0/UDP h h',
  'SIP/2.0/UDP h:',
  'SIP/2.0/UDP h:x',
  'SIP/2.0/UDP h:65536',
  'SIP/2.0/UDP h:99999;x',
  'SIP/2.0/UDP [::1',
  'SIP/2.0/UDP h;',
  'SIP/2.0/UDP h;;branch=1',
  'SIP/2.0/UDP ;branch=1',
])('"%s" is no Via [RFC 3261 20.42, RFC 4475 3.1.2.1]', (text) => {
  expect(parseVia(text)).toBeUndefined();
  expect(isVia(text)).toBe(false);
});

test('what looks like a Via at first sight is one', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'aZ0:;=" \t,<>[]./') });
  fc.assert(
    fc.property(texts, (text) => {
      const via = `SIP/2.0/UDP ${text}`;
      expect(isVia(via)).toBe(parseVia(via) !== undefined);
    }),
    { numRuns: 2000 },
  );
});

test('what is written is read again', () => {
  for (const text of ['SIP/2.0/UDP h', 'SIP/2.0/TCP [::1]:5060;branch=1;rport']) {
    expect(printVia(parseVia(text)!)).toBe(text);
  }
});

test('the topmost Via is the first value of the first field [RFC 3261 18.1.2]', () => {
  const request = requestWith(
    'Via: SIP/2.0/UDP one;x="a,b" , SIP/2.0/UDP two',
    'Via: SIP/2.0/UDP three',
  );
  expect(topVia(request)?.host).toBe('one');
  expect(topVia(request)?.params).toEqual([{ name: 'x', value: '"a,b"' }]);
  expect(topVia(requestWith())).toBeUndefined();
});

test.each([
  ['blanks', `SIP/2.0/UDP${' '.repeat(60_000)}`],
  ['blanks behind the host', `SIP/2.0/UDP h${' '.repeat(60_000)}x`],
  ['blanks behind a colon', `SIP/2.0/UDP h:${' '.repeat(60_000)}x`],
  ['letters', 'a'.repeat(60_000)],
  ['slashes', 'a/'.repeat(30_000)],
  ['a host', `SIP/2.0/UDP ${'a.'.repeat(30_000)}!`],
  ['parameters', `SIP/2.0/UDP h${';a'.repeat(30_000)};`],
  ['open quotes', `SIP/2.0/UDP h${';a="'.repeat(15_000)}`],
])('a long text of %s takes no long time', (_what, text) => {
  const start = cpuMs();
  parseVia(text);
  isVia(text);
  expect(cpuMs() - start).toBeLessThan(500);
});
