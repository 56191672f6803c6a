import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  findParam,
  param,
  parseParams,
  parseStrictParams,
  printParams,
  quote,
  unquote,
} from '../../../edge/sip/params.ts';

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,8}$/);

test('parameters have values, empty values, or none [RFC 3261 25.1]', () => {
  expect(parseParams('a=b;c;d=')).toEqual([
    { name: 'a', value: 'b' },
    { name: 'c' },
    { name: 'd', value: '' },
  ]);
});

test('blanks may stand around semicolons and equals signs [RFC 3261 25.1]', () => {
  expect(parseParams(' a = b\t; c ;d =e ')).toEqual([
    { name: 'a', value: 'b' },
    { name: 'c' },
    { name: 'd', value: 'e' },
  ]);
});

test('semicolons in quotes and brackets are part of a value [RFC 3261 25.1]', () => {
  expect(parseParams('a="x;\\";y";b=<sip:h;p>;c')).toEqual([
    { name: 'a', value: '"x;\\";y"' },
    { name: 'b', value: '<sip:h;p>' },
    { name: 'c' },
  ]);
});

test.each(['a="x;b', 'a=<x;b'])(
  'what is opened and never closed reaches to the end: %s',
  (text) => {
    expect(parseParams(text)).toEqual([{ name: 'a', value: text.slice(2) }]);
  },
);

test('a value ends before the next semicolon even if it is blank', () => {
  expect(parseParams('a= ;b')).toEqual([{ name: 'a', value: '' }, { name: 'b' }]);
});

test('empty parameters are passed over, unless they are an error', () => {
  expect(parseParams(';a;;b;')).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(parseStrictParams('a;;b', 0)).toBeUndefined();
  expect(parseStrictParams('a;', 0)).toBeUndefined();
  expect(parseStrictParams('x;a;b', 2)).toEqual([{ name: 'a' }, { name: 'b' }]);
});

test('names match without regard to case [RFC 3261 7.3.1]', () => {
  const params = parseParams('Tag=1;LR');
  expect(param(params, 'tag')).toBe('1');
  expect(param(params, 'lr')).toBe('');
  expect(param(params, 'ta')).toBeUndefined();
  expect(param(params, 'xyz')).toBeUndefined();
});

test.each([
  ['a=1;tag=2', 'tag', '2'],
  ['a=1; Tag = 2', 'tag', '2'],
  ['tagx=1;tag', 'tag', ''],
  ['xtag=1;tag\t=3', 'tag', '3'],
  ['a="tag=1;tag=2";tag=3', 'tag', '3'],
  ['a=1', 'tag', undefined],
  ['ta', 'tag', undefined],
  ['', 'tag', undefined],
])('in %s the first %s is %s', (text, name, value) => {
  expect(findParam(text, 0, name)).toBe(value);
  expect(param(parseParams(text), name)).toBe(value);
});

test('one parameter is found as it is among all', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'aAb;="<> \\') });
  fc.assert(
    fc.property(texts, (text) => {
      expect(findParam(text, 0, 'a')).toBe(param(parseParams(text), 'a'));
    }),
  );
});

test('what is written is read again', () => {
  const value = fc.oneof(
    token,
    fc.string({ unit: 'binary' }).map((text) => quote(text)),
  );
  const one = fc.oneof(
    token.map((name) => ({ name })),
    fc.record({ name: token, value }),
  );
  fc.assert(
    fc.property(fc.array(one), (params) => {
      expect(parseParams(printParams(params))).toEqual(params);
    }),
  );
});

test('quotes are put around a text and taken off again [RFC 3261 25.1]', () => {
  expect(quote('a"b\\c')).toBe('"a\\"b\\\\c"');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unquote(quote(text))).toBe(text);
    }),
  );
});

test.each(['', '"', 'a', '"a', 'a"'])('a text without quotes stays as it is: %s', (text) => {
  expect(unquote(text)).toBe(text);
});
