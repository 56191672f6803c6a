import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { parseCpim, printCpim } from '../../../edge/cpim/cpim.ts';
import { dispositions, imdnHeader, isImdn } from '../../../edge/cpim/header.ts';
import { type Imdn, imdnMessage, readImdn, writeImdn } from '../../../edge/cpim/imdn.ts';
import { imdnBytesMax } from '../../../edge/cpim/limit.ts';

const imdn: Imdn = {
  messageId: 'Msg<1>',
  kind: 'delivery',
  status: 'delivered',
  dateTime: '2013-01-16T10:00:00Z',
  recipientUri: 'sip:b@x',
  originalRecipientUri: 'sip:list@x',
};

test('a notification is written and reads back (RFC 5438 11)', () => {
  expect(utf8Decode(writeImdn(imdn))).toContain(
    '<delivery-notification><status><delivered/></status></delivery-notification>',
  );
  expect(readImdn(writeImdn(imdn))).toEqual({ kind: 'imdn', imdn });
  const short: Imdn = { messageId: 'a', kind: 'processing', status: 'stored' };
  expect(readImdn(writeImdn(short))).toEqual({ kind: 'imdn', imdn: short });
});

test('a notification of another namespace, order and without a time is read', () => {
  const text =
    '<i:imdn xmlns:i="urn:x"><i:display-notification><i:status><i:note/><i:displayed/></i:status></i:display-notification><i:message-id> 7 </i:message-id></i:imdn>';
  expect(readImdn(utf8Encode(text))).toEqual({
    kind: 'imdn',
    imdn: { messageId: '7', kind: 'display', status: 'displayed' },
  });
});

const incomplete = 'no message-id, notification or status';

test.each([
  ['no document', 'x', 'not well-formed'],
  ['an empty one', '<imdn/>', incomplete],
  ['one without a notification', '<imdn><message-id>1</message-id></imdn>', incomplete],
  [
    'one without a known status',
    '<imdn><message-id>1</message-id><delivery-notification><status><x/></status></delivery-notification></imdn>',
    incomplete,
  ],
  ['too long a one', ' '.repeat(imdnBytesMax + 1), 'notification too long'],
])('%s is refused', (_, text, reason) => {
  expect(readImdn(utf8Encode(text))).toEqual({ kind: 'refused', reason });
});

test('a notification travels in CPIM and asks for none itself (RFC 5438 7.2.1)', () => {
  const cpim = imdnMessage({
    from: 'sip:b@x',
    to: 'sip:a@x',
    ownMessageId: 'own1',
    dateTime: '2013-01-16T10:00:00Z',
    imdn,
  });
  expect(parseCpim(printCpim(cpim))).toEqual({ kind: 'cpim', cpim });
  expect(isImdn(cpim)).toBe(true);
  expect(imdnHeader(cpim, 'Message-ID')).toBe('own1');
  expect(dispositions(cpim)).toEqual([]);
  expect(readImdn(cpim.content)).toEqual({ kind: 'imdn', imdn });
});
