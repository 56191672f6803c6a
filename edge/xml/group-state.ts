/**
 * The group state object of the message store (OMA CPM Message Store): who is in a group and under which identity it last
 * ran. It is read leniently, since samples of the specification itself aren't well-formed, and written in the form of
 * release 2.0; what later releases added (subject, icon, roles) is passed over.
 */
import { utf8DecodeStrict } from '../bytes/text.ts';
import { attributeOf, childrenOf, elementMaker, type XmlElement } from './element.ts';
import { xmlBytesMax } from './limit.ts';
import { type ReadXml, readXmlText } from './read.ts';
import { writeXml } from './write.ts';

export type GroupStateObject = {
  /** The Group Session Identity of the last run. */
  readonly identity: string;
  /** xs:dateTime; the newest object counts. */
  readonly timestamp: string;
  readonly isClosed: boolean;
  readonly participants: readonly GroupStateParticipant[];
};

export type GroupStateParticipant = { readonly uri: string; readonly name?: string };

export type ReadGroupState =
  | { readonly kind: 'group-state'; readonly state: GroupStateObject }
  | { readonly kind: 'refused'; readonly reason: string };

export const groupStateType = 'application/group-state-object+xml';
const startTag = '<groupstate';

/** Reads a group state object. */
export function readGroupState(bytes: Uint8Array): ReadGroupState {
  const text = bytes.length > xmlBytesMax ? undefined : utf8DecodeStrict(bytes);
  if (text === undefined) return { kind: 'refused', reason: 'too long or not UTF-8' };
  const read = readLeniently(text);
  if (read.kind === 'refused') return read;
  const { root } = read;
  if (root.name !== 'groupstate') return { kind: 'refused', reason: 'no groupstate' };
  const identity = attributeOf(root, 'lastfocussessionid')?.trim() ?? '';
  if (identity === '') return { kind: 'refused', reason: 'no lastfocussessionid' };
  return {
    kind: 'group-state',
    state: {
      // A sample of the specification leaves the scheme out.
      identity: identity.includes(':') ? identity : `sip:${identity}`,
      timestamp: attributeOf(root, 'timestamp')?.trim() ?? '',
      isClosed: attributeOf(root, 'group-type')?.trim().toLowerCase() !== 'open',
      participants: childrenOf(root, 'participant').flatMap(readParticipant),
    },
  };
}

/** Writes a group state object. */
export function writeGroupState(state: GroupStateObject): Uint8Array {
  const make = elementMaker('');
  const participants = state.participants.map(({ uri, name }) =>
    make('participant', { name: name ?? '', 'comm-addr': uri }, ''),
  );
  const attributes = {
    timestamp: state.timestamp,
    lastfocussessionid: state.identity,
    'group-type': state.isClosed ? 'Closed' : 'Open',
  };
  return writeXml(make('groupstate', attributes, participants));
}

/** One sample of the specification lacks the bracket that ends the start tag: put it in where the next tag begins. */
function readLeniently(text: string): ReadXml {
  const read = readXmlText(text);
  const start = text.indexOf(startTag);
  if (read.kind === 'xml' || start < 0) return read;
  const next = text.indexOf('<', start + startTag.length);
  if (next < 0 || text.slice(start, next).includes('>')) return read;
  return readXmlText(`${text.slice(0, next)}>${text.slice(next)}`);
}

function readParticipant(element: XmlElement): readonly GroupStateParticipant[] {
  const uri = attributeOf(element, 'comm-addr')?.trim() ?? '';
  const name = attributeOf(element, 'name')?.trim() ?? '';
  if (uri === '') return [];
  return [name === '' ? { uri } : { uri, name }];
}
