/**
 * Text in and out of bytes for the pure layers. They have no Node types, so the two universal encoders are declared here,
 * once. Latin-1 is for protocol text that is searched, UTF-8 for text that people wrote.
 */
type Encoder = { encode(text: string): Uint8Array };
type Decoder = { decode(bytes: Uint8Array): string };

declare const TextEncoder: new () => Encoder;
declare const TextDecoder: new (label: string, options?: { readonly fatal: boolean }) => Decoder;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');
const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** The UTF-8 bytes of a text. */
export function utf8Encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; malformed sequences become U+FFFD. */
export function utf8Decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The text of UTF-8 bytes, or undefined if they are malformed. */
export function utf8DecodeStrict(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text of its own: a slice keeps the whole message that it was cut from in memory. */
export function ownText(text: string): string {
  // Joined and cut anew it is a slice of no more than itself, for a tenth of what going through bytes takes.
  return `${text} `.slice(0, -1);
}
