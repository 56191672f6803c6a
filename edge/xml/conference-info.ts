/**
 * Conference documents (RFC 4575): reading one, its roster, and writing full and partial ones. How a known conference changes
 * by a further document is in `conference-merge.ts`, what a user's elements say in `roster.ts`.
 */
import type { Conference, ConferenceState } from './conference-merge.ts';
import { attributeOf, childOf, childText, elementMaker, type XmlElement } from './element.ts';
import { readXml } from './read.ts';
import {
  conferenceNamespace,
  type Roster,
  type RosterUser,
  readUsers,
  userElement,
} from './roster.ts';
import { writeXml } from './write.ts';

export type ReadConference =
  | { readonly kind: 'conference'; readonly conference: Conference }
  | { readonly kind: 'refused'; readonly reason: string };

/** Users that have changed since the version before. */
export type RosterChanges = {
  readonly entity: string;
  readonly version: number;
  readonly users: readonly RosterUser[];
  /** URIs of users that are not shown any more. */
  readonly deleted: readonly string[];
};

export const conferenceInfoType = 'application/conference-info+xml';
/** RFC 4575 3: the event package that brings it. */
export const conferencePackage = { name: 'conference', contentType: conferenceInfoType };
const versionMax = 2 ** 32 - 1;
const make = elementMaker(conferenceNamespace);

/** Reads a conference document, full or partial. */
export function readConference(bytes: Uint8Array): ReadConference {
  const read = readXml(bytes);
  if (read.kind === 'refused') return read;
  const { root } = read;
  const entity = attributeOf(root, 'entity')?.trim() ?? '';
  if (root.name !== 'conference-info' || entity === '') {
    return { kind: 'refused', reason: 'no conference-info with an entity' };
  }
  const written = attributeOf(root, 'version')?.trim() ?? '0';
  const version = Number(written);
  // RFC 4575 8: xs:unsignedInt, which is digits.
  if (!/^\d{1,10}$/.test(written) || version > versionMax) {
    return { kind: 'refused', reason: 'bad version' };
  }
  return { kind: 'conference', conference: { entity, version, state: readState(root), root } };
}

/** Who is in a conference; nobody, once it is over. */
export function rosterOf(conference: Conference): Roster {
  const { entity, version, state, root } = conference;
  const description = childOf(root, 'conference-description');
  // RFC 4575 5.3: display-text names the conference, subject says what it is about; stacks use either.
  const subject = childText(description, 'subject') ?? childText(description, 'display-text');
  const maximum = Number(childText(description, 'maximum-user-count') ?? '');
  return {
    entity,
    version,
    ...(subject === undefined ? {} : { subject }),
    ...(Number.isInteger(maximum) && maximum > 0 ? { maximumUserCount: maximum } : {}),
    users: state === 'deleted' ? [] : readUsers(childOf(root, 'users')),
  };
}

/** A full document; `ownUri` is the user who gets it. */
export function writeConference(roster: Roster, ownUri?: string): Uint8Array {
  const { entity, version, subject, maximumUserCount, users } = roster;
  const connected = users.filter((user) => user.status === 'connected').length;
  const description =
    subject === undefined && maximumUserCount === undefined
      ? undefined
      : make('conference-description', {}, [
          subject === undefined ? undefined : make('subject', {}, subject),
          maximumUserCount === undefined
            ? undefined
            : make('maximum-user-count', {}, String(maximumUserCount)),
        ]);
  const attributes = { entity, state: 'full', version: String(version) };
  return writeXml(
    make('conference-info', attributes, [
      description,
      make('conference-state', {}, [make('user-count', {}, String(connected))]),
      make('users', { state: 'full' }, users.map(marked(ownUri))),
    ]),
  );
}

/** A partial document: the users that have changed or gone; `ownUri` is the user who gets it. */
export function writePartial(changes: RosterChanges, ownUri?: string): Uint8Array {
  const { entity, version, users, deleted } = changes;
  const gone = deleted.map((uri) => make('user', { entity: uri, state: 'deleted' }, ''));
  const attributes = { entity, state: 'partial', version: String(version) };
  return writeXml(
    make('conference-info', attributes, [
      make('users', { state: 'partial' }, [...users.map(marked(ownUri)), ...gone]),
    ]),
  );
}

/** A known conference as a full document, with all that was in it, under a version of our own. */
export function printConference(conference: Conference, version: number): Uint8Array {
  const { root, state } = conference;
  const others = root.attributes.filter(
    ({ name, namespace }) => namespace !== '' || (name !== 'state' && name !== 'version'),
  );
  const own = [
    { name: 'state', namespace: '', value: state },
    { name: 'version', namespace: '', value: String(version) },
  ];
  return writeXml({ ...root, attributes: [...others, ...own] });
}

/** RCS: the entry of the one who gets the document is marked. */
function marked(ownUri: string | undefined): (user: RosterUser) => XmlElement {
  return (user) => userElement(user.uri === ownUri ? { ...user, isYourOwn: true } : user);
}

function readState(root: XmlElement): ConferenceState {
  const state = attributeOf(root, 'state');
  // RFC 4575 5.1: without the attribute the document is full.
  return state === 'partial' || state === 'deleted' ? state : 'full';
}
