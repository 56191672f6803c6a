/**
 * How a conference changes by the documents that a focus sends (RFC 4575 4.6 and 5): the document is kept as the tree of
 * elements it is, with those that we don't understand, and partial ones are merged into it element by element. Elements that
 * may occur several times are told apart by their key.
 */
import { attributeOf, childText, type XmlAttribute, type XmlElement } from './element.ts';
import { xmlElementsMax } from './limit.ts';

export type ConferenceState = 'full' | 'partial' | 'deleted';

export type Conference = {
  /** The URI of the conference: the Group Session Identity. */
  readonly entity: string;
  readonly version: number;
  /** `deleted` once the conference is over. */
  readonly state: ConferenceState;
  readonly root: XmlElement;
};

export type AppliedConference =
  | { readonly kind: 'applied'; readonly conference: Conference }
  /** An old document, or one that would let the conference grow beyond its bound. */
  | { readonly kind: 'ignored' }
  /** A document is missing in between: subscribe again to get a full one. */
  | { readonly kind: 'gap' };

/** The conference after a further document of its focus. */
export function applyConference(
  known: Conference | undefined,
  incoming: Conference,
): AppliedConference {
  // RFC 4575 4.6: a full document replaces all that was known, and so does the end of the conference.
  if (incoming.state !== 'partial') return { kind: 'applied', conference: incoming };
  if (known === undefined || known.state !== 'full') return { kind: 'gap' };
  if (incoming.version <= known.version || incoming.entity !== known.entity) {
    return { kind: 'ignored' };
  }
  if (incoming.version > known.version + 1) return { kind: 'gap' };
  const root = mergePartial(known.root, incoming.root);
  if (countElements(root) > xmlElementsMax) return { kind: 'ignored' };
  return { kind: 'applied', conference: { ...incoming, state: 'full', root } };
}

/** The element after one that has arrived; undefined if that says it is gone. */
function merge(known: XmlElement | undefined, incoming: XmlElement): XmlElement | undefined {
  const state = attributeOf(incoming, 'state');
  if (state === 'deleted') return undefined;
  // RFC 4575 5: without the attribute the state is full.
  return known !== undefined && state === 'partial' ? mergePartial(known, incoming) : incoming;
}

function mergePartial(known: XmlElement, incoming: XmlElement): XmlElement {
  const given = new Set(incoming.attributes.map(attributeKey));
  const kept = known.attributes.filter((attribute) => !given.has(attributeKey(attribute)));
  const stated = incoming.attributes.map((attribute) =>
    attributeKey(attribute) === ' state' ? { ...attribute, value: 'full' } : attribute,
  );
  return {
    ...known,
    attributes: [...kept, ...stated],
    children: mergeChildren(known.children, incoming.children),
    text: incoming.text === '' ? known.text : incoming.text,
  };
}

/** Known children in their order, changed where the incoming ones say so, then those that are new. */
function mergeChildren(
  known: readonly XmlElement[],
  incoming: readonly XmlElement[],
): readonly XmlElement[] {
  const groups = new Map<string, XmlElement[]>();
  for (const child of incoming) {
    const key = elementKey(child);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [child]);
    else group.push(child);
  }
  const merged: XmlElement[] = [];
  const seen = new Set<string>();
  for (const child of known) {
    const key = elementKey(child);
    const group = groups.get(key);
    if (group === undefined) merged.push(child);
    else if (!seen.has(key)) merged.push(...mergeGroup(child, group));
    seen.add(key);
  }
  for (const [key, group] of groups) {
    if (!seen.has(key)) merged.push(...mergeGroup(undefined, group));
  }
  return merged;
}

/** Elements without a key that occur several times replace all earlier ones of their name. */
function mergeGroup(
  known: XmlElement | undefined,
  incoming: readonly XmlElement[],
): readonly XmlElement[] {
  return incoming.flatMap(
    (element, index) => merge(index === 0 ? known : undefined, element) ?? [],
  );
}

/** RFC 4575 5: users, endpoints and sidebars by `entity`, media by `id`, entries of lists by their URI. */
function elementKey(element: XmlElement): string {
  const uri = element.name === 'entry' ? childText(element, 'uri') : undefined;
  const key = attributeOf(element, 'entity') ?? attributeOf(element, 'id') ?? uri ?? '';
  return `${element.namespace} ${element.name} ${key}`;
}

function attributeKey(attribute: XmlAttribute): string {
  return `${attribute.namespace} ${attribute.name}`;
}

function countElements(element: XmlElement): number {
  let count = 1;
  for (const child of element.children) count += countElements(child);
  return count;
}
