import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readCommandMessage,
  readGroupMessage,
  readParticipationMessage,
  readRegistrationMessage,
} from '../../../shared/core/message.ts';

const name = { user: 'sip:bob@a.test', contributionId: 'c-1' };
const registration = { kind: 'registration', user: 'sip:bob@a.test', bindings: [], atMs: 1 };

const readers = {
  participation: [readParticipationMessage, { name, event: { kind: 'drained', atMs: 1 } }],
  registration: [readRegistrationMessage, { event: registration }],
  group: [readGroupMessage, { event: { kind: 'group-ended', atMs: 1 } }],
  command: [
    readCommandMessage,
    { id: '1/1/0', name, command: { kind: 'relay-rejoin', call: 'a/1' } },
  ],
} as const;
const rows = Object.entries(readers).map(([kind, [read, message]]) => ({
  kind,
  read: read as (body: string) => unknown,
  message: message as object,
}));

describe.each(rows)('a $kind message', ({ read, message }) => {
  test('is read as it was written, with fields that are new to the reader', () => {
    const written = { ...message, later: [1] };
    expect(read(JSON.stringify(written))).toEqual(written);
  });

  test('without one of its parts is none, so that it can be parked with its reason [design 4.6]', () => {
    for (const part of Object.keys(message).filter((key) => key !== 'id')) {
      expect(read(JSON.stringify({ ...message, [part]: undefined })), part).toBeUndefined();
      expect(read(JSON.stringify({ ...message, [part]: 7 })), part).toBeUndefined();
      expect(read(JSON.stringify({ ...message, [part]: null })), part).toBeUndefined();
      expect(read(JSON.stringify({ ...message, [part]: { kind: 1 } })), part).toBeUndefined();
    }
  });

  test.each(['', '{', '7', 'null', '"text"', '[]', '{}', '{"event":{}}'])(
    'is not made of %s',
    (body) => {
      expect(read(body)).toBeUndefined();
    },
  );

  test('is read from no bytes whatever with an exception [design 6.9]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(() => read(body)).not.toThrow();
      }),
    );
  });
});

describe('a participation message', () => {
  test('of a kind that is not known here is none: a newer edge may send it [design 4.6]', () => {
    for (const kind of ['invented', 'toString', '__proto__', '']) {
      expect(readParticipationMessage(JSON.stringify({ name, event: { kind } }))).toBeUndefined();
    }
  });

  test('names a user and a Contribution-ID', () => {
    const event = { kind: 'drained', atMs: 1 };
    for (const broken of [
      { user: 'sip:bob@a.test' },
      { contributionId: 'c' },
      { user: 1, contributionId: 'c' },
    ]) {
      expect(readParticipationMessage(JSON.stringify({ name: broken, event }))).toBeUndefined();
    }
  });
});

test('a registration message names its user and bindings', () => {
  for (const broken of [
    { user: 1 },
    { bindings: {} },
    { bindings: undefined },
    { kind: 'other' },
  ]) {
    const event = { ...registration, ...broken };
    expect(readRegistrationMessage(JSON.stringify({ event }))).toBeUndefined();
  }
});
