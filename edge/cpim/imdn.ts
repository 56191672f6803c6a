/**
 * Disposition notifications (RFC 5438): reading the document, leniently, and making one with the CPIM message around it. When
 * one is due and where it goes is not decided here.
 */
import { childOf, childText, elementMaker, type XmlElement } from '../xml/element.ts';
import { readXml } from '../xml/read.ts';
import { writeXml } from '../xml/write.ts';
import { type Cpim, printCpim } from './cpim.ts';
import { imdnBytesMax } from './limit.ts';

export type ImdnKind = 'delivery' | 'display' | 'processing';
export type ImdnStatus =
  | 'delivered'
  | 'displayed'
  | 'processed'
  | 'stored'
  | 'failed'
  | 'forbidden'
  | 'error';

export type Imdn = {
  /** The imdn.Message-ID of the message that it is about. */
  readonly messageId: string;
  readonly kind: ImdnKind;
  readonly status: ImdnStatus;
  /** RFC 3339; stacks leave it out. */
  readonly dateTime?: string;
  readonly recipientUri?: string;
  readonly originalRecipientUri?: string;
};

export type ReadImdn =
  | { readonly kind: 'imdn'; readonly imdn: Imdn }
  | { readonly kind: 'refused'; readonly reason: string };

export type ImdnMessage = {
  /** The user whose client has, or hasn't, got the message. */
  readonly from: string;
  /** Its author, or the first IMDN-Record-Route (RFC 5438 7.2.1). */
  readonly to: string;
  /** The notification's own imdn.Message-ID. */
  readonly ownMessageId: string;
  readonly dateTime: string;
  readonly imdn: Imdn;
};

const namespace = 'urn:ietf:params:xml:ns:imdn';
const make = elementMaker(namespace);
const kinds: readonly ImdnKind[] = ['delivery', 'display', 'processing'];
const statuses: readonly ImdnStatus[] = [
  'delivered',
  'displayed',
  'processed',
  'stored',
  'failed',
  'forbidden',
  'error',
];

/** Reads the content of a `message/imdn+xml`; namespaces, order and missing times don't matter. */
export function readImdn(content: Uint8Array): ReadImdn {
  if (content.length > imdnBytesMax) return { kind: 'refused', reason: 'notification too long' };
  const read = readXml(content);
  if (read.kind === 'refused') return read;
  const { root } = read;
  const messageId = childText(root, 'message-id');
  const kind = kinds.find((name) => childOf(root, `${name}-notification`) !== undefined);
  const status = readStatus(childOf(childOf(root, `${kind}-notification`), 'status'));
  if (messageId === undefined || kind === undefined || status === undefined) {
    return { kind: 'refused', reason: 'no message-id, notification or status' };
  }
  const dateTime = childText(root, 'datetime');
  const recipientUri = childText(root, 'recipient-uri');
  const originalRecipientUri = childText(root, 'original-recipient-uri');
  return {
    kind: 'imdn',
    imdn: {
      messageId,
      kind,
      status,
      ...(dateTime === undefined ? {} : { dateTime }),
      ...(recipientUri === undefined ? {} : { recipientUri }),
      ...(originalRecipientUri === undefined ? {} : { originalRecipientUri }),
    },
  };
}

/** The document of a notification (RFC 5438 11.1). */
export function writeImdn(imdn: Imdn): Uint8Array {
  const optional = (name: string, value: string | undefined): XmlElement | undefined =>
    value === undefined ? undefined : make(name, {}, value);
  const status = make('status', {}, [make(imdn.status, {}, '')]);
  return writeXml(
    make('imdn', {}, [
      make('message-id', {}, imdn.messageId),
      optional('datetime', imdn.dateTime),
      optional('recipient-uri', imdn.recipientUri),
      optional('original-recipient-uri', imdn.originalRecipientUri),
      make(`${imdn.kind}-notification`, {}, [status]),
    ]),
  );
}

/** A notification as a CPIM message; it asks for none itself (RFC 5438 7.2.1). */
export function imdnMessage(message: ImdnMessage): Cpim {
  const content = writeImdn(message.imdn);
  const cpim: Cpim = {
    headers: [
      { name: 'From', value: `<${message.from}>` },
      { name: 'To', value: `<${message.to}>` },
      { name: 'DateTime', value: message.dateTime },
      { name: 'NS', value: 'imdn <urn:ietf:params:imdn>' },
      { name: 'imdn.Message-ID', value: message.ownMessageId },
    ],
    contentHeaders: [
      { name: 'Content-Type', value: 'message/imdn+xml' },
      { name: 'Content-Disposition', value: 'notification' },
      { name: 'Content-Length', value: String(content.length) },
    ],
    content,
  };
  return { ...cpim, raw: printCpim(cpim) };
}

/** The status is the name of an element; one that isn't known is passed over. */
function readStatus(element: XmlElement | undefined): ImdnStatus | undefined {
  return statuses.find((name) => childOf(element, name) !== undefined);
}
