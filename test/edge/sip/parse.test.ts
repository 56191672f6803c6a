import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { header, headerValues } from '../../../edge/sip/header.ts';
import { bodyBytesMax, headBytesMax, headersMax } from '../../../edge/sip/limit.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';
import { changed, changedHead, invite, inviteHead, okHead, read, refusal, wire } from './sample.ts';

/** The value that a header has after it was read. */
function valueIn(line: string, name = 'X'): string | undefined {
  return header(read(wire([...okHead, line])), name);
}

describe('a request', () => {
  test('is read with all it has [RFC 3261 7.1]', () => {
    const message = read(invite);
    expect(message).toMatchObject({
      kind: 'request',
      method: 'INVITE',
      uri: 'sip:bob@example.com',
    });
    expect(message.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual(
      inviteHead.slice(1),
    );
    expect(utf8Decode(message.body)).toBe('hello');
  });

  test.each([
    ['no spaces', 'INVITEsip:bob@example.com'],
    ['no version', 'INVITE sip:bob@example.com'],
    ['no URI', 'INVITE  SIP/2.0'],
    ['two spaces before the URI', 'INVITE  sip:bob@example.com SIP/2.0'],
    ['two spaces before the version', 'INVITE sip:bob@example.com  SIP/2.0'],
    ['a space at the end', 'INVITE sip:bob@example.com SIP/2.0 '],
    ['a method that is no token', 'INV@TE sip:bob@example.com SIP/2.0'],
    ['another word for the version', 'INVITE sip:bob@example.com HTTP/1.1'],
    ['half a version', 'INVITE sip:bob@example.com SIP/2'],
    ['a URI with a control character', 'INVITE sip:bob\u0001@example.com SIP/2.0'],
    ['a URI without a scheme', 'INVITE bob SIP/2.0'],
    ['a broken escape in the URI', 'INVITE sip:b%6@example.com SIP/2.0'],
  ])('with %s is refused [RFC 3261 7.1]', (_what, line) => {
    const { status = 400 } = refusal(changed({ INVITE: line }));
    expect(status).toBe(400);
  });

  test('of another version gets 505, and the version counts without case [RFC 3261 21.5.6, 7.1]', () => {
    expect(refusal(changed({ INVITE: 'INVITE sip:b@h SIP/3.0' })).status).toBe(505);
    expect(refusal(changed({ INVITE: 'INVITE sip:b@h sip/12.7' })).status).toBe(505);
    expect(read(changed({ INVITE: 'INVITE sip:b@h sip/2.0' })).kind).toBe('request');
  });

  test('of another scheme gets 416 [RFC 3261 8.2.2.1]', () => {
    const { status, request } = refusal(
      changed({ INVITE: 'INVITE mailto:bob@example.com SIP/2.0' }),
    );
    expect(status).toBe(416);
    expect(request?.method).toBe('INVITE');
  });

  test('is understood for tel and sips, too', () => {
    expect(read(changed({ INVITE: 'INVITE tel:+1-201 SIP/2.0' })).kind).toBe('request');
    expect(read(changed({ INVITE: 'INVITE sips:b@h;x=y SIP/2.0' })).kind).toBe('request');
  });
});

describe('a response', () => {
  test.each([
    ['SIP/2.0 200 OK', 200, 'OK'],
    ['SIP/2.0 180 ', 180, ''],
    ['SIP/2.0 180', 180, ''],
    ['sip/2.0 699 Ünbekannt  x', 699, 'Ünbekannt  x'],
  ])('%s has a status and a reason [RFC 3261 7.2]', (line, status, reason) => {
    expect(read(wire([line, ...okHead.slice(1)]))).toMatchObject({
      kind: 'response',
      status,
      reason,
    });
  });

  test.each([
    'SIP/2.0 2000 OK',
    'SIP/2.0 20 OK',
    'SIP/2.0 099 OK',
    'SIP/2.0 700 OK',
    'SIP/2.0 2x0 OK',
    'SIP/2.0  200 OK',
    'SIP/1.0 200 OK',
    'SIP/2.0 200OK',
    '',
  ])('"%s" is none, and gets no answer [RFC 3261 7.2]', (line) => {
    expect(refusal(wire([line, ...okHead.slice(1)])).status).toBeUndefined();
  });

  test('with a malformed header is dropped [RFC 3261 18.1.2]', () => {
    expect(refusal(wire([...okHead, 'Max-Forwards: x'])).status).toBeUndefined();
  });
});

describe('headers', () => {
  test('compact and unknown names, empty values and colons are taken [RFC 3261 7.3]', () => {
    expect(valueIn('x-Other:  a:b ', 'x-Other')).toBe('a:b');
    expect(valueIn('X:')).toBe('');
    expect(valueIn('X  \t:y')).toBe('y');
    expect(valueIn('s: y', 'Subject')).toBe('y');
    expect(valueIn('X: Grüße ✓ 😀')).toBe('Grüße ✓ 😀');
  });

  test('a fold counts as one space [RFC 3261 7.3.1]', () => {
    expect(valueIn('X: a\r\n b\r\n\t \tc')).toBe('a b c');
    expect(valueIn('X:\r\n a')).toBe('a');
    expect(valueIn('X: a \r\n ')).toBe('a');
    expect(valueIn('X: a \r\n  b')).toBe('a b');
  });

  test.each([
    ['no colon', 'Other'],
    ['no name', ': x'],
    ['a fold before the colon', 'X\r\n :y'],
    ['a name of two words', 'X Y: z'],
    ['a name with a slash', 'X/Y: z'],
    ['a line feed alone', 'X: a\nb'],
    ['a line feed alone in a fold', 'X: a\r\n b\n c'],
    ['a CR alone', 'X: a\rb'],
    ['a CR at the end', 'X: a\r'],
    ['a null character for a colon', 'X\u0000: a'],
  ])('with %s are malformed [RFC 3261 7.3.1]', (_what, line) => {
    expect(refusal(wire([...inviteHead, line], 'hello')).status).toBe(400);
  });

  test('are bounded in number', () => {
    const room = headersMax - inviteHead.length + 1;
    expect(
      read(wire([...inviteHead, ...Array<string>(room).fill('X: y')], 'hello')).headers,
    ).toHaveLength(headersMax);
    const many = [...inviteHead, ...Array<string>(room + 1).fill('X: y')];
    expect(refusal(wire(many, 'hello'))).toMatchObject({ status: 400 });
  });

  test('are bounded in length', () => {
    const line = `X: ${'y'.repeat(headBytesMax)}`;
    expect(refusal(wire([...inviteHead, line], 'hello')).reason).toBe('the headers are too long');
  });
});

describe('what every message has', () => {
  test.each(['From', 'To', 'Call-ID', 'CSeq', 'Via'])(
    'without %s it is refused and can’t be answered [RFC 3261 8.1.1]',
    (name) => {
      expect(refusal(changed({ [name]: '' })).request).toBeUndefined();
    },
  );

  test.each([
    ['From', 'From: nobody'],
    ['From', 'From: <sip:a@h>;tag=1, <sip:b@h>'],
    ['To', 'To: "Bob <sip:bob@example.com>'],
    ['Call-ID', 'Call-ID:'],
    ['CSeq', 'CSeq: 1'],
    ['CSeq', 'CSeq: 1 BYE'],
    ['CSeq', 'CSeq:'],
    ['Via', 'Via: SIP/2.0/UDP'],
    ['Via', 'Via: , SIP/2.0/UDP h'],
    ['Max-Forwards', 'Max-Forwards: 256'],
    ['Max-Forwards', 'Max-Forwards: -1'],
    ['Contact', 'Contact: <sip:a@h>, b'],
    ['Contact', 'Contact: sip:a@h?x=y'],
    ['Content-Type', 'Content-Type:'],
    ['Content-Length', 'Content-Length: 5x'],
    ['Content-Length', 'Content-Length: 4294967296'],
    ['Content-Length', 'Content-Length:'],
    ['Max-Forwards', 'Date: Sat, 13 Nov 2010 23:29:00 EST'],
  ])('a malformed %s gets 400: %s [RFC 3261 8.1.1, 20]', (name, line) => {
    expect(refusal(changed({ [name]: line })).status).toBe(400);
  });

  test.each(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Content-Length'])(
    'a second %s gets 400 [RFC 4475 3.3.8]',
    (name) => {
      const line = inviteHead.find((one) => one.startsWith(`${name}:`)) ?? '';
      expect(refusal(wire([...inviteHead, line], 'hello')).status).toBe(400);
    },
  );

  test.each([
    ['Contact', 'Contact: *'],
    ['Contact', 'Contact: <sip:a@h>, "b,c" <sip:b@h>;q=1'],
    ['Max-Forwards', 'Date: Sat, 13 Nov 2010 23:29:00 GMT'],
    ['Max-Forwards', 'Max-Forwards: 0'],
    ['Via', 'Via: SIP/2.0/UDP h;branch=1, malformed'],
  ])('a sound %s is taken: %s', (name, line) => {
    expect(read(changed({ [name]: line })).kind).toBe('request');
  });

  test('an ACK is never answered [RFC 3261 17.1.1.3]', () => {
    const head = { INVITE: 'ACK sip:b@h SIP/2.0', CSeq: 'CSeq: 1 BYE' };
    expect(refusal(changed(head)).status).toBeUndefined();
  });
});

describe('a datagram', () => {
  const short = changedHead({ 'Content-Length': 'Content-Length: 4' });
  const none = changedHead({ 'Content-Length': '' });

  test('is cut off behind Content-Length [RFC 3261 18.3]', () => {
    expect(utf8Decode(read(wire(short, 'hello')).body)).toBe('hell');
  });

  test('is the body to its end without Content-Length [RFC 3261 18.3]', () => {
    expect(utf8Decode(read(wire(none, 'hello')).body)).toBe('hello');
    expect(read(wire(none)).body).toHaveLength(0);
  });

  test('is refused if it ends too early [RFC 3261 18.3]', () => {
    expect(refusal(wire(inviteHead, 'hell'))).toMatchObject({ status: 400 });
    expect(refusal(wire(okHead).slice(0, -2)).status).toBeUndefined();
    expect(refusal(invite.slice(0, -6)).status).toBe(400);
  });

  test('is refused with 413 if its body is too long [RFC 3261 21.4.11]', () => {
    const line = `Content-Length: ${bodyBytesMax + 1}`;
    expect(refusal(wire(changedHead({ 'Content-Length': line }))).status).toBe(413);
    expect(refusal(wire(none, 'x'.repeat(bodyBytesMax + 1))).status).toBe(413);
  });

  test('may begin with empty lines [RFC 3261 7.5]', () => {
    expect(read(utf8Encode(`\r\n\r\n${utf8Decode(invite)}`)).kind).toBe('request');
  });

  test.each([
    ['nothing', ''],
    ['empty lines', '\r\n\r\n'],
    ['blanks', '    '],
    ['zeros', '\0\0\0\0'],
  ])('of %s is dropped', (_what, text) => {
    expect(refusal(utf8Encode(text)).status).toBeUndefined();
  });

  test('its body may be any bytes, and is seen, not copied', () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const head = wire(changedHead({ 'Content-Length': 'Content-Length: 256' }));
    const bytes = new Uint8Array([...head, ...body]);
    const message = read(bytes);
    expect(message.body).toEqual(body);
    expect(message.body.buffer).toBe(bytes.buffer);
  });

  test('a message that is copied with other headers gives those', () => {
    const message = read(invite);
    const copy = { ...message, headers: [{ name: 'Via', value: 'SIP/2.0/UDP other' }] };
    expect(headerValues(copy, 'Via')).toEqual(['SIP/2.0/UDP other']);
    expect(headerValues(message, 'Via')).toHaveLength(1);
  });

  test('cut at any byte it is refused', () => {
    for (let length = 0; length < invite.length; length++) {
      expect(parseMessage(invite.slice(0, length)).kind).toBe('refused');
    }
  });

  test('any bytes are a message or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['message', 'refused']).toContain(parseMessage(bytes).kind);
      }),
    );
  });
});
