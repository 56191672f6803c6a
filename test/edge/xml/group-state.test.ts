import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import {
  type GroupStateObject,
  readGroupState,
  writeGroupState,
} from '../../../edge/xml/group-state.ts';
import { xmlBytesMax } from '../../../edge/xml/limit.ts';

const state: GroupStateObject = {
  identity: 'sip:g7f2@conf.example.net',
  timestamp: '2013-03-06T10:15:30Z',
  isClosed: true,
  participants: [{ uri: 'sip:bea@example.net', name: 'Bea' }, { uri: 'tel:+15555550100' }],
};

const document = `<?xml version="1.0" encoding="UTF-8"?>
<groupstate timestamp="2013-03-06T10:15:30Z" lastfocussessionid="sip:g7f2@conf.example.net" group-type="closed">
  <subject><text>Trip</text></subject>
  <participant name="Bea" comm-addr="sip:bea@example.net" yourown="true"/>
  <participant comm-addr="tel:+15555550100"/>
  <participant name="nobody"/>
</groupstate>`;

test('a group state object is read with what later releases added (OMA CPM Message Store 5.2.4)', () => {
  expect(readGroupState(utf8Encode(document))).toEqual({ kind: 'group-state', state });
});

test('it is written in the form of release 2.0 and reads back', () => {
  const bytes = writeGroupState(state);
  expect(utf8Decode(bytes)).toContain(
    '<groupstate timestamp="2013-03-06T10:15:30Z" lastfocussessionid="sip:g7f2@conf.example.net" group-type="Closed">' +
      '<participant name="Bea" comm-addr="sip:bea@example.net"/>',
  );
  expect(readGroupState(bytes)).toEqual({ kind: 'group-state', state });
  const open = { ...state, isClosed: false };
  expect(readGroupState(writeGroupState(open))).toEqual({ kind: 'group-state', state: open });
});

test('a start tag without its end and an identity without a scheme are read, as in samples', () => {
  const broken = document
    .replace('group-type="closed">', 'group-type="closed"')
    .replace('sip:g7f2', 'g7f2');
  expect(readGroupState(utf8Encode(broken))).toEqual({ kind: 'group-state', state });
});

test('an object without time or participants is read', () => {
  expect(readGroupState(utf8Encode('<groupstate lastfocussessionid="sip:a@b"/>'))).toEqual({
    kind: 'group-state',
    state: { identity: 'sip:a@b', timestamp: '', isClosed: true, participants: [] },
  });
});

test.each([
  ['another document', '<other/>', 'no groupstate'],
  ['an object without identity', '<groupstate/>', 'no lastfocussessionid'],
  ['text', 'hello', 'not well-formed'],
  ['an object that breaks off', '<groupstate a="b"', 'not well-formed'],
  ['an object that breaks off later', '<groupstate a="b"><participant>', 'not well-formed'],
  ['too long an object', ' '.repeat(xmlBytesMax + 1), 'too long or not UTF-8'],
])('%s is refused', (_, text, reason) => {
  expect(readGroupState(utf8Encode(text))).toEqual({ kind: 'refused', reason });
});
