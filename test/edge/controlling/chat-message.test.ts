import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { readChat } from '../../../edge/controlling/chat-message.ts';

const user = 'sip:alice@rejoin.test';

function read(head: string, contentType = 'message/cpim') {
  return readChat(
    contentType,
    utf8Encode(`${head}\r\n\r\nContent-Type: text/plain\r\n\r\nhi`),
    user,
  );
}

test('what a message says is its author, its recipients, and whether it is of the moment', () => {
  expect(read(`From: <${user}>\r\nTo: <SIP:bob@REJOIN.test>\r\nTo: <tel:+49-30-1>`)).toEqual({
    kind: 'chat',
    isFleeting: false,
    to: ['SIP:bob@REJOIN.test', 'tel:+49-30-1'],
  });
});

test('a type that may not stand alone in a session is refused (RFC 4975 8.6)', () => {
  expect(read(`From: <${user}>`, 'text/plain')).toEqual({ kind: 'refused', status: 415 });
});

test.each(['application/im-iscomposing+xml', 'application/im-iscomposing+xm; charset=utf-8'])(
  'isComposing needs no CPIM (RFC 3994): %s',
  (type) => {
    expect(readChat(type, utf8Encode('<x/>'), user)).toEqual({
      kind: 'chat',
      isFleeting: true,
      to: [],
    });
  },
);

test.each([
  ['no message', '', 400],
  ['no author', 'To: <sip:bob@rejoin.test>', 400],
  ['another author', 'From: <sip:bob@rejoin.test>', 403],
  ['an author who is no user', 'From: <mailto:alice@rejoin.test>', 403],
])('%s is refused', (_name, head, status) => {
  expect(read(head)).toEqual({ kind: 'refused', status });
});
