/**
 * Who is in a conference, as the rest of the program knows it: the users of a conference document (RFC 4575 5.6 to 5.8) with
 * one status each, which the several endpoints and disconnection reasons of the document are boiled down to.
 */
import {
  attributeOf,
  childOf,
  childrenOf,
  childText,
  elementMaker,
  type XmlElement,
} from './element.ts';

/** `departed` to `declined` are ways of being disconnected; clients show them apart. */
export type RosterStatus =
  | 'connected'
  | 'pending'
  | 'disconnected'
  | 'departed'
  | 'booted'
  | 'failed'
  | 'busy'
  | 'declined';

export type RosterUser = {
  readonly uri: string;
  readonly display?: string;
  readonly status: RosterStatus;
  /** Why the user is not connected, as in a Reason header (RFC 3326). */
  readonly reason?: string;
  /** The entry of the one who gets the document. */
  readonly isYourOwn?: boolean;
};

export type Roster = {
  readonly entity: string;
  readonly version: number;
  readonly subject?: string;
  readonly maximumUserCount?: number;
  readonly users: readonly RosterUser[];
};

export const conferenceNamespace = 'urn:ietf:params:xml:ns:conference-info';

const statuses: ReadonlyMap<string, RosterStatus> = new Map([
  ['connected', 'connected'],
  ['on-hold', 'connected'],
  ['muted-via-focus', 'connected'],
  ['pending', 'pending'],
  ['dialing-out', 'pending'],
  ['dialing-in', 'pending'],
  ['alerting', 'pending'],
  ['disconnecting', 'disconnected'],
  ['disconnected', 'disconnected'],
]);
const methods: readonly RosterStatus[] = ['departed', 'booted', 'failed', 'busy'];

/** Whether a user has left for good, or doesn't want to come: such users are no members any more. */
export function isDeparted(user: RosterUser): boolean {
  return user.status === 'departed' || user.status === 'booted' || user.status === 'declined';
}

/** The users within a `users` element, in order; one that is named twice counts once. */
export function readUsers(users: XmlElement | undefined): readonly RosterUser[] {
  const found = new Map<string, RosterUser>();
  for (const element of childrenOf(users, 'user')) {
    const uri = attributeOf(element, 'entity')?.trim() ?? '';
    if (uri === '' || found.has(uri) || attributeOf(element, 'state') === 'deleted') continue;
    found.set(uri, readUser(element, uri));
  }
  return [...found.values()];
}

function readUser(element: XmlElement, uri: string): RosterUser {
  const display = childText(element, 'display-text');
  const endpoints = childrenOf(element, 'endpoint').filter(
    (endpoint) => attributeOf(endpoint, 'state') !== 'deleted',
  );
  return {
    uri,
    ...(display === undefined ? {} : { display }),
    ...readEndpoints(endpoints),
    ...(attributeOf(element, 'yourown') === 'true' ? { isYourOwn: true } : {}),
  };
}

/** A user is as present as the most present of the endpoints; one without endpoints is simply in the conference. */
function readEndpoints(endpoints: readonly XmlElement[]): Pick<RosterUser, 'status' | 'reason'> {
  const read = endpoints.map(readEndpoint);
  return (
    read.find((endpoint) => endpoint.status === 'connected') ??
    read.find((endpoint) => endpoint.status === 'pending') ??
    read.at(-1) ?? { status: 'connected' }
  );
}

function readEndpoint(endpoint: XmlElement): Pick<RosterUser, 'status' | 'reason'> {
  const status = statuses.get(childText(endpoint, 'status') ?? '') ?? 'connected';
  if (status !== 'disconnected') return { status };
  const method = childText(endpoint, 'disconnection-method');
  const reason = childText(childOf(endpoint, 'disconnection-info'), 'reason');
  const known = methods.find((name) => name === method) ?? 'disconnected';
  // RCS clients tell a refusal by the user from other failures by the code in the reason.
  const isDeclined = known === 'failed' && (reason?.includes('603') ?? false);
  return {
    status: isDeclined ? 'declined' : known,
    ...(reason === undefined ? {} : { reason }),
  };
}

const make = elementMaker(conferenceNamespace);

/** A user as an element of a conference document; the user's one endpoint has the user's URI. */
export function userElement(user: RosterUser): XmlElement {
  const { uri, display, isYourOwn } = user;
  const attributes = {
    entity: uri,
    state: 'full',
    yourown: isYourOwn === true ? 'true' : undefined,
  };
  return make('user', attributes, [
    display === undefined ? undefined : make('display-text', {}, display),
    make('endpoint', { entity: uri, state: 'full' }, endpointElements(user)),
  ]);
}

function endpointElements(user: RosterUser): readonly (XmlElement | undefined)[] {
  const { status } = user;
  const isPresent = status === 'connected' || status === 'pending';
  if (isPresent) return [make('status', {}, status)];
  const method = status === 'declined' ? 'failed' : status;
  const reason = user.reason ?? (status === 'declined' ? 'SIP;cause=603' : undefined);
  return [
    make('status', {}, 'disconnected'),
    method === 'disconnected' ? undefined : make('disconnection-method', {}, method),
    reason === undefined ? undefined : make('disconnection-info', {}, [make('reason', {}, reason)]),
  ];
}
