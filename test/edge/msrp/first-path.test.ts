import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstPath, type FirstPathResult } from '../../../edge/msrp/first-path.ts';
import { headBytesMax } from '../../../edge/msrp/limit.ts';
import { bytesOf, lines, textOf } from './world.ts';

const sessionId = 'token0123456789.edge-a1b2c3d4e5f6';
const start = lines(
  'MSRP dkei38sd SEND',
  `To-Path: msrp://192.0.2.1:2855/${sessionId};tcp`,
  'From-Path: msrp://192.0.2.9:7654/abc;tcp',
);
const found: FirstPathResult = { kind: 'session', sessionId };
const needMore: FirstPathResult = { kind: 'need-more' };

function read(text: string): FirstPathResult {
  return new FirstPath().read(bytesOf(text));
}

describe('the first path of a connection', () => {
  it('is known from one read, however much comes behind it', () => {
    const first = new FirstPath();
    const bytes = bytesOf(`${start}Message-ID: 1\r\n\r\n${'x'.repeat(60_000)}`);
    expect(first.read(bytes)).toEqual(found);
    expect(first.bytes).toEqual(bytes);
  });

  it('is known byte by byte as soon as its line has ended, and all that was read is kept', () => {
    const first = new FirstPath();
    const end = start.indexOf('From-Path');
    for (let at = 0; at < end - 1; at++) {
      expect(first.read(bytesOf(start.charAt(at)))).toEqual(needMore);
    }
    expect(first.read(bytesOf('\n'))).toEqual(found);
    expect(textOf(first.bytes)).toBe(start.slice(0, end));
  });

  it('is the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (sizes) => {
        const first = new FirstPath();
        let at = 0;
        let result: FirstPathResult = { kind: 'need-more' };
        for (const size of [...sizes, start.length]) {
          result = first.read(bytesOf(start.slice(at, at + size)));
          at = Math.min(start.length, at + size);
          if (result.kind !== 'need-more') break;
        }
        expect(result).toEqual(found);
        expect(textOf(first.bytes)).toBe(start.slice(0, at));
      }),
    );
  });

  it('may follow empty lines, which are kept, too', () => {
    const first = new FirstPath();
    expect(first.read(bytesOf('\r'))).toEqual(needMore);
    expect(first.read(bytesOf('\n\r\n\r'))).toEqual(needMore);
    expect(first.read(bytesOf(`\n${start}`))).toEqual(found);
    expect(textOf(first.bytes)).toBe(`\r\n\r\n\r\n${start}`);
  });

  it('needs its name in no certain case [RFC 4975 9]', () => {
    expect(read(start.replace('To-Path', 'TO-PATH'))).toEqual(found);
  });

  it('is refused at once where no MSRP comes', () => {
    expect(read('G')).toEqual({ kind: 'refused', reason: 'no MSRP' });
    expect(read('\x16\x03\x01')).toEqual({ kind: 'refused', reason: 'no MSRP' });
    expect(read('\r\nGET / HTTP/1.1\r\n')).toEqual({ kind: 'refused', reason: 'no MSRP' });
  });

  it('is refused without its line, without CR, or without one MSRP URI [RFC 4975 7.1]', () => {
    const lineOf = (line: string) => read(`MSRP abcd SEND\r\n${line}`);
    expect(lineOf('From-Path: msrp://a:1/b;tcp\r\n')).toEqual({ kind: 'refused', reason: 'paths' });
    expect(lineOf('To-Path: sip:a@b\r\n')).toEqual({ kind: 'refused', reason: 'paths' });
    const two = 'To-Path: msrp://a:1/b;tcp msrp://c:1/d;tcp\r\n';
    expect(lineOf(two)).toEqual({ kind: 'refused', reason: 'paths' });
    expect(lineOf('To-Path: msrp://a:1/b;tcp\n')).toEqual({
      kind: 'refused',
      reason: 'line without CR',
    });
  });

  it('is refused where it does not end within the bound of a head', () => {
    const first = new FirstPath();
    expect(first.read(bytesOf('MSRP '.padEnd(headBytesMax - 1, 'x')))).toEqual(needMore);
    expect(first.read(bytesOf('\r\n'))).toEqual({ kind: 'refused', reason: 'long head' });
    expect(read('\r\n'.repeat(headBytesMax))).toEqual({ kind: 'refused', reason: 'long head' });
  });

  it('of any bytes is one of the three answers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(['session', 'need-more', 'refused']).toContain(new FirstPath().read(bytes).kind);
      }),
    );
  });
});
