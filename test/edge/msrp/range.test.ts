import { describe, expect, it } from 'vitest';
import { type Chunk, Chunks } from './chunks.ts';

describe('a message that goes beyond its total is refused, and not cut', () => {
  it.each<[string, Chunk[], string[]]>([
    ['in one chunk', [{ range: '1-10/4', body: 'abcdefghij' }], ['c1 400']],
    ['in one chunk that can be interrupted', [{ range: '1-*/4', body: 'abcdef' }], ['c1 400']],
    ['before its end', [{ range: '1-*/4', body: 'abcdef', flag: '+' }], ['c1 400']],
    [
      'in its second chunk',
      [
        { range: '1-4/6', body: 'abcd', flag: '+' },
        { range: '5-*/6', body: 'efgh', flag: '+' },
        { range: '9-*/6', body: 'ij' },
      ],
      ['c1 200', 'c2 400', 'c3 400'],
    ],
    [
      'which only a later chunk names',
      [
        { range: '1-*/*', body: 'abcdef', flag: '+' },
        { range: '1-2/4', body: 'ab', flag: '+' },
      ],
      ['c1 200', 'c2 400'],
    ],
    [
      'after it was whole',
      [
        { range: '1-3/3', body: 'abc', flag: '+' },
        { range: '4-*/*', body: 'def' },
      ],
      ['c1 200', 'c2 400'],
    ],
    [
      'after its end',
      [
        { range: '5-6/*', body: 'ef' },
        { range: '7-8/*', body: 'gh', flag: '+' },
      ],
      ['', 'c1 400,c2 400'],
    ],
    ['without octets', [{ range: '6-*/4', flag: '+' }], ['c1 400']],
  ])('%s [RFC 4975 7.1.1, 7.3.1]', (_what, sent, wanted) => {
    const chunks = new Chunks();
    expect(chunks.sendAll(...sent)).toEqual(wanted);
    expect(chunks.delivered).toEqual(_what === 'after it was whole' ? ['abc'] : []);
  });
});

describe('a message whose chunks contradict one another is refused', () => {
  it.each<[string, Chunk[], string[]]>([
    [
      'by a total that changes',
      [
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '5-8/9', body: 'efgh' },
      ],
      ['c1 200', 'c2 400'],
    ],
    [
      'by an end before its total',
      [
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '5-6/8', body: 'ef' },
      ],
      ['c1 200', 'c2 400'],
    ],
    ['by an end before its total, in one chunk', [{ range: '1-8/8', body: 'abcd' }], ['c1 400']],
    [
      'by an end before what has come',
      [
        { range: '1-*/*', body: 'abcdef', flag: '+' },
        { range: '2-*/*', body: 'X' },
      ],
      ['c1 200', 'c2 400'],
    ],
    ['by a range that ends before it starts', [{ range: '5-3/10', body: 'abc' }], ['c1 400']],
    ['by octets that are not there', [{ range: '1-5/5' }], ['c1 400']],
    ['by octets that are not there, with a type', [{ range: '1-5/5', body: '' }], ['c1 400']],
  ])('%s [RFC 4975 7.1.1, 7.3.1]', (_what, sent, wanted) => {
    const chunks = new Chunks();
    expect(chunks.sendAll(...sent)).toEqual(wanted);
    expect(chunks.delivered).toEqual([]);
  });

  it('and the same message is taken once it is right', () => {
    const chunks = new Chunks();
    chunks.sendAll({ range: '1-4/8', body: 'abcd', flag: '+' }, { range: '5-8/9', body: 'efgh' });
    expect(chunks.send({ range: '1-8/8', body: 'abcdefgh' })).toBe('c3 200');
    expect(chunks.delivered).toEqual(['abcdefgh']);
  });
});

describe('what RFC 4975 allows is taken', () => {
  it.each<[string, Chunk[], string[], string]>([
    [
      'a total that is named late',
      [
        { range: '1-*/*', body: 'abcd', flag: '+' },
        { range: '5-8/8', body: 'efgh' },
      ],
      ['c1 200', 'c2 200'],
      'abcdefgh',
    ],
    [
      'a total that is not named again',
      [
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '5-*/*', body: 'efgh' },
      ],
      ['c1 200', 'c2 200'],
      'abcdefgh',
    ],
    [
      'a chunk that comes twice',
      [
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '5-8/8', body: 'efgh' },
        { range: '5-8/8', body: 'efgh' },
      ],
      ['c1 200', 'c2 200', 'c3 200', 'c4 200'],
      'abcdefgh',
    ],
    [
      'overlaps, of which the later counts',
      [
        { range: '1-*/8', body: 'abcdef', flag: '+' },
        { range: '3-8/8', body: 'CDEFGH' },
      ],
      ['c1 200', 'c2 200'],
      'abCDEFGH',
    ],
    [
      'a chunk shorter than its range, which has been interrupted',
      [
        { range: '1-8/8', body: 'abcd', flag: '+' },
        { range: '5-8/8', body: 'efgh' },
      ],
      ['c1 200', 'c2 200'],
      'abcdefgh',
    ],
    [
      'an end without octets',
      [{ range: '1-*/*', body: 'abcd', flag: '+' }, { range: '5-4/4' }],
      ['c1 200', 'c2 200'],
      'abcd',
    ],
  ])('%s [RFC 4975 7.3.1]', (_what, sent, wanted, text) => {
    const chunks = new Chunks();
    expect(chunks.sendAll(...sent)).toEqual(wanted);
    expect(chunks.delivered).toEqual([text]);
  });

  it('a message may be given up until its end has come, and be sent again [RFC 4975 7.1.1]', () => {
    const chunks = new Chunks();
    expect(
      chunks.sendAll(
        { range: '1-*/8', body: 'abcdefgh', flag: '#' },
        { range: '1-4/8', body: 'abcd', flag: '+' },
        { range: '5-*/8', flag: '#' },
      ),
    ).toEqual(['c1 200', 'c2 200', 'c3 200']);
    expect(chunks.delivered).toEqual([]);
    expect(chunks.send({ range: '1-8/8', body: 'abcdefgh' })).toBe('c4 200');
    expect(chunks.delivered).toEqual(['abcdefgh']);
  });

  it('giving up what was whole already changes nothing', () => {
    const chunks = new Chunks();
    const answers = chunks.sendAll(
      { range: '1-4/4', body: 'abcd', flag: '+' },
      { range: '5-*/4', flag: '#' },
    );
    expect(answers).toEqual(['c1 200', 'c2 200']);
    expect(chunks.delivered).toEqual(['abcd']);
  });
});
