/**
 * Reading an XML document into elements, with saxes for the grammar. Documents with a DTD are refused, so there are no
 * entities but the five of XML itself; size, depth and number of elements are bounded. The parser is fed in slices and its
 * complaints are kept as a value, so that nothing is thrown and little is read after the first fault.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { utf8DecodeStrict } from '../bytes/text.ts';
import type { XmlAttribute, XmlElement } from './element.ts';
import {
  xmlAttributesMax,
  xmlBytesMax,
  xmlDepthMax,
  xmlElementsMax,
  xmlSliceChars,
} from './limit.ts';

export type ReadXml =
  | { readonly kind: 'xml'; readonly root: XmlElement }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads a document in UTF-8. */
export function readXml(bytes: Uint8Array): ReadXml {
  if (bytes.length > xmlBytesMax) return { kind: 'refused', reason: 'document too long' };
  const text = utf8DecodeStrict(bytes);
  if (text === undefined) return { kind: 'refused', reason: 'not UTF-8' };
  return readXmlText(text);
}

/** Reads a document from text. */
export function readXmlText(text: string): ReadXml {
  const builder = new TreeBuilder();
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', () => builder.refuse('not well-formed'));
  parser.on('doctype', () => builder.refuse('document type declaration'));
  parser.on('attribute', () => builder.attribute());
  parser.on('opentag', (tag) => builder.open(tag));
  parser.on('text', (value) => builder.text(value));
  parser.on('cdata', (value) => builder.text(value));
  parser.on('closetag', () => builder.close());
  for (let at = 0; at < text.length && !builder.isFaulty; at += xmlSliceChars) {
    parser.write(text.slice(at, at + xmlSliceChars));
  }
  if (!builder.isFaulty) parser.close();
  return builder.result;
}

/** An element that is still open. */
type OpenElement = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: XmlElement[];
  text: string;
};

const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

/** Puts the parser's events together; after a fault it takes nothing more. */
class TreeBuilder {
  result: ReadXml = { kind: 'refused', reason: 'no element' };
  isFaulty = false;
  private readonly stack: OpenElement[] = [];
  private elements = 0;
  /** Of the tag that is being read. */
  private attributes = 0;

  refuse(reason: string): void {
    if (!this.isFaulty) this.result = { kind: 'refused', reason };
    this.isFaulty = true;
  }

  /** Counted as they come, since a tag of nothing but attributes may be as long as the document. */
  attribute(): void {
    this.attributes++;
    if (this.attributes > xmlAttributesMax) this.refuse('too many attributes');
  }

  open(tag: SaxesTagNS): void {
    this.elements++;
    this.attributes = 0;
    const attributes = Object.values(tag.attributes);
    if (this.stack.length === xmlDepthMax) this.refuse('too deep');
    if (this.elements > xmlElementsMax) this.refuse('too many elements');
    if (this.isFaulty) return;
    this.stack.push({
      name: tag.local,
      namespace: tag.uri,
      attributes: attributes
        .filter((attribute) => attribute.uri !== xmlnsNamespace)
        .map(({ local, uri, value }) => ({ name: local, namespace: uri, value })),
      children: [],
      text: '',
    });
  }

  text(value: string): void {
    const top = this.stack.at(-1);
    if (top !== undefined) top.text += value;
  }

  close(): void {
    const element = this.isFaulty ? undefined : this.stack.pop();
    if (element === undefined) return;
    // White space between elements is only layout.
    if (element.children.length > 0 && element.text.trim() === '') element.text = '';
    const parent = this.stack.at(-1);
    if (parent === undefined) this.result = { kind: 'xml', root: element };
    else parent.children.push(element);
  }
}
