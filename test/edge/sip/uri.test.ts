import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressOfRecord,
  isPlainUri,
  parseUri,
  printUri,
  type SipUri,
  sameUri,
} from '../../../edge/sip/uri.ts';
import { cpuMs } from '../../kit/cpu.ts';

const bare = { scheme: 'sip', user: '', host: 'h', params: [], headers: '' };

test.each<readonly [string, Partial<SipUri>]>([
  ['sip:h', {}],
  ['SIP:a@h', { user: 'a' }],
  ['sips:a@h:5061', { scheme: 'sips', user: 'a', port: 5061 }],
  ['sip:a:secret@h', { user: 'a', password: 'secret' }],
  ['sip:a:@h:5060', { user: 'a', password: '', port: 5060 }],
  ['sip:a;b=c?d@h;lr', { user: 'a;b=c?d', params: [{ name: 'lr' }] }],
  ['sip:a@[2001:db8::1]:5060', { user: 'a', host: '[2001:db8::1]', port: 5060 }],
  ['sip:[::ffff:192.0.2.1]', { host: '[::ffff:192.0.2.1]' }],
  [
    'sip:192.0.2.1;transport=tcp;lr',
    { host: '192.0.2.1', params: [{ name: 'transport', value: 'tcp' }, { name: 'lr' }] },
  ],
  ['sip:a@h?subject=x&to=sip:b%40h', { user: 'a', headers: 'subject=x&to=sip:b%40h' }],
  ['sip:a@h;x=[y]?z=?', { user: 'a', params: [{ name: 'x', value: '[y]' }], headers: 'z=?' }],
  ['sip:+1-2.3(4)@under_score.test.', { user: '+1-2.3(4)', host: 'under_score.test.' }],
  ['sip:%61%00@h', { user: '%61%00' }],
  ['tel:+49-30.1(2)', { scheme: 'tel', user: '+49-30.1(2)', host: '' }],
  ['TEL:*31#', { scheme: 'tel', user: '*31#', host: '' }],
  [
    'tel:7042;phone-context=example.com',
    {
      scheme: 'tel',
      user: '7042',
      host: '',
      params: [{ name: 'phone-context', value: 'example.com' }],
    },
  ],
])('%s is a URI [RFC 3261 19.1, RFC 3966]', (text, parts) => {
  expect(parseUri(text)).toEqual({ ...bare, ...parts });
});

test.each([
  'http://h',
  'sip',
  'sip:',
  'sip:@h',
  'sip:a@',
  'sip:a@@h',
  'sip:a b@h',
  'sip:a@h:',
  'sip:a@h:65536',
  'sip:a@h:123456',
  'sip:a@h:x',
  'sip:a@h h',
  'sip:a@[::1',
  'sip:a@[::g]',
  'sip:a@h;x="y"',
  'sip:a@h?x=<y>',
  'sip:a:b;c@h',
  'sip:%6@h',
  'sip:a@h;x=%zz',
  'sip:a"@h',
  'tel:',
  'tel:+',
  'tel:()',
  'tel:+1 2',
  'tel:+1;x="y"',
  '<sip:h>',
])('%s is no URI of a scheme that is served', (text) => {
  expect(parseUri(text)).toBeUndefined();
  expect(isPlainUri(text)).toBe(false);
});

test('a plain URI is one without headers', () => {
  expect(isPlainUri('sip:a@h:5060;lr')).toBe(true);
  expect(isPlainUri('sips:a@[::1]')).toBe(true);
  expect(isPlainUri('tel:+1')).toBe(true);
  expect(isPlainUri('sip:a@h?x=y')).toBe(false);
});

test('what looks plain at first sight is a URI', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'aZ0@:;=?%-_+.[]/') });
  fc.assert(
    fc.property(texts, (text) => {
      const uri = `sip:${text}`;
      expect(isPlainUri(uri)).toBe(parseUri(uri)?.headers === '');
    }),
    { numRuns: 2000 },
  );
});

test('what is written is read again', () => {
  const param = fc.constantFrom({ name: 'lr' }, { name: 'x', value: 'y' });
  const sip = fc.record(
    {
      scheme: fc.constantFrom('sip' as const, 'sips' as const),
      user: fc.stringMatching(/^[a-z0-9;?&=+$,/!~*'().-]{1,9}$/),
      password: fc.stringMatching(/^[a-z&=+$,]{0,4}$/),
      host: fc.constantFrom('example.com', '192.0.2.1', '[::1]'),
      port: fc.integer({ min: 0, max: 65_535 }),
      params: fc.array(param),
      headers: fc.constantFrom('', 'a=b'),
    },
    { requiredKeys: ['scheme', 'user', 'host', 'params', 'headers'] },
  );
  fc.assert(
    fc.property(sip, (uri) => {
      expect(parseUri(printUri(uri))).toEqual(uri);
    }),
  );
  expect(printUri({ ...bare, scheme: 'sip', user: '', host: 'h' })).toBe('sip:h');
  const tel = 'tel:+1;x=y';
  expect(printUri(parseUri(tel)!)).toBe(tel);
});

test.each([
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
  ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
  ['sip:a@h;x', 'sip:a@h;X='],
  ['tel:+1-201-555-0123', 'tel:+12015550123'],
  ['tel:7042;phone-context=Example.com', 'TEL:70-42;phone-context=example.com'],
  ['http://h', 'http://h'],
  // RFC 3261 19.1.1: a parameter comes once; of two the first one counts.
  ['sip:a@h;x=1;x=2', 'SIP:a@h;x=1;x=2'],
])('%s and %s are the same [RFC 3261 19.1.4, RFC 3966 4]', (left, right) => {
  expect(sameUri(left, right)).toBe(true);
  expect(sameUri(right, left)).toBe(true);
});

test.each([
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:a@h', 'sips:a@h'],
  ['sip:a:b@h', 'sip:a@h'],
  ['sip:a@h;x=1', 'sip:a@h;x=2'],
  ['sip:a@h;user=phone', 'sip:a@h'],
  ['sip:a%3bb@h', 'sip:a;b@h'],
  ['sip:a@h', 'http://h'],
  ['http://h', 'sip:a@h'],
  ['tel:7042;phone-context=a.com', 'tel:7042;phone-context=b.com'],
])('%s and %s are not the same [RFC 3261 19.1.4]', (left, right) => {
  expect(sameUri(left, right)).toBe(false);
  expect(sameUri(right, left)).toBe(false);
});

test.each([
  ['sip:Bob@Example.COM:5060;transport=tcp?x=y', 'sip:Bob@example.com'],
  ['sips:bob:secret@example.com', 'sip:bob@example.com'],
  ['sip:EXAMPLE.com', 'sip:example.com'],
  ['sip:%62ob%2f@h', 'sip:bob/@h'],
  ['sip:a%40b%3ac%25d%3e@h', 'sip:a%40b%3Ac%25d%3E@h'],
  ['tel:+49-30.1(2);x=y', 'tel:+493012'],
  ['tel:7042;phone-context=Example.com', 'tel:7042;phone-context=example.com'],
  ['http://h', undefined],
  ['', undefined],
])('the address of record behind %s is %s [RFC 3261 10.3]', (text, aor) => {
  expect(addressOfRecord(text)).toBe(aor);
});

test('an address of record is its own', () => {
  const user = fc.string({
    unit: fc.constantFrom(...'aZ0;?&=+$,/!~*()', '%61', '%40', '%2b', '%25'),
  });
  fc.assert(
    fc.property(user, (name) => {
      const aor = addressOfRecord(`sip:${name}@h`);
      expect(aor === undefined || addressOfRecord(aor) === aor).toBe(true);
      expect(name === '' || aor !== undefined).toBe(true);
    }),
  );
});

test.each([
  ['a user part that never ends', `sip:${'a'.repeat(60_000)}`],
  ['colons', `sip:${'a:'.repeat(30_000)}`],
  ['semicolons', `sip:h${';'.repeat(60_000)}"`],
  ['parameters', `sip:h${Array.from({ length: 10_000 }, (_, index) => `;${index}`).join('')}`],
  ['question marks', `sip:h${'?'.repeat(60_000)}"`],
  ['a host that never ends', `sip:a@${'h.'.repeat(30_000)}"`],
  ['digits', `tel:${'1'.repeat(60_000)}"`],
  ['escapes', `sip:${'%61'.repeat(20_000)}@h`],
])('a long text of %s takes no long time', (_what, text) => {
  const start = cpuMs();
  addressOfRecord(text);
  isPlainUri(text);
  sameUri(text, `${text}x`);
  expect(cpuMs() - start).toBeLessThan(500);
});
