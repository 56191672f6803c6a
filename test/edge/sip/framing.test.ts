import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../edge/bytes/search.ts';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { type Framed, SipFramer } from '../../../edge/sip/framing.ts';
import { bodyBytesMax, headBytesMax } from '../../../edge/sip/limit.ts';
import { cpuMs } from '../../kit/cpu.ts';
import { changed, changedHead, cutIn, framedAll, invite, okHead, wire } from './sample.ts';

const ok = wire(okHead);
const noTo = changed({ To: '' });
const ping = utf8Encode('\r\n\r\n');

/** What came, in short. */
function told(framed: readonly Framed[]): readonly string[] {
  return framed.map((one) => {
    if (one.kind === 'message') return `${one.message.kind} of ${one.message.body.length}`;
    if (one.kind === 'keep-alive') return one.isPing ? 'ping' : 'pong';
    if (one.kind === 'need-more') return 'need-more';
    return `refused ${one.status ?? '-'}${one.isFatal ? ' for good' : ''}`;
  });
}

const cases: readonly (readonly [what: string, bytes: Uint8Array, told: readonly string[]])[] = [
  ['a request', invite, ['request of 5']],
  ['a response without a body', ok, ['response of 0']],
  ['no Content-Length', changed({ 'Content-Length': '' }).slice(0, -5), ['request of 0']],
  ['a ping', ping, ['ping']],
  ['a malformed request that can’t be answered', noTo, ['refused -']],
  ['a malformed request', changed({ CSeq: 'CSeq: 1 BYE' }), ['refused 400']],
  ['a head that can’t be read', changed({ Via: 'Via\u0001: x' }), ['refused -']],
];

describe('a stream', () => {
  test.each(cases)('gives %s whole and byte by byte, and what follows it', (_what, bytes, all) => {
    const follows = concatBytes([bytes, ping, ok]);
    const expected = [...all, 'ping', 'response of 0'];
    expect(told(framedAll([bytes]))).toEqual(all);
    expect(told(framedAll(cutIn(bytes, 1)))).toEqual(all);
    expect(told(framedAll([follows]))).toEqual(expected);
    expect(told(framedAll(cutIn(follows, 1)))).toEqual(expected);
  });

  test.each(cases)('gives %s however it is cut in two', (_what, bytes, all) => {
    for (let at = 1; at < bytes.length; at++) {
      const pieces = [bytes.slice(0, at), concatBytes([bytes.slice(at), ok])];
      expect(told(framedAll(pieces))).toEqual([...all, 'response of 0']);
    }
  });

  test('gives the same however it is cut', () => {
    const whole = concatBytes(cases.map(([, bytes]) => bytes));
    const all = cases.flatMap(([, , one]) => one);
    const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
    fc.assert(
      fc.property(lengths, (cuts) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, index = 0; at < whole.length; index++) {
          const length = cuts[index % cuts.length] ?? 1;
          pieces.push(whole.slice(at, at + length));
          at += length;
        }
        expect(told(framedAll(pieces))).toEqual(all);
      }),
    );
  });

  test('keeps bodies as they are, with line ends and all', () => {
    const body = '\r\n\r\nSIP/2.0 200 OK\r\n\r\n';
    const head = changedHead({ 'Content-Length': `Content-Length: ${body.length}` });
    const [one] = framedAll(cutIn(wire(head, body), 3));
    expect(one?.kind === 'message' && utf8Decode(one.message.body)).toBe(body);
  });

  test('a body is a copy, so that what was read with it can go', () => {
    const [one] = framedAll([concatBytes([invite, ok])]);
    expect(one?.kind === 'message' && one.message.body.buffer.byteLength).toBe(5);
  });

  test('empty pieces change nothing', () => {
    const pieces = [new Uint8Array(0), invite.slice(0, 9), new Uint8Array(0), invite.slice(9)];
    expect(told(framedAll(pieces))).toEqual(['request of 5']);
  });
});

describe('line breaks between messages', () => {
  test('one CRLF is a pong, as soon as it can’t become a ping [RFC 5626 4.4.1]', () => {
    const framer = new SipFramer();
    framer.push(utf8Encode('\r\n'));
    expect(framer.next().kind).toBe('need-more');
    framer.push(utf8Encode('\r'));
    expect(framer.next().kind).toBe('need-more');
    framer.push(utf8Encode('\n'));
    expect(told([framer.next()])).toEqual(['ping']);
    expect(told(framedAll([concatBytes([utf8Encode('\r\n'), ok])]))).toEqual([
      'pong',
      'response of 0',
    ]);
  });

  test('other line breaks count for nothing [RFC 3261 7.5]', () => {
    const bytes = concatBytes([utf8Encode('\n\r\r\n\r'), ok]);
    const expected = ['pong', 'pong', 'pong', 'pong', 'response of 0'];
    expect(told(framedAll([bytes]))).toEqual(expected);
    expect(told(framedAll(cutIn(bytes, 1)))).toEqual(expected);
  });
});

describe('what can’t be used', () => {
  test('is passed over if its length is known', () => {
    const bytes = concatBytes([noTo, ok]);
    expect(told(framedAll([bytes]))).toEqual(['refused -', 'response of 0']);
    expect(told(framedAll(cutIn(bytes, 1)))).toEqual(['refused -', 'response of 0']);
  });

  test.each([
    ['two lengths', changed({ 'Max-Forwards': 'Content-Length: 4' }), 'refused 400 for good'],
    ['a length that is no number', changed({ 'Content-Length': 'l: x' }), 'refused 400 for good'],
    ['no start line', wire(['x', ...okHead.slice(1)]), 'refused - for good'],
    [
      'a body that is too long',
      changed({ 'Content-Length': `l: ${bodyBytesMax + 1}` }),
      'refused 413 for good',
    ],
    [
      'a body that is too long behind a malformed head',
      changed({ 'Content-Length': `l: ${bodyBytesMax + 1}`, CSeq: 'CSeq: 1 BYE' }),
      'refused 400 for good',
    ],
    ['a head that is too long', utf8Encode('x'.repeat(headBytesMax + 1)), 'refused - for good'],
  ])('ends the stream if nobody knows where the next one begins: %s', (_what, bytes, last) => {
    expect(told(framedAll([bytes, ok]))).toEqual([last]);
    expect(told(framedAll(cutIn(bytes, 7)))).toEqual([last]);
  });

  test('a head may be as long as the bound and no longer', () => {
    const room = headBytesMax - wire([...okHead, 'X: ']).length;
    expect(told(framedAll([wire([...okHead, `X: ${'y'.repeat(room)}`])]))).toEqual([
      'response of 0',
    ]);
    expect(told(framedAll([wire([...okHead, `X: ${'y'.repeat(room + 1)}`])]))).toEqual([
      'refused - for good',
    ]);
  });
});

describe('cost', () => {
  const long = `Content-Length: ${bodyBytesMax}`;

  /** Milliseconds to frame bytes that come one by one. */
  function dripMs(bytes: Uint8Array): number {
    const start = cpuMs();
    expect(framedAll(cutIn(bytes, 1))).toHaveLength(1);
    return cpuMs() - start;
  }

  test('a head that drips in byte by byte is searched once', () => {
    expect(dripMs(wire([...okHead, `X: ${'y'.repeat(headBytesMax - 1000)}`]))).toBeLessThan(500);
  });

  test('a head of nothing but CRs is searched once', () => {
    const framer = new SipFramer();
    const start = cpuMs();
    framer.push(utf8Encode('x'));
    for (let sent = 1; sent < headBytesMax; sent++) {
      framer.push(utf8Encode('\r'));
      expect(framer.next().kind === 'need-more').toBe(true);
    }
    expect(cpuMs() - start).toBeLessThan(1000);
  });

  test('a body that drips in byte by byte is copied a few times at most', () => {
    const head = changedHead({ 'Content-Length': long });
    expect(dripMs(wire(head, 'x'.repeat(bodyBytesMax)))).toBeLessThan(2000);
  });

  test('a stream holds no more than what is not yet told', () => {
    const framer = new SipFramer();
    framer.push(concatBytes([invite, invite.slice(0, 10)]));
    expect(framer.size).toBe(invite.length + 10);
    framer.next();
    expect(framer.size).toBe(10);
    framer.push(invite.slice(10));
    framer.next();
    expect(framer.size).toBe(0);
    expect(framer.next().kind).toBe('need-more');
  });

  test('the body of a refused message is not kept', () => {
    const framer = new SipFramer();
    framer.push(wire(changedHead({ 'Content-Length': long, To: '' })));
    expect(framer.next().kind).toBe('refused');
    framer.push(utf8Encode('x'.repeat(1000)));
    expect(framer.next().kind).toBe('need-more');
    expect(framer.size).toBe(0);
  });

  test('ten thousand idle streams cost next to nothing', () => {
    const before = process.memoryUsage();
    const framers = Array.from({ length: 10_000 }, () => {
      const framer = new SipFramer();
      framer.push(ok);
      framer.next();
      return framer;
    });
    const after = process.memoryUsage();
    expect(framers.every((framer) => framer.size === 0)).toBe(true);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(10_000 * 64);
  });
});
