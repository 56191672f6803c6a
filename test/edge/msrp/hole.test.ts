import { describe, expect, it } from 'vitest';
import { holeMs } from '../../../edge/msrp/limit.ts';
import { type Chunk, Chunks } from './chunks.ts';

describe('an end with a hole before it', () => {
  const first: Chunk = { range: '1-4/12', body: 'abcd', flag: '+' };
  const middle: Chunk = { range: '5-8/12', body: 'efgh', flag: '+' };
  const last: Chunk = { range: '9-12/12', body: 'ijkl' };

  it('is answered when the hole is filled, by the owner [RFC 4975 7.3.1]', () => {
    const chunks = new Chunks();
    expect(chunks.sendAll(first, last, middle)).toEqual(['c1 200', '', 'c2 200,c3 200']);
    expect(chunks.delivered).toEqual(['abcdefghijkl']);
    expect(chunks.wait(2)).toBe('');
  });

  it('is refused after a while, and the message never delivered', () => {
    const chunks = new Chunks();
    chunks.send(first);
    const effects = chunks.peer.receive(
      chunks.peer.request({
        id: 'c9.x',
        headers: ['Message-ID: m1.a', 'Byte-Range: 9-12/12', 'Content-Type: text/plain'],
        body: 'ijkl',
      }),
    );
    expect(effects).toEqual([{ kind: 'set-timer', timer: chunks.timer, delayMs: holeMs }]);
    expect(chunks.wait()).toBe('');
    expect(chunks.wait()).toBe('c9 400');
    expect(chunks.wait()).toBe('');
    expect(chunks.delivered).toEqual([]);
    expect(chunks.sendAll(first, middle, last)).toEqual(['c2 200', 'c3 200', 'c4 200']);
    expect(chunks.delivered).toEqual(['abcdefghijkl']);
  });

  it.each([
    ['yes', 'c2 400'],
    ['partial', 'c2 400'],
    ['no', ''],
  ])('is refused as Failure-Report %s wants it [RFC 4975 7.2]', (wish, wanted) => {
    const chunks = new Chunks();
    const more = [`Failure-Report: ${wish}`, 'Success-Report: yes'];
    const isSilent = wish !== 'yes';
    expect(chunks.send({ ...first, more })).toBe(isSilent ? '' : 'c1 200');
    expect(chunks.send({ ...last, more })).toBe('');
    expect(chunks.wait(2)).toBe(wanted);
    expect(chunks.delivered).toEqual([]);
  });

  it('that comes twice is held once, and the earlier one refused', () => {
    const chunks = new Chunks();
    expect(chunks.sendAll(first, last, last, middle)).toEqual([
      'c1 200',
      '',
      'c2 400',
      'c3 200,c4 200',
    ]);
    expect(chunks.delivered).toEqual(['abcdefghijkl']);
  });

  it('is refused if the message is given up after it', () => {
    const chunks = new Chunks();
    expect(chunks.sendAll(first, last, { range: '5-*/12', flag: '#' })).toEqual([
      'c1 200',
      '',
      'c2 400,c3 200',
    ]);
    expect(chunks.wait(2)).toBe('');
  });

  it('is refused if the message has no type', () => {
    const chunks = new Chunks();
    const { peer } = chunks;
    const bare = (id: string, range: string, flag: string) =>
      peer.request({
        id,
        headers: ['Message-ID: m1.a', `Byte-Range: ${range}`],
        body: 'abcd',
        flag,
      });
    expect(chunks.answersOf(peer.receive(bare('c1.x', '5-8/8', '$')))).toBe('');
    expect(chunks.answersOf(peer.receive(bare('c2.x', '1-4/8', '+')))).toBe('c1 400,c2 400');
  });

  it('waits for no longer than another that came before it', () => {
    const chunks = new Chunks();
    chunks.sendAll(first, last);
    chunks.wait();
    chunks.send({ ...last, messageId: 'm2.b' });
    expect(chunks.wait()).toBe('c2 400');
    expect(chunks.wait()).toBe('c3 400');
    expect(chunks.wait()).toBe('');
  });

  it('is refused alone: a message whose end has not come goes on', () => {
    const chunks = new Chunks();
    chunks.sendAll(last, { ...first, messageId: 'm2.b' });
    expect(chunks.wait(2)).toBe('c1 400');
    const rest: Chunk = { range: '5-12/12', body: 'efghijkl', messageId: 'm2.b' };
    expect(chunks.send(rest)).toBe('c3 200');
    expect(chunks.delivered).toEqual(['abcdefghijkl']);
  });

  it('is forgotten with its session', () => {
    const chunks = new Chunks();
    chunks.sendAll(first, last);
    chunks.peer.host.closed(0, 'in');
    const effects = chunks.peer.host.drain();
    expect(effects).toContainEqual({ kind: 'clear-timer', timer: chunks.timer });
    expect(chunks.wait(2)).toBe('');
    chunks.peer.host.close(0, chunks.peer.session);
    expect(chunks.wait()).toBe('');
  });
});
