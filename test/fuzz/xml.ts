/** Documents in XML: conferences, lists of recipients, group states. */
import { utf8Encode } from '../../edge/bytes/text.ts';
import {
  printConference,
  readConference,
  rosterOf,
  writeConference,
} from '../../edge/xml/conference-info.ts';
import { applyConference, type Conference } from '../../edge/xml/conference-merge.ts';
import { readGroupState, writeGroupState } from '../../edge/xml/group-state.ts';
import {
  historyOf,
  type Recipient,
  readResourceLists,
  writeResourceLists,
} from '../../edge/xml/resource-lists.ts';
import type { Target } from './fuzz.ts';
import { hold, holdSame } from './hold.ts';

const full = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" xmlns:x="urn:x" entity="sip:chat@h" state="full" version="1">',
  '<conference-description><subject>Grüße &amp; more</subject>',
  '<maximum-user-count>100</maximum-user-count></conference-description>',
  '<conference-state><user-count>2</user-count></conference-state>',
  '<users state="full">',
  '<user entity="sip:a@h" state="full" x:y="z" yourown="true"><display-text>A</display-text>',
  '<endpoint entity="sip:a@h"><status>connected</status></endpoint></user>',
  '<user entity="tel:+1" state="full"><endpoint entity="tel:+1"><status>disconnected</status>',
  '<disconnection-method>booted</disconnection-method><disconnection-info>',
  '<reason>SIP;cause=603</reason></disconnection-info></endpoint></user>',
  '</users><x:any><![CDATA[<raw>]]></x:any></conference-info>',
].join('\n');

const partial = [
  '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:chat@h" state="partial" version="2">',
  '<users state="partial"><user entity="sip:a@h" state="deleted"/>',
  '<user entity="sip:c@h" state="partial"><display-text>C</display-text></user></users>',
  '</conference-info>',
].join('\n');

const lists = [
  '<?xml version="1.0"?>',
  '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:cp="urn:ietf:params:xml:ns:copyControl">',
  '<list name="a"><entry uri="sip:bill@example.com" cp:copyControl="to" cp:anonymize="true"/>',
  '<entry uri="tel:+1-201" cp:copyControl="bcc"><display-name>Bill &lt;B&gt;</display-name></entry>',
  '<list><entry uri="sip:joe@example.org;x=y" cp:copyControl="cc" cp:count="3"/></list></list>',
  '</resource-lists>',
].join('\n');

const groupStates = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<groupstate timestamp="2012-06-13T16:39:57-05:00" lastfocussessionid="sip:da9274453@h" group-type="Closed"><participant name="bob" comm-addr="tel:+16135551212"/><participant name="" comm-addr="sip:a@h"/></groupstate>',
  '<groupstate timestamp="x" lastfocussessionid="da9274453@h" group-type="Open" <participant comm-addr="sip:a@h"/></groupstate>',
];

const words: readonly string[] = [
  ...['<', '>', '/>', '</', '"', "'", '=', '&', ';', '&amp;', '&#0;', '&#x10FFFF;', '&x;', '<!--'],
  ...[
    '-->',
    '<?',
    '?>',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    ' xmlns=""',
    ':',
    ' ',
  ],
  ...[' state="partial"', ' state="deleted"', ' state="full"', ' entity="sip:a@h"', ' version="2"'],
  ...['<user>', '</user>', '<users>', '<entry uri="sip:x"/>', '<list>', '</list>', '<a>', '<b/>'],
  ...[' xmlns:p="urn:p"', ' p:a="b"', 'xml:', '\0', '\u{FFFE}', 'ÿ', '😀', '\n', '\u{FEFF}', '\t'],
];

export const conferences: Target = {
  name: 'conference-info',
  samples: [full, partial].map(utf8Encode),
  words,
  read: readConferences,
};
export const resourceLists: Target = {
  name: 'resource-lists',
  samples: [utf8Encode(lists)],
  words,
  read: readLists,
};
export const groupStateObjects: Target = {
  name: 'group state',
  samples: groupStates.map(utf8Encode),
  words,
  read: readStates,
};

function conferenceOf(text: string): Conference {
  const read = readConference(utf8Encode(text));
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.conference;
}

const known = conferenceOf(full);

function readConferences(input: Uint8Array): boolean {
  const read = readConference(input);
  if (read.kind === 'refused') return false;
  const { conference } = read;
  const roster = rosterOf(conference);
  const again = readConference(writeConference(roster));
  hold(again.kind === 'conference', 'a written conference can be read');
  const applied = applyConference(known, conference);
  if (applied.kind !== 'applied') return true;
  const printed = readConference(printConference(applied.conference, conference.version));
  if (printed.kind === 'refused') throw new Error(`broken: refused when printed`);
  holdSame(rosterOf(printed.conference), rosterOf(applied.conference), 'a roster reads the same');
  return true;
}

function readLists(input: Uint8Array): boolean {
  const read = readResourceLists(input);
  if (read.kind === 'refused') return false;
  const { recipients } = read;
  const again = readResourceLists(writeResourceLists(recipients));
  const expected = { kind: 'recipients', recipients: withControls(recipients) };
  holdSame(again, expected, 'a written list reads the same');
  historyOf(recipients);
  return true;
}

/** RFC 5366 5: who is named without a copy control counts as `to`. */
function withControls(recipients: readonly Recipient[]): readonly Recipient[] {
  return recipients.map((recipient) => ({ copyControl: 'to', ...recipient }));
}

function readStates(input: Uint8Array): boolean {
  const read = readGroupState(input);
  if (read.kind === 'refused') return false;
  holdSame(readGroupState(writeGroupState(read.state)), read, 'a written state reads the same');
  return true;
}
