/**
 * An XML element as plain data, and how one looks into it and makes one. Comments, processing instructions and prefixes are
 * not kept; the text of an element is joined, so documents that mix text with elements are not for this form.
 */
export type XmlAttribute = {
  readonly name: string;
  /** '' for one without a prefix. */
  readonly namespace: string;
  readonly value: string;
};

export type XmlElement = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  readonly text: string;
};

/** The first child of that local name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** All children of that local name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined ? [] : element.children.filter((child) => child.name === name);
}

/** The text of the first child of that local name, without the blanks around it; undefined if there is none or it's empty. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

/** The value of the attribute of that name which has no prefix. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((item) => item.name === name && item.namespace === '')?.value;
}

/** A maker of elements of one namespace; attributes and children that are undefined are left out. */
export function elementMaker(
  namespace: string,
): (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  content: string | readonly (XmlElement | undefined)[],
) => XmlElement {
  return (name, attributes, content) => {
    const list: XmlAttribute[] = [];
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) list.push({ name: key, namespace: '', value });
    }
    const children =
      typeof content === 'string' ? [] : content.filter((child) => child !== undefined);
    const text = typeof content === 'string' ? content : '';
    return { name, namespace, attributes: list, children, text };
  };
}
