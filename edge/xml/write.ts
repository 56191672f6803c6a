/**
 * Writing elements as an XML document in UTF-8. Elements of another namespace than their parent's declare it as the default;
 * attributes with a namespace get a prefix that is declared at the root.
 */
import { utf8Encode } from '../bytes/text.ts';
import type { XmlElement } from './element.ts';

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\r\n';

/** The bytes of a document; `prefixes` gives namespaces of attributes the prefix that their readers are used to. */
export function writeXml(
  root: XmlElement,
  prefixes: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const used = new Map<string, string>();
  collectPrefixes(root, prefixes, used);
  let declared = '';
  for (const [namespace, prefix] of used) declared += ` xmlns:${prefix}="${escapeXml(namespace)}"`;
  used.set(xmlNamespace, 'xml');
  return utf8Encode(declaration + printElement(root, { namespace: '', declared, used }));
}

/** Text as it may stand in an element or an attribute; what XML 1.0 has no place for becomes U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Quotes end attributes, and readers turn white space in them into blanks.
      .replace(/["\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

type Place = {
  /** The default namespace here. */
  readonly namespace: string;
  readonly declared: string;
  readonly used: ReadonlyMap<string, string>;
};

function printElement(element: XmlElement, place: Place): string {
  const { name, namespace } = element;
  let tag = name;
  if (namespace !== place.namespace) tag += ` xmlns="${escapeXml(namespace)}"`;
  tag += place.declared;
  for (const attribute of element.attributes) {
    const prefix = place.used.get(attribute.namespace);
    const full = prefix === undefined ? attribute.name : `${prefix}:${attribute.name}`;
    tag += ` ${full}="${escapeXml(attribute.value)}"`;
  }
  const inside = { namespace, declared: '', used: place.used };
  let content = escapeXml(element.text);
  for (const child of element.children) content += printElement(child, inside);
  return content === '' ? `<${tag}/>` : `<${tag}>${content}</${name}>`;
}

function collectPrefixes(
  element: XmlElement,
  prefixes: ReadonlyMap<string, string>,
  used: Map<string, string>,
): void {
  for (const { namespace } of element.attributes) {
    if (namespace === '' || namespace === xmlNamespace || used.has(namespace)) continue;
    used.set(namespace, prefixes.get(namespace) ?? `ns${used.size + 1}`);
  }
  for (const child of element.children) collectPrefixes(child, prefixes, used);
}
