import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressParam, isAddress, parseAddress, printAddress } from '../../../edge/sip/address.ts';
import { param } from '../../../edge/sip/params.ts';
import { cpuMs } from '../../kit/cpu.ts';

test.each([
  ['<sip:a@h>', undefined, 'sip:a@h', []],
  ['sip:a@h', undefined, 'sip:a@h', []],
  ['sip:a@h;tag=1', undefined, 'sip:a@h', [{ name: 'tag', value: '1' }]],
  ['sip:a@h ; tag=1', undefined, 'sip:a@h', [{ name: 'tag', value: '1' }]],
  ['Bob <sip:a@h>', 'Bob', 'sip:a@h', []],
  ['Bob  B. <sip:a@h>', 'Bob  B.', 'sip:a@h', []],
  ['Bob<sip:a@h>', 'Bob', 'sip:a@h', []],
  ['Bjørn Ågård <sip:a@h>', 'Bjørn Ågård', 'sip:a@h', []],
  ['"Bob, <B>" <sip:a@h;lr>;x', 'Bob, <B>', 'sip:a@h;lr', [{ name: 'x' }]],
  ['"Bob"<sip:a@h>', 'Bob', 'sip:a@h', []],
  ['"a\\"b\\\\" <sip:a@h>', 'a"b\\', 'sip:a@h', []],
  ['"" <sip:a@h>', '', 'sip:a@h', []],
  ['<sip:a@h?x=y,z>\t; x', undefined, 'sip:a@h?x=y,z', [{ name: 'x' }]],
  ['<tel:+1>;a="x;y"', undefined, 'tel:+1', [{ name: 'a', value: '"x;y"' }]],
  ['<urn:service:sos>', undefined, 'urn:service:sos', []],
])('%s is an address [RFC 3261 20.10]', (text, display, uri, params) => {
  expect(parseAddress(text)).toEqual({ display, uri, params });
  expect(isAddress(text)).toBe(true);
});

test.each([
  ['no scheme', '<a@h>'],
  ['nothing behind the scheme', '<sip:>'],
  ['nothing', ''],
  ['no URI', 'Bob'],
  ['a name alone', '"Bob"'],
  ['an open bracket', '<sip:a@h'],
  ['an open quote', '"Bob <sip:a@h>'],
  ['an escape as the last of an open quote', '"Bob\\" <sip:a@h>'],
  ['blanks within brackets', '< sip:a@h >'],
  ['other things behind the brackets', '<sip:a@h> x'],
  ['a name that needs quotes', 'Bob, B <sip:a@h>'],
  ['a name with a control character', 'Bob\u0001 <sip:a@h>'],
  ['something between name and URI', '"Bob" B <sip:a@h>'],
  ['a quote within the URI', '<sip:"a"@h>'],
  ['a comma without brackets', 'sip:a,b@h'],
  ['a question mark without brackets', 'sip:a@h?x=y'],
  ['a blank in the scheme', '<si p:a@h>'],
  ['a list', '<sip:a@h>;x, <sip:b@h>'],
  ['a list without brackets', 'sip:a@h;x, sip:b@h'],
  ['an open quote in a parameter', '<sip:a@h>;x="y'],
])('%s makes no address [RFC 3261 20.10]', (_what, text) => {
  expect(parseAddress(text)).toBeUndefined();
  expect(isAddress(text)).toBe(false);
});

test.each([
  ['<sip:a@h;tag=no>;tag=1', '1'],
  ['sip:a@h;x;Tag=1', '1'],
  ['"x;tag=no" <sip:a@h>;tag=1', '1'],
  ['"x\\";tag=no" <sip:a@h>;tag=1', '1'],
  ['<sip:a@h;tag=no>', undefined],
  ['"x;tag=no" <sip:a@h>', undefined],
  ['sip:a@h;tag', ''],
  ['sip:a@h', undefined],
  ['sip:a@h;x="y>;tag=no";tag=1', '1'],
  ['sip:a@h;x=<y;tag=no>;tag=1', '1'],
])('the tag of %s is %s [RFC 3261 19.3]', (text, tag) => {
  expect(addressParam(text, 'tag')).toBe(tag);
});

test('one parameter is found as it is among all', () => {
  const name = fc.constantFrom('', 'B ', '"<" ', '"a;t=1" ', '"\\";t=2" ');
  const uri = fc.constantFrom('<sip:h>', '<sip:h;t=3>', 'sip:h');
  const params = fc.constantFrom('', ';t', ';t=4', ';T=">"', ';u="t=5;t=6";t=7', ' ;u=<t>;t=8');
  fc.assert(
    fc.property(name, uri, params, (first, second, third) => {
      const text = `${second.startsWith('<') ? first : ''}${second}${third}`;
      const address = parseAddress(text);
      expect(address).toBeDefined();
      expect(addressParam(text, 't')).toBe(address && param(address.params, 't'));
    }),
  );
});

test('what is written is read again', () => {
  const display = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
  const uri = fc.stringMatching(/^sip:[A-Za-z0-9@;=?&,]{1,12}$/);
  const params = fc.constantFrom([], [{ name: 'a' }, { name: 'b', value: '"x>;"' }]);
  fc.assert(
    fc.property(fc.record({ display, uri, params }), (address) => {
      expect(parseAddress(printAddress(address))).toEqual(address);
    }),
  );
});

test.each([
  ['quotes', '"'.repeat(50_000)],
  ['escapes', `"${'\\'.repeat(50_000)}`],
  ['brackets', '<'.repeat(50_000)],
  ['half addresses', '<sip:a'.repeat(8_000)],
  ['blanks', `Bob${' '.repeat(50_000)}x`],
  ['words', 'a '.repeat(25_000)],
  ['semicolons', `sip:a${';'.repeat(50_000)}`],
  ['open quotes in parameters', `<sip:a>${';a="'.repeat(12_000)}`],
])('a long text of %s takes no long time', (_what, text) => {
  const start = cpuMs();
  parseAddress(text);
  isAddress(text);
  addressParam(text, 'tag');
  expect(cpuMs() - start).toBeLessThan(500);
});
