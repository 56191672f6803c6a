import { expect, test } from 'vitest';
import { parseChallenge, parseCredentials } from '../../../edge/sip/authorization.ts';
import { cpuMs } from '../../kit/cpu.ts';

test('credentials are a scheme and parameters, quoted or not [RFC 7616 3.4]', () => {
  const text = 'DIGEST Username="a\\"b", realm = "x, y",qop=auth, nc=00000001,empty=""';
  const read = parseCredentials(text);
  expect(read?.scheme).toBe('digest');
  expect([...(read?.params ?? [])]).toEqual([
    ['username', 'a"b'],
    ['realm', 'x, y'],
    ['qop', 'auth'],
    ['nc', '00000001'],
    ['empty', ''],
  ]);
});

test.each([
  ['nothing', ''],
  ['a scheme alone', 'Digest'],
  ['other characters in the scheme', 'Di@gest a=b'],
  ['a parameter without a value', 'Digest a'],
  ['a parameter without a name', 'Digest =b'],
  ['a parameter given twice, which could be read in two ways', 'Digest a=b, A=c'],
])('%s is refused', (_what, text) => {
  expect(parseCredentials(text)).toBeUndefined();
});

test('a long text takes no long time', () => {
  const start = cpuMs();
  parseCredentials(`${' '.repeat(60_000)}!`);
  parseCredentials(`Digest ${'a="'.repeat(20_000)}`);
  parseCredentials(`Digest ${','.repeat(60_000)}`);
  expect(cpuMs() - start).toBeLessThan(500);
});

test('challenges are read in the same way [RFC 7616 3.3]', () => {
  const read = parseChallenge('Digest realm="x", qop="auth,auth-int"');
  expect(read?.params.get('qop')).toBe('auth,auth-int');
});
