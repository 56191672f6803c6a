import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Output, SlabPool } from '../../../edge/msrp/output.ts';
import {
  type Chunk,
  printContentType,
  printPaths,
  printReport,
  printResponse,
  printSend,
  statusText,
} from '../../../edge/msrp/print-frame.ts';
import { from, plainHead, readAll, to } from './grammar.ts';
import { bytesOf, lines, textOf } from './world.ts';

const paths = printPaths(to, from);
const pathLines = [`To-Path: ${to}`, `From-Path: ${from}`];

const plain: Chunk = {
  messageId: '87652491',
  contentType: printContentType('text/plain'),
  isSuccessReportWanted: false,
  failureReport: 'yes',
  rangeStart: 1,
  isInterruptible: false,
  total: 2,
  body: bytesOf('hi'),
  flag: '$',
};

function printed(print: (output: Output) => void): string {
  const output = new Output(new SlabPool());
  print(output);
  const { bytes, parts } = output.take();
  const text = textOf(parts);
  expect(bytes).toBe(text.length);
  return text;
}

describe('printing frames', () => {
  it('a SEND has its headers in the order of the grammar [RFC 4975 9]', () => {
    const text = printed((output) => printSend(output, paths, 'abcd1234', plain));
    expect(text).toBe(
      lines(
        'MSRP abcd1234 SEND',
        ...pathLines,
        'Message-ID: 87652491',
        'Byte-Range: 1-2/2',
        'Content-Type: text/plain',
        '',
        'hi',
        '-------abcd1234$',
      ),
    );
  });

  it('a chunk says that it may be interrupted, and which reports are wanted [RFC 4975 7.1]', () => {
    const chunk: Chunk = {
      ...plain,
      isSuccessReportWanted: true,
      failureReport: 'partial',
      rangeStart: 11,
      isInterruptible: true,
      total: 100,
      flag: '+',
    };
    const text = printed((output) => printSend(output, paths, 'abcd1234', chunk));
    expect(text).toBe(
      lines(
        'MSRP abcd1234 SEND',
        ...pathLines,
        'Message-ID: 87652491',
        'Success-Report: yes',
        'Failure-Report: partial',
        'Byte-Range: 11-*/100',
        'Content-Type: text/plain',
        '',
        'hi',
        '-------abcd1234+',
      ),
    );
  });

  it('a SEND without a body has no type and no empty line [RFC 4975 9]', () => {
    const chunk: Chunk = { ...plain, body: bytesOf(''), total: 0 };
    const text = printed((output) => printSend(output, paths, 'abcd1234', chunk));
    expect(text).toBe(
      lines(
        'MSRP abcd1234 SEND',
        ...pathLines,
        'Message-ID: 87652491',
        'Byte-Range: 1-0/0',
        '-------abcd1234$',
      ),
    );
  });

  it('a REPORT names the whole message and its status [RFC 4975 7.1.2]', () => {
    const report = { messageId: '87652491', status: 200, byteCount: 106 };
    const text = printed((output) => printReport(output, paths, 'abcd1234', report));
    expect(text).toBe(
      lines(
        'MSRP abcd1234 REPORT',
        ...pathLines,
        'Message-ID: 87652491',
        'Byte-Range: 1-106/106',
        'Status: 000 200 OK',
        '-------abcd1234$',
      ),
    );
  });

  it.each<[number, string | undefined, string]>([
    [200, undefined, '200 OK'],
    [481, undefined, '481 Session Does Not Exist'],
    [200, 'fine', '200 fine'],
    [499, undefined, '499'],
  ])('the status %s is called as the RFC does [RFC 4975 10]', (status, comment, wanted) => {
    const text = printed((output) =>
      printResponse(output, paths, 'abcd1234', statusText(status, comment)),
    );
    expect(text).toBe(lines(`MSRP abcd1234 ${wanted}`, ...pathLines, '-------abcd1234$'));
  });

  it('what is printed is read as it was meant [RFC 4975 9]', () => {
    const chunks = fc.record({
      isSuccessReportWanted: fc.boolean(),
      failureReport: fc.constantFrom('yes' as const, 'no' as const, 'partial' as const),
      rangeStart: fc.integer({ min: 1, max: 1_000_000_000 }),
      isInterruptible: fc.boolean(),
      total: fc.integer({ min: 0, max: 1_000_000_000 }),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(9_000).map((size) => new Uint8Array(size)),
      ),
      flag: fc.constantFrom('$' as const, '+' as const, '#' as const),
    });
    // What lies beyond the total is no range.
    const within = chunks.map(({ total, ...chunk }) => {
      const end = chunk.rangeStart - 1 + chunk.body.length;
      return { ...chunk, total: Math.max(total, end) };
    });
    fc.assert(
      fc.property(fc.array(within, { minLength: 1, maxLength: 12 }), (all) => {
        const text = printed((output) => {
          for (const chunk of all) printSend(output, paths, 'abcd1234', { ...plain, ...chunk });
        });
        const wanted = all.map(({ body, flag, isInterruptible, ...said }) => ({
          head: {
            ...plainHead,
            ...said,
            transactionId: 'abcd1234',
            rangeEnd: isInterruptible ? undefined : said.rangeStart + body.length - 1,
            contentType: body.length > 0 ? 'text/plain' : '',
          },
          body: textOf(body),
          flag,
        }));
        expect(readAll([bytesOf(text)])).toEqual({ said: wanted, refused: '' });
      }),
    );
  });
});
