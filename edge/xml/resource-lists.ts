/**
 * Recipient lists (RFC 4826, RFC 5363, RFC 5364): reading one from an INVITE or REFER to the focus, writing one, and the
 * history that invited users get. Lists by reference (`entry-ref`, `external`) are not followed: RFC 5363 4.1 leaves it open.
 */
import {
  attributeOf,
  childText,
  elementMaker,
  type XmlAttribute,
  type XmlElement,
} from './element.ts';
import { recipientsMax } from './limit.ts';
import { readXml } from './read.ts';
import { writeXml } from './write.ts';

export type CopyControl = 'to' | 'cc' | 'bcc';

export type Recipient = {
  readonly uri: string;
  readonly display?: string;
  readonly copyControl?: CopyControl;
  /** The recipient doesn't want to be shown to the others (RFC 5364 4). */
  readonly isAnonymous?: boolean;
  /** How many recipients an anonymous entry of a history stands for. */
  readonly count?: number;
};

export type ReadResourceLists =
  | { readonly kind: 'recipients'; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'refused'; readonly reason: string };

export const resourceListsType = 'application/resource-lists+xml';
const anonymousUri = 'sip:anonymous@anonymous.invalid';
const namespace = 'urn:ietf:params:xml:ns:resource-lists';
/** RFC 5364 spells it in two ways; both occur, the first is the registered one. */
const copyControl = 'urn:ietf:params:xml:ns:copycontrol';
const prefixes = new Map([[copyControl, 'cp']]);
const precedence: readonly (CopyControl | undefined)[] = [undefined, 'bcc', 'cc', 'to'];

/** Reads a recipient list: nested lists flattened, equal URIs joined (RFC 5363 4.1). */
export function readResourceLists(bytes: Uint8Array): ReadResourceLists {
  const read = readXml(bytes);
  if (read.kind === 'refused') return read;
  const { root } = read;
  if (root.name !== 'resource-lists') return { kind: 'refused', reason: 'no resource-lists' };
  const found = new Map<string, Recipient>();
  collect(root, found);
  if (found.size > recipientsMax) return { kind: 'refused', reason: 'too many recipients' };
  return { kind: 'recipients', recipients: [...found.values()] };
}

/** Writes a recipient list; a recipient without copyControl counts as `to` (RFC 5366 5). */
export function writeResourceLists(recipients: readonly Recipient[]): Uint8Array {
  const make = elementMaker(namespace);
  const entries = recipients.map((recipient) => {
    const { uri, display } = recipient;
    const shown = display === undefined ? [] : [make('display-name', {}, display)];
    const entry = make('entry', { uri }, shown);
    return { ...entry, attributes: [...entry.attributes, ...controls(recipient)] };
  });
  return writeXml(make('resource-lists', {}, [make('list', {}, entries)]), prefixes);
}

/**
 * What invited users may see of a list (RFC 5364 4, RFC 5366 5.2): `bcc` recipients are left out, anonymous ones are joined
 * to one entry that only counts them.
 */
export function historyOf(recipients: readonly Recipient[]): readonly Recipient[] {
  const visible = recipients.filter((recipient) => recipient.copyControl !== 'bcc');
  const shown = visible.filter((recipient) => recipient.isAnonymous !== true);
  const count = visible.length - shown.length;
  if (count === 0) return shown;
  const anonymous = { uri: anonymousUri, copyControl: 'to', isAnonymous: true, count } as const;
  return [...shown, anonymous];
}

function collect(element: XmlElement, found: Map<string, Recipient>): void {
  for (const child of element.children) {
    if (child.name === 'list') collect(child, found);
    else if (child.name === 'entry') addEntry(child, found);
  }
}

function addEntry(entry: XmlElement, found: Map<string, Recipient>): void {
  const uri = attributeOf(entry, 'uri')?.trim() ?? '';
  if (uri === '') return;
  const key = uriKey(uri);
  const earlier = found.get(key);
  const recipient = readEntry(entry, uri);
  // RFC 5364 4: of several entries for one URI the most visible counts.
  if (earlier === undefined || rank(recipient) > rank(earlier)) found.set(key, recipient);
}

function readEntry(entry: XmlElement, uri: string): Recipient {
  const control = controlOf(entry, 'copyControl')?.toLowerCase();
  const known = precedence.find((name) => name === control);
  const display = childText(entry, 'display-name');
  const count = Number(controlOf(entry, 'count') ?? '1');
  return {
    uri,
    ...(display === undefined ? {} : { display }),
    ...(known === undefined ? {} : { copyControl: known }),
    ...(controlOf(entry, 'anonymize') === 'true' ? { isAnonymous: true } : {}),
    ...(Number.isInteger(count) && count > 1 ? { count } : {}),
  };
}

function rank(recipient: Recipient): number {
  return precedence.indexOf(recipient.copyControl);
}

/** An attribute of RFC 5364 in either spelling of its namespace. */
function controlOf(entry: XmlElement, name: string): string | undefined {
  const isIt = (item: XmlAttribute): boolean =>
    item.name === name && item.namespace.toLowerCase() === copyControl;
  return entry.attributes.find(isIt)?.value;
}

function controls(recipient: Recipient): readonly XmlAttribute[] {
  const { count, isAnonymous } = recipient;
  const list: XmlAttribute[] = [];
  const add = (name: string, value: string): void => {
    list.push({ name, namespace: copyControl, value });
  };
  add('copyControl', recipient.copyControl ?? 'to');
  if (isAnonymous === true) add('anonymize', 'true');
  if (count !== undefined) add('count', String(count));
  return list;
}

/** Equal for URIs that differ only in the case of scheme and host (RFC 3261 19.1.4). */
function uriKey(uri: string): string {
  const host = uri.lastIndexOf('@') + 1;
  const scheme = uri.indexOf(':') + 1;
  const parameters = uri.slice(host).search(/[;?]/);
  const end = parameters < 0 ? uri.length : host + parameters;
  const start = Math.max(host, scheme);
  const lower = uri.slice(start, end).toLowerCase();
  return uri.slice(0, scheme).toLowerCase() + uri.slice(scheme, start) + lower + uri.slice(end);
}
