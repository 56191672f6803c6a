import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Added, Assembly } from '../../../edge/msrp/assembly.ts';
import type { ContinuationFlag, MsrpRequest, RequestHead } from '../../../edge/msrp/frame.ts';
import { runsMax, unfinishedMessagesMax } from '../../../edge/msrp/limit.ts';
import { plainHead } from './grammar.ts';
import { bytesOf, textOf } from './world.ts';

type Piece = Partial<RequestHead> & {
  text: string;
  flag?: ContinuationFlag | undefined;
  at?: number;
};

function chunk({ text, flag, at, ...head }: Piece): MsrpRequest {
  const whole = { ...plainHead, total: undefined, rangeEnd: undefined, ...head };
  return { kind: 'request', head: whole, body: bytesOf(text), at: at ?? 0, flag };
}

function bodyOf(added: Added): string | number {
  if (added.kind === 'whole') return textOf(added.message.body);
  return added.kind === 'refused' ? added.status : added.kind;
}

function assembly(messageBytesMax = 100): Assembly {
  return new Assembly(messageBytesMax, (type) => type !== 'text/bad');
}

function addAll(to: Assembly, pieces: readonly Piece[]): (string | number)[] {
  return pieces.map((piece) => bodyOf(to.add(chunk(piece))));
}

describe('joining chunks', () => {
  it.each<[string, Piece[], (string | number)[]]>([
    [
      'in order',
      [
        { text: 'abc', flag: '+' },
        { text: 'def', rangeStart: 4, flag: '$' },
      ],
      ['more', 'abcdef'],
    ],
    [
      'the other way round',
      [
        { text: 'def', rangeStart: 4, flag: '$' },
        { text: 'abc', flag: '+' },
      ],
      ['held', 'abcdef'],
    ],
    [
      'whole by its total',
      [
        { text: 'abc', total: 6, flag: '+' },
        { text: 'def', rangeStart: 4, total: 6, flag: '+' },
      ],
      ['more', 'abcdef'],
    ],
    [
      'overlapping',
      [
        { text: 'abcd', flag: '+' },
        { text: 'XYZ', rangeStart: 3, flag: '$' },
      ],
      ['more', 'abXYZ'],
    ],
    [
      'longer than its end',
      [
        { text: 'abcdef', flag: '+' },
        { text: 'X', rangeStart: 2, flag: '$' },
      ],
      ['more', 400],
    ],
    [
      'in pieces of one chunk',
      [{ text: 'abc' }, { text: 'def', at: 3 }, { text: '', at: 6, flag: '$' }],
      ['more', 'more', 'abcdef'],
    ],
    [
      'complete before its chunk is',
      [
        { text: 'abc', total: 3 },
        { text: '', at: 3, flag: '+' },
      ],
      ['more', 'abc'],
    ],
    [
      'ended by an empty chunk',
      [
        { text: 'abc', flag: '+' },
        { text: '', rangeStart: 4, contentType: '', flag: '$' },
      ],
      ['more', 'abc'],
    ],
    [
      'given up',
      [
        { text: 'abc', flag: '+' },
        { text: '', rangeStart: 4, flag: '#' },
        { text: 'xy', flag: '$' },
      ],
      ['more', 'more', 'xy'],
    ],
    ['empty', [{ text: '', total: 0, contentType: '', flag: '+' }], ['']],
    [
      'whole, and a late chunk of it',
      [
        { text: 'abc', total: 3, flag: '+' },
        { text: '', rangeStart: 4, flag: '$' },
      ],
      ['abc', 'more'],
    ],
    [
      'too large',
      [
        { text: 'a'.repeat(60), flag: '+' },
        { text: 'a'.repeat(60), rangeStart: 61, flag: '+' },
        { text: 'a', rangeStart: 121, flag: '$' },
        { text: 'b', flag: '$' },
      ],
      ['more', 413, 413, 'b'],
    ],
    [
      'too large by its total',
      [
        { text: 'a', total: 101, flag: '+' },
        { text: '', rangeStart: 2, flag: '#' },
        { text: 'b', flag: '$' },
      ],
      [413, 413, 'b'],
    ],
    ['too far away', [{ text: 'a', rangeStart: 101, flag: '+' }], [413]],
    [
      'of a bad type',
      [
        { text: 'a', contentType: 'text/bad', flag: '+' },
        { text: 'b', rangeStart: 2, flag: '$' },
      ],
      [415, 415],
    ],
    [
      'of a type that comes late',
      [
        { text: 'b', rangeStart: 2, contentType: '', flag: '$' },
        { text: 'a', flag: '+' },
      ],
      ['held', 'ab'],
    ],
    [
      'of no type',
      [
        { text: 'a', contentType: '', flag: '+' },
        { text: 'b', rangeStart: 2, contentType: '', flag: '$' },
      ],
      ['more', 400],
    ],
  ])('a message %s [RFC 4975 7.3.1]', (_what, pieces, wanted) => {
    const to = assembly();
    expect(addAll(to, pieces)).toEqual(wanted);
  });

  it('keeps messages apart, and what the first chunk says of each [RFC 4975 5.1]', () => {
    const to = assembly();
    addAll(to, [
      {
        text: 'ab',
        messageId: 'one1',
        isSuccessReportWanted: true,
        failureReport: 'no',
        contentType: 'a/b',
        flag: '+',
      },
      { text: 'AB', messageId: 'two2', flag: '+' },
    ]);
    expect(to.size).toBe(2);
    expect(to.has('one1')).toBe(true);
    expect(bodyOf(to.add(chunk({ text: 'CD', messageId: 'two2', rangeStart: 3, flag: '$' })))).toBe(
      'ABCD',
    );
    const one = to.add(
      chunk({ text: 'cd', messageId: 'one1', rangeStart: 3, contentType: '', flag: '$' }),
    );
    expect(one).toMatchObject({
      message: { contentType: 'a/b', isSuccessReportWanted: true, failureReport: 'no' },
    });
    expect(to.size).toBe(0);
    expect(to.has('one1')).toBe(true);
    expect(to.has('two2')).toBe(false);
  });

  it('so many messages may be unfinished; refused ones make room', () => {
    const to = assembly(100_000);
    for (let index = 0; index < unfinishedMessagesMax; index++) {
      to.add(chunk({ text: 'a', messageId: `id.${index}`, flag: '+' }));
    }
    const more: Piece = { text: 'a', messageId: 'more', flag: '+' };
    expect(addAll(to, [more])).toEqual([413]);
    expect(
      addAll(to, [{ text: 'a', messageId: 'id.3', rangeStart: 100_001, flag: '+' }, more]),
    ).toEqual([413, 'more']);
    expect(to.has('id.3')).toBe(false);
  });

  it('a refused message is forgotten when its rest has gone by', () => {
    const to = assembly();
    addAll(to, [{ text: 'a', rangeStart: 101 }]);
    expect(to.size).toBe(1);
    to.forget(plainHead.messageId);
    expect(to.size).toBe(0);
  });

  it('unfinished messages hold so many bytes together', () => {
    const to = assembly(1_000);
    const answers = Array.from({ length: 4 }, (_, index) =>
      bodyOf(to.add(chunk({ text: 'a'.repeat(900), messageId: `id.${index}`, flag: '+' }))),
    );
    expect(answers).toEqual(['more', 'more', 413, 413]);
  });

  it('a message has so many holes', () => {
    const to = assembly(10_000);
    const answers = Array.from({ length: runsMax + 1 }, (_, index) =>
      bodyOf(to.add(chunk({ text: 'a', rangeStart: 2 + 2 * index, flag: '+' }))),
    );
    expect(answers.slice(0, -1)).toEqual(Array.from({ length: runsMax }, () => 'more'));
    expect(answers.at(-1)).toBe(413);
  });

  it('forgets everything when its session is lost', () => {
    const to = assembly();
    addAll(to, [
      { text: 'a', flag: '$' },
      { text: 'a', messageId: 'more', flag: '+' },
    ]);
    to.clear();
    expect(to.size).toBe(0);
    expect(to.has(plainHead.messageId)).toBe(false);
  });

  it('messages in chunks of any size, in any order and mixed, come out as they were [RFC 4975 5.1]', () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 60, unit: 'binary-ascii' }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        (all, size, isTotalKnown, picks) => {
          const pieces = all.flatMap((text, index) =>
            chunksOf(text, `id.${index}`, { size, isTotalKnown }),
          );
          const to = assembly(100_000);
          const came: string[] = [];
          while (pieces.length > 0) {
            const [piece] = pieces.splice(picks.next().value % pieces.length, 1);
            const added = to.add(chunk(piece!));
            if (added.kind === 'whole') came.push(textOf(added.message.body));
          }
          expect(came.sort()).toEqual([...all].sort());
          expect(to.size).toBe(0);
        },
      ),
    );
  });
});

function chunksOf(
  text: string,
  messageId: string,
  how: { size: number; isTotalKnown: boolean },
): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += how.size) {
    const isLast = at + how.size >= text.length;
    const total = how.isTotalKnown ? text.length : undefined;
    pieces.push({
      text: text.slice(at, at + how.size),
      messageId,
      rangeStart: at + 1,
      total,
      flag: isLast ? '$' : '+',
    });
  }
  return pieces;
}
