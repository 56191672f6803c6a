/**
 * Session descriptions (RFC 8866) as the lines they are made of: the session's own and those of each media section, in their
 * order and unchanged, so that what is not understood here survives. What a section means for MSRP is in `msrp-media.ts`;
 * no other media is looked into.
 */
import { utf8Decode, utf8Encode } from '../bytes/text.ts';
import { sdpBytesMax, sdpLinesMax } from './limit.ts';

/** `type` is the letter before the equals sign, `value` all that follows it. */
export type SdpLine = { readonly type: string; readonly value: string };

/** A media section: the value of its m= line, and the lines after it. */
export type SdpMedia = { readonly media: string; readonly lines: readonly SdpLine[] };

export type Sdp = { readonly session: readonly SdpLine[]; readonly media: readonly SdpMedia[] };

export type ParsedSdp =
  | { readonly kind: 'sdp'; readonly sdp: Sdp }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads a session description; lines may end in LF alone (RFC 8866 5). */
export function parseSdp(bytes: Uint8Array): ParsedSdp {
  if (bytes.length > sdpBytesMax) return refused('description too long');
  const texts = utf8Decode(bytes).split('\n', sdpLinesMax + 1);
  if (texts.length > sdpLinesMax) return refused('too many lines');
  const session: SdpLine[] = [];
  const media: SdpMedia[] = [];
  let lines = session;
  for (const text of texts) {
    const line = withoutReturn(text);
    // Empty lines are not in the grammar, but stacks add one at the end.
    if (line === '') continue;
    if (line[1] !== '=') return refused('line without type');
    if (line[0] === 'm') {
      lines = [];
      media.push({ media: line.slice(2), lines });
    } else {
      lines.push({ type: line.slice(0, 1), value: line.slice(2) });
    }
  }
  // RFC 8866 5: a description starts with its version.
  if (session[0]?.type !== 'v') return refused('no version line');
  return { kind: 'sdp', sdp: { session, media } };
}

/** The bytes of a session description, its lines in their order. */
export function printSdp(sdp: Sdp): Uint8Array {
  let text = printLines(sdp.session);
  for (const { media, lines } of sdp.media) text += `m=${media}\r\n${printLines(lines)}`;
  return utf8Encode(text);
}

function printLines(lines: readonly SdpLine[]): string {
  let text = '';
  for (const { type, value } of lines) text += `${type}=${value}\r\n`;
  return text;
}

/** The values of an attribute in a section, in order; '' for one without a value. */
export function attributes(lines: readonly SdpLine[], name: string): readonly string[] {
  const values: string[] = [];
  for (const { type, value } of lines) {
    if (type !== 'a' || !value.startsWith(name)) continue;
    if (value.length === name.length) values.push('');
    else if (value[name.length] === ':') values.push(value.slice(name.length + 1).trim());
  }
  return values;
}

/** The first value of an attribute in the section or, if it isn't there, in the session's own lines. */
export function attribute(sdp: Sdp, section: SdpMedia, name: string): string | undefined {
  return attributes(section.lines, name)[0] ?? attributes(sdp.session, name)[0];
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function refused(reason: string): ParsedSdp {
  return { kind: 'refused', reason };
}
