import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  childText,
  elementMaker,
  type XmlElement,
} from '../../../edge/xml/element.ts';
import {
  xmlAttributesMax,
  xmlBytesMax,
  xmlDepthMax,
  xmlElementsMax,
} from '../../../edge/xml/limit.ts';
import { type ReadXml, readXml } from '../../../edge/xml/read.ts';
import { writeXml } from '../../../edge/xml/write.ts';

function read(text: string): ReadXml {
  return readXml(utf8Encode(text));
}

function root(text: string): XmlElement {
  const result = read(text);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.root;
}

test('elements are read with namespaces, attributes and text, without prefixes and declarations', () => {
  const text = `<?xml version="1.0"?><!-- c --><a xmlns="urn:a" xmlns:p="urn:p" b="1" p:c="&lt;">
    <p:d>x<![CDATA[<y>]]></p:d>
    <e xmlns=""/></a>`;
  expect(root(text)).toEqual({
    name: 'a',
    namespace: 'urn:a',
    attributes: [
      { name: 'b', namespace: '', value: '1' },
      { name: 'c', namespace: 'urn:p', value: '<' },
    ],
    children: [
      { name: 'd', namespace: 'urn:p', attributes: [], children: [], text: 'x<y>' },
      { name: 'e', namespace: '', attributes: [], children: [], text: '' },
    ],
    text: '',
  });
});

test('text beside elements is kept', () => {
  expect(root('<a>x<b/>y</a>').text).toBe('xy');
});

test.each([
  ['nothing', '', 'not well-formed'],
  ['an open element', '<a><b></b>', 'not well-formed'],
  ['a prefix that is not declared', '<p:a/>', 'not well-formed'],
  ['an unknown entity', '<a>&x;</a>', 'not well-formed'],
  ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a/>', 'document type declaration'],
  ['too much depth', '<a>'.repeat(xmlDepthMax + 1), 'too deep'],
  ['too many elements', `<a>${'<b/>'.repeat(xmlElementsMax)}</a>`, 'too many elements'],
  [
    'too many attributes',
    `<a ${Array.from({ length: xmlAttributesMax + 1 }, (_, index) => `a${index}=""`).join(' ')}/>`,
    'too many attributes',
  ],
  ['too many bytes', ' '.repeat(xmlBytesMax + 1), 'document too long'],
])('%s is refused', (_, text, reason) => {
  expect(read(text)).toEqual({ kind: 'refused', reason });
});

test('bytes that are not UTF-8 are refused', () => {
  expect(readXml(new Uint8Array([60, 97, 62, 255, 60, 47, 97, 62]))).toEqual({
    kind: 'refused',
    reason: 'not UTF-8',
  });
});

test('the first fault is the one that is told', () => {
  expect(read(`<a><!DOCTYPE x>${'</b>'.repeat(3000)}`)).toMatchObject({ kind: 'refused' });
  expect(read(`${'<a>'.repeat(xmlDepthMax + 1)}text</b><c></a>`)).toEqual({
    kind: 'refused',
    reason: 'too deep',
  });
});

test('children and attributes are found by their local names', () => {
  const element = root('<a xmlns:p="urn:p" b="1" p:b="2"><c> x </c><c> </c><d></d></a>');
  expect(attributeOf(element, 'b')).toBe('1');
  expect(attributeOf(element, 'x')).toBeUndefined();
  expect(childrenOf(element, 'c')).toHaveLength(2);
  expect(childrenOf(undefined, 'c')).toEqual([]);
  expect(childOf(undefined, 'c')).toBeUndefined();
  expect(childText(element, 'c')).toBe('x');
  expect(childText(element, 'd')).toBeUndefined();
  expect(childText(element, 'e')).toBeUndefined();
});

const name = fc.stringMatching(/^[a-z]{1,4}$/);
const namespace = fc.constantFrom('', 'urn:a', 'urn:b');
const text = fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.trim());
const attribute = fc.record({ name, namespace, value: text });

function element(children: fc.Arbitrary<XmlElement[]>): fc.Arbitrary<XmlElement> {
  const attributes = fc.uniqueArray(attribute, {
    maxLength: 3,
    selector: (item) => `${item.namespace} ${item.name}`,
  });
  return fc.record({ name, namespace, attributes, children, text });
}

const leaf = element(fc.constant([]));
const branch = element(fc.array(leaf, { maxLength: 3 }));
const tree = element(fc.array(branch, { maxLength: 3 }));

test('what is written reads back, but for characters that XML does not have', () => {
  fc.assert(
    fc.property(tree, (made) => {
      const first = readXml(writeXml(made));
      if (first.kind === 'refused') throw new Error(first.reason);
      expect(readXml(writeXml(first.root))).toEqual(first);
      const plain = JSON.stringify(made).replace(/[^ -~]|\\u/g, '');
      if (plain === JSON.stringify(made)) expect(first.root).toEqual(made);
    }),
    { numRuns: 200 },
  );
});

test('prefixes that readers are used to are declared at the root, others are made up', () => {
  const make = elementMaker('urn:a');
  const element = make('a', { x: undefined }, [undefined, make('b', {}, 'c')]);
  const attributes = [
    { name: 'c', namespace: 'urn:known', value: 'line\nend\t"' },
    { name: 'd', namespace: 'urn:other', value: '' },
    { name: 'lang', namespace: 'http://www.w3.org/XML/1998/namespace', value: 'en' },
  ];
  const bytes = writeXml({ ...element, attributes }, new Map([['urn:known', 'k']]));
  expect(new TextDecoder().decode(bytes)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<a xmlns="urn:a" xmlns:k="urn:known" ' +
      'xmlns:ns2="urn:other" k:c="line&#10;end&#9;&#34;" ns2:d="" xml:lang="en"><b>c</b></a>',
  );
});

test('any bytes are read or refused', () => {
  const whole = utf8Encode('<a b="1"><c>x&amp;</c><!-- d --><e xmlns:p="q" p:f="g"/></a>');
  for (let length = 0; length < whole.length; length++) {
    expect(readXml(whole.subarray(0, length)).kind).toBe('refused');
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(127), (at, byte) => {
      const changed = whole.slice();
      changed[at] = byte;
      expect(['xml', 'refused']).toContain(readXml(changed).kind);
    }),
    { numRuns: 300 },
  );
});

test('a document of many faults is given up at the first ones', () => {
  const bytes = utf8Encode(`<groupstate timestamp="x${'"'.repeat(65_000)}`);
  const times = [1, 2, 3, 4, 5].map(() => {
    const before = process.threadCpuUsage();
    expect(readXml(bytes)).toEqual({ kind: 'refused', reason: 'not well-formed' });
    return process.threadCpuUsage(before).user;
  });
  // A parser that told all of them would take several times as long.
  expect(Math.min(...times)).toBeLessThan(20_000);
});

test('a tag of nothing but attributes is given up at the first ones too many', () => {
  const attributes = Array.from({ length: 90_000 }, (_, index) => `a${index}=""`).join(' ');
  const bytes = utf8Encode(`<a ${attributes}/>`);
  const before = process.threadCpuUsage();
  expect(readXml(bytes)).toEqual({ kind: 'refused', reason: 'too many attributes' });
  expect(process.threadCpuUsage(before).user).toBeLessThan(50_000);
});
