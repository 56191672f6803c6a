import { describe, expect, it } from 'vitest';
import { type MsrpUri, parseMsrpUri, printMsrpUri, sameMsrpUri } from '../../../edge/msrp/uri.ts';

const plain: MsrpUri = {
  isSecure: false,
  host: 'alice.example.com',
  port: 7654,
  sessionId: 'jshA7weztas',
  transport: 'tcp',
};

describe('MSRP URIs', () => {
  it.each<[string, MsrpUri]>([
    ['msrp://alice.example.com:7654/jshA7weztas;tcp', plain],
    ['msrps://alice.example.com:7654/jshA7weztas;tcp', { ...plain, isSecure: true }],
    ['msrp://alice.example.com/jshA7weztas;tcp', { ...plain, port: undefined }],
    ['msrp://[2001:db8::1]:7654/jshA7weztas;tcp', { ...plain, host: '[2001:db8::1]' }],
    ['msrp://[2001:db8::1]/jshA7weztas;tcp', { ...plain, host: '[2001:db8::1]', port: undefined }],
    [
      'msrp://10.0.0.1:9/a/b+c=d~_-.;ws',
      { ...plain, host: '10.0.0.1', port: 9, sessionId: 'a/b+c=d~_-.', transport: 'ws' },
    ],
    [
      'msrps://relay.example.com:2855;tcp',
      { ...plain, isSecure: true, host: 'relay.example.com', port: 2855, sessionId: '' },
    ],
  ])('%s is read and printed [RFC 4975 9]', (text, uri) => {
    expect(parseMsrpUri(text)).toEqual(uri);
    expect(printMsrpUri(uri)).toBe(text);
  });

  it('userinfo and parameters are read over [RFC 4975 6]', () => {
    expect(parseMsrpUri('MSRP://bob@alice.example.com:7654/jshA7weztas;tcp;x=1;y')).toEqual(plain);
  });

  it.each([
    '',
    'sip:alice@example.com',
    'msrp:alice.example.com/a;tcp',
    'msrp://alice.example.com/a',
    'msrp:///a;tcp',
    'msrp://alice.example.com/;tcp',
    'msrp://alice.example.com/a b;tcp',
    'msrp://alice.example.com/a;',
    'msrp://alice.example.com/a;t{p',
    'msrp://alice.example.com/a;tcp;',
    'msrp://alice.example.com/a;tcp;x=',
    'msrp://alice.example.com/a;tcp;=x',
    'msrp://alice.example.com:/a;tcp',
    'msrp://alice.example.com:70000/a;tcp',
    'msrp://alice.example.com:123456/a;tcp',
    'msrp://alice.example.com:x/a;tcp',
    'msrp://al ice/a;tcp',
    'msrp://[::1/a;tcp',
    'msrp://::1]/a;tcp',
    'msrp://[::1]x/a;tcp',
    'msrp://[]/a;tcp',
  ])('"%s" is no MSRP URI [RFC 4975 9]', (text) => {
    expect(parseMsrpUri(text)).toBeUndefined();
  });

  it.each<[string, Partial<MsrpUri>, boolean]>([
    ['the host', { host: 'ALICE.example.com' }, true],
    ['the transport', { transport: 'TCP' }, true],
    ['the session-id', { sessionId: 'jsha7weztas' }, false],
  ])('%s may or may not differ in case [RFC 4975 6.1]', (_what, change, isSame) => {
    expect(sameMsrpUri(plain, { ...plain, ...change })).toBe(isSame);
  });

  it.each<[string, Partial<MsrpUri>]>([
    ['scheme', { isSecure: true }],
    ['host', { host: 'bob.example.com' }],
    ['transport', { transport: 'ws' }],
    ['port', { port: 7655 }],
    ['unwritten port', { port: undefined }],
  ])('another %s makes another URI [RFC 4975 6.1]', (_what, change) => {
    expect(sameMsrpUri(plain, { ...plain, ...change })).toBe(false);
  });
});
