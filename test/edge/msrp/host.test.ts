import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backlogBytesMax } from '../../../edge/msrp/limit.ts';
import { bytesOf, message, messagesOf, pairOfHosts, textOf, type World } from './world.ts';

/** The messages that have come to the second host, by Message-ID. */
function came(world: World): string[] {
  return messagesOf(world.b.effects).map(({ messageId, body }) => `${messageId}:${textOf(body)}`);
}

function answerAll(world: World): void {
  for (const { host, effects } of [world.a, world.b]) {
    for (const { inbound } of messagesOf(effects)) host.answer(world.nowMs, inbound, 200);
  }
}

describe('two hosts', () => {
  it('exchange messages both ways at once', () => {
    const { world, a, b } = pairOfHosts();
    world.a.host.send(0, a, message(1, 'ping'));
    world.b.host.send(0, b, message(2, 'pong'));
    world.settle();
    expect(messagesOf(world.a.effects)).toMatchObject([{ session: a, messageId: 'message.2' }]);
    expect(came(world)).toEqual(['message.1:ping']);
    answerAll(world);
    world.settle();
    expect(world.a.events).toContainEqual({ kind: 'delivered', session: a, reference: 1 });
    world.pass(60_000);
    expect(world.a.events.some(({ kind }) => kind === 'lost')).toBe(false);
    expect(world.b.events.at(-1)).toEqual({ kind: 'delivered', session: b, reference: 2 });
  });

  it('report on messages to each other [RFC 4975 7.1.2]', () => {
    const { world, a, b } = pairOfHosts();
    world.a.host.send(0, a, message(1, 'ping', { isSuccessReportWanted: true }));
    world.settle();
    const [got] = messagesOf(world.b.effects);
    expect(got?.isSuccessReportWanted).toBe(true);
    world.b.host.report(0, b, 'message.1', 200, 4);
    world.settle();
    expect(world.a.events.at(-1)).toEqual({
      kind: 'report',
      session: a,
      messageId: 'message.1',
      status: 200,
    });
  });

  it('pass on a message of a megabyte, and refuse a larger one', () => {
    const { world, a } = pairOfHosts();
    const body = new Uint8Array(1_048_576).map((_, index) => index % 251);
    world.a.host.send(0, a, message(1, '', { body }));
    world.pass(1);
    answerAll(world);
    world.settle();
    const [got] = messagesOf(world.b.effects);
    expect(Buffer.compare(got!.body, body)).toBe(0);
    world.a.host.send(0, a, message(2, '', { body: new Uint8Array(1_048_577) }));
    world.pass(1);
    expect(world.a.events.filter(({ kind }) => kind !== 'room').slice(-2)).toEqual([
      { kind: 'delivered', session: a, reference: 1 },
      { kind: 'failed', session: a, reference: 2, status: 413 },
    ]);
    expect(world.b.host.counts.messagesReceived).toBe(1);
  });

  it('hold back while nothing gets through, and go on when it does', () => {
    const { world, a } = pairOfHosts();
    world.isStalled = true;
    let isGood = true;
    let count = 0;
    while (isGood) {
      count++;
      isGood = world.a.host.send(0, a, message(count, 'x'.repeat(10_000)));
      world.settle();
    }
    expect(count * 10_000).toBeLessThan(3 * backlogBytesMax);
    world.isStalled = false;
    world.settle();
    expect(came(world)).toHaveLength(count);
    expect(world.a.events.at(-1)).toEqual({ kind: 'room', session: a });
  });

  it('lose what is under way with their connection, and deliver it over the next', () => {
    const { world, a, b } = pairOfHosts();
    world.a.host.send(0, a, message(1, 'answered'));
    world.settle();
    answerAll(world);
    world.settle();
    for (const reference of [2, 3]) world.a.host.send(0, a, message(reference, 'not'));
    world.settle();
    for (const side of [world.a, world.b]) side.host.closed(0, 'out/1');
    world.settle();
    expect(world.a.events.at(-1)).toEqual({
      kind: 'lost',
      session: a,
      loss: 'closed',
      references: [2, 3],
    });
    world.b.host.start(0, b, { path: [world.a.host.path(a)], isActive: false });
    world.a.host.start(0, a, { path: [world.b.host.path(b)], isActive: true });
    for (const reference of [2, 3]) world.a.host.send(0, a, message(reference, 'again'));
    world.settle();
    expect(came(world).slice(-2)).toEqual(['message.2:again', 'message.3:again']);
  });

  it('say so if it was not the peer who has ended their connection', () => {
    const { world, a } = pairOfHosts();
    world.a.host.closed(0, 'out/1', 'way-ended');
    world.settle();
    expect(world.a.events.at(-1)).toMatchObject({ kind: 'lost', session: a, loss: 'way-ended' });
  });

  it('pass on any messages in order, however the bytes are cut', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 60_000 }));
    const outgoing = fc.record({
      size,
      failureReport: fc.constantFrom('yes' as const, 'no' as const, 'partial' as const),
    });
    fc.assert(
      fc.property(
        fc.array(outgoing, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 70_000 }),
        (all, cut) => {
          const { world, a } = pairOfHosts();
          world.cut = (bytes) => {
            const length = Math.max(cut, bytes.length / 500);
            const pieces: Uint8Array[] = [];
            for (let at = 0; at < bytes.length; at += length)
              pieces.push(bytes.subarray(at, at + length));
            return pieces;
          };
          for (const [reference, { size: bytes, failureReport }] of all.entries()) {
            const body = bytesOf('-\r\nx'.repeat(bytes).slice(0, bytes));
            world.a.host.send(0, a, message(reference, '', { body, failureReport }));
          }
          world.pass(1);
          answerAll(world);
          world.pass(40_000);
          const got = messagesOf(world.b.effects);
          expect(got.map(({ messageId, body }) => [messageId, body.length])).toEqual(
            all.map(({ size: bytes }, reference) => [`message.${reference}`, bytes]),
          );
          const delivered = world.a.events.filter(({ kind }) => kind === 'delivered');
          expect(delivered).toHaveLength(all.length);
          expect(world.a.host.unanswered(a)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('survive whatever happens to the bytes between them', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 500 }),
        (changes, cut) => {
          const { world, a } = pairOfHosts();
          world.cut = (bytes) => {
            for (const [at, value] of changes) bytes[at % bytes.length] = value;
            return [bytes.subarray(0, cut), bytes.subarray(cut)];
          };
          for (let reference = 0; reference < 5; reference++)
            world.a.host.send(0, a, message(reference, 'hello'));
          world.pass(1);
          answerAll(world);
          world.pass(120_000);
          const outcomes = world.a.events.flatMap((event) => {
            if (event.kind === 'lost') return event.references;
            return event.kind === 'delivered' || event.kind === 'failed' ? [event.reference] : [];
          });
          expect(outcomes.sort()).toEqual([0, 1, 2, 3, 4]);
        },
      ),
    );
  });
});
