import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { recipientsMax } from '../../../edge/xml/limit.ts';
import {
  historyOf,
  type Recipient,
  readResourceLists,
  writeResourceLists,
} from '../../../edge/xml/resource-lists.ts';

function read(lists: string): readonly Recipient[] {
  const text = `<?xml version="1.0"?><resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"
    xmlns:cp="urn:ietf:params:xml:ns:copycontrol" xmlns:cc="urn:ietf:params:xml:ns:copyControl">${lists}</resource-lists>`;
  const result = readResourceLists(utf8Encode(text));
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.recipients;
}

test('entries are read with both namespaces of copyControl (RFC 5364 4)', () => {
  const recipients = read(`<list>
    <entry uri="sip:a@x" cp:copyControl="to"><display-name>A</display-name></entry>
    <entry uri="sip:b@x;method=INVITE?Session-Replaces=1" cc:copyControl="BCC" cc:anonymize="true"/>
    <entry uri="tel:+1" cp:copyControl="other" cp:count="x"/>
    <entry uri="sip:anonymous@anonymous.invalid" cp:count="3"/>
    <entry uri=" "/><entry/></list>`);
  expect(recipients).toEqual([
    { uri: 'sip:a@x', display: 'A', copyControl: 'to' },
    { uri: 'sip:b@x;method=INVITE?Session-Replaces=1', copyControl: 'bcc', isAnonymous: true },
    { uri: 'tel:+1' },
    { uri: 'sip:anonymous@anonymous.invalid', count: 3 },
  ]);
});

test('nested lists are flattened, lists by reference are passed over (RFC 5363 4.1)', () => {
  const recipients = read(`<list><entry uri="sip:a@x"/><list><entry uri="sip:b@x"/>
    <external anchor="http://x"/><entry-ref ref="y"/></list></list><list><entry uri="sip:c@x"/></list>`);
  expect(recipients.map(({ uri }) => uri)).toEqual(['sip:a@x', 'sip:b@x', 'sip:c@x']);
});

test('equal URIs are joined, and the most visible copyControl counts (RFC 5363 4.1, RFC 5364 4)', () => {
  const recipients = read(`<list><entry uri="sip:a@x" cp:copyControl="bcc"/>
    <entry uri="SIP:a@X" cp:copyControl="to"/><entry uri="sip:a@x" cp:copyControl="cc"/>
    <entry uri="sip:A@x"/><entry uri="sip:a@x;p=1"/><entry uri="x"/><entry uri="X"/></list>`);
  expect(recipients).toEqual([
    { uri: 'SIP:a@X', copyControl: 'to' },
    { uri: 'sip:A@x' },
    { uri: 'sip:a@x;p=1' },
    { uri: 'x' },
  ]);
});

test.each([
  ['another document', '<list/>', 'no resource-lists'],
  ['no document', 'x', 'not well-formed'],
  [
    'too long a list',
    `<resource-lists>${Array.from({ length: recipientsMax + 1 }, (_, index) => `<entry uri="sip:${index}@x"/>`).join('')}</resource-lists>`,
    'too many recipients',
  ],
])('%s is refused', (_, text, reason) => {
  expect(readResourceLists(utf8Encode(text))).toEqual({ kind: 'refused', reason });
});

test('a list is written with copyControl and reads back (RFC 5366 5.1)', () => {
  const recipients: readonly Recipient[] = [
    { uri: 'sip:a@x', display: 'A & B', copyControl: 'cc', isAnonymous: true, count: 2 },
    { uri: 'sip:b@x' },
  ];
  const bytes = writeResourceLists(recipients);
  expect(utf8Decode(bytes)).toContain('<entry uri="sip:b@x" cp:copyControl="to"/>');
  expect(readResourceLists(bytes)).toEqual({
    kind: 'recipients',
    recipients: [recipients[0], { uri: 'sip:b@x', copyControl: 'to' }],
  });
});

test('the history leaves out bcc and only counts anonymous recipients (RFC 5364 4, RFC 5366 5.2)', () => {
  const open: Recipient = { uri: 'sip:a@x', copyControl: 'to' };
  const history = historyOf([
    open,
    { uri: 'sip:b@x', copyControl: 'bcc' },
    { uri: 'sip:c@x', copyControl: 'to', isAnonymous: true },
    { uri: 'sip:d@x', isAnonymous: true },
  ]);
  expect(history).toEqual([
    open,
    { uri: 'sip:anonymous@anonymous.invalid', copyControl: 'to', isAnonymous: true, count: 2 },
  ]);
  expect(historyOf([open])).toEqual([open]);
});
