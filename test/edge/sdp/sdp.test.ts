import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { sdpBytesMax, sdpLinesMax } from '../../../edge/sdp/limit.ts';
import { attribute, attributes, parseSdp, printSdp, type Sdp } from '../../../edge/sdp/sdp.ts';

const description = [
  'v=0',
  'o=- 3890 1 IN IP4 192.0.2.1',
  's=-',
  't=0 0',
  'a=tool:x',
  'm=audio 0 RTP/AVP 0',
  'm=message 2855 TCP/MSRP *',
  'a=path:msrp://192.0.2.1:2855/s1;tcp',
  'a=x-unknown:kept',
  '',
].join('\r\n');

function parsed(text: string): Sdp {
  const result = parseSdp(utf8Encode(text));
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.sdp;
}

test('a description is printed as it was read, unknown lines included (RFC 8866 5)', () => {
  expect(utf8Decode(printSdp(parsed(description)))).toBe(description);
});

test('lines that end in LF alone are read (RFC 8866 5)', () => {
  expect(parsed(description.replaceAll('\r\n', '\n'))).toEqual(parsed(description));
});

test('an attribute is found by its whole name, with or without a value (RFC 8866 6)', () => {
  const { session } = parsed('v=0\r\na=path-x:1\r\na=path\r\na=path: 2 \r\nb=path:3\r\n');
  expect(attributes(session, 'path')).toEqual(['', '2']);
});

test('an attribute of the stream goes before that of the session (RFC 8866 5.13)', () => {
  const sdp = parsed(
    'v=0\r\na=x:session\r\na=y:session\r\nm=message 1 TCP/MSRP *\r\na=x:stream\r\n',
  );
  const [section] = sdp.media;
  expect(section && attribute(sdp, section, 'x')).toBe('stream');
  expect(section && attribute(sdp, section, 'y')).toBe('session');
});

test.each([
  ['nothing', '', 'no version line'],
  ['another first line', 's=-\r\n', 'no version line'],
  ['only a stream', 'm=message 1 TCP/MSRP *\r\n', 'no version line'],
  ['a line without a type', 'v=0\r\nnonsense\r\n', 'line without type'],
  ['too many lines', `v=0\r\n${'a=\r\n'.repeat(sdpLinesMax)}`, 'too many lines'],
  ['too many bytes', `v=0\r\na=${'x'.repeat(sdpBytesMax)}\r\n`, 'description too long'],
])('%s is refused', (_, text, reason) => {
  expect(parseSdp(utf8Encode(text))).toEqual({ kind: 'refused', reason });
});

test('any bytes are read or refused, and what is read prints to what reads the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const result = parseSdp(new Uint8Array([...utf8Encode('v=0\r\na='), ...noise]));
      if (result.kind === 'refused') return;
      expect(parseSdp(printSdp(result.sdp))).toEqual(result);
    }),
    { numRuns: 300 },
  );
});
