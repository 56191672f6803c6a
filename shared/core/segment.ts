/**
 * The bytes of a segment: messages deferred together, each with what is needed to send it again unchanged. Layout, all numbers
 * big-endian: for each message u8 flags, f64 received (ms), u16 length + Message-ID, u16 length + Content-Type, u32 length +
 * body. The messages of a segment have consecutive positions, so only the first one's is kept, outside. A message too long for
 * one segment is stored in parts, each with a position of its own.
 */
export type Part = 'whole' | 'first' | 'middle' | 'last';

export type StoredMessage = {
  readonly messageId: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
  readonly part?: Part;
};

/** In the order of their flags. */
const parts: readonly Part[] = ['whole', 'first', 'middle', 'last'];

const fixedBytes = 1 + 8 + 2 + 2 + 4;

/** How many bytes a message takes in a segment. */
export function storedBytes(message: StoredMessage): number {
  return fixedBytes + message.messageId.length + message.contentType.length + message.body.length;
}

/** Packs messages. Message-ID and Content-Type are protocol text of one byte a character. */
export function packSegment(messages: readonly StoredMessage[]): Uint8Array {
  let length = 0;
  for (const message of messages) length += storedBytes(message);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const message of messages) {
    view.setUint8(at, parts.indexOf(message.part ?? 'whole'));
    view.setFloat64(at + 1, message.receivedAtMs);
    at = putText(bytes, view, at + 9, message.messageId);
    at = putText(bytes, view, at, message.contentType);
    view.setUint32(at, message.body.length);
    bytes.set(message.body, at + 4);
    at += 4 + message.body.length;
  }
  return bytes;
}

/** Unpacks a segment; bodies are views into it. Throws if the bytes are not a segment: that is damage, not input. */
export function unpackSegment(bytes: Uint8Array): readonly StoredMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: StoredMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const part = parts[view.getUint8(at)];
    if (part === undefined) throw new Error('a segment is damaged');
    const receivedAtMs = view.getFloat64(at + 1);
    const messageId = getText(bytes, view, at + 9);
    at += 11 + messageId.length;
    const contentType = getText(bytes, view, at);
    at += 2 + contentType.length;
    const length = view.getUint32(at);
    at += 4 + length;
    if (at > bytes.length) throw new Error('a segment is cut off');
    const body = bytes.subarray(at - length, at);
    messages.push({ messageId, contentType, body, receivedAtMs, part });
  }
  return messages;
}

function putText(bytes: Uint8Array, view: DataView, at: number, text: string): number {
  view.setUint16(at, text.length);
  for (let index = 0; index < text.length; index++) bytes[at + 2 + index] = text.charCodeAt(index);
  return at + 2 + text.length;
}

function getText(bytes: Uint8Array, view: DataView, at: number): string {
  const length = view.getUint16(at);
  let text = '';
  for (const byte of bytes.subarray(at + 2, at + 2 + length)) text += String.fromCharCode(byte);
  return text;
}
