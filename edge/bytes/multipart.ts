/**
 * Bodies of several parts (RFC 2046 5.1), read leniently and written canonically. A body that is not multipart is one part; nested
 * multiparts are left as they are.
 */
import { concatBytes, indexOfBytes, startsWithAt } from './search.ts';
import { utf8Decode, utf8Encode } from './text.ts';

export type PartHeader = { readonly name: string; readonly value: string };

export type Part = {
  /** Headers of the part besides Content-Type and Content-Length. */
  readonly headers: readonly PartHeader[];
  /** As written, with parameters. */
  readonly contentType: string;
  readonly body: Uint8Array;
};

/** More parts than any request of the service has. */
const partsMax = 32;
const partHeadBytesMax = 8192;
const lineBreak = utf8Encode('\r\n');
const blankLine = utf8Encode('\r\n\r\n');
const hyphen = 45;

/** The parts of a body; undefined if a multipart body is malformed. */
export function parseMultipart(contentType: string, body: Uint8Array): readonly Part[] | undefined {
  if (!/^\s*multipart\//i.test(contentType)) return [{ headers: [], contentType, body }];
  const boundary = boundaryOf(contentType);
  return boundary === undefined ? undefined : splitParts(utf8Encode(`\r\n--${boundary}`), body);
}

/** The first part of a media type, named in lower case without parameters. */
export function findPart(parts: readonly Part[], type: string): Part | undefined {
  return parts.find((part) => mediaType(part.contentType) === type);
}

/** Type and subtype in lower case. */
function mediaType(contentType: string): string {
  const semicolonAt = contentType.indexOf(';');
  const written = semicolonAt < 0 ? contentType : contentType.slice(0, semicolonAt);
  return written.trim().toLowerCase();
}

/** A multipart/mixed body; the boundary must not stand in any part. */
export function printMultipart(
  parts: readonly Part[],
  boundary: string,
): { readonly contentType: string; readonly body: Uint8Array } {
  const pieces: Uint8Array[] = [];
  for (const { headers, contentType, body } of parts) {
    const lines = [{ name: 'Content-Type', value: contentType }, ...headers];
    const head = lines.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
    pieces.push(utf8Encode(`--${boundary}\r\n${head}\r\n`), body, lineBreak);
  }
  pieces.push(utf8Encode(`--${boundary}--\r\n`));
  return {
    contentType: `multipart/mixed;boundary="${boundary}"`,
    body: concatBytes(pieces),
  };
}

/** RFC 2046 5.1.1: one to 70 characters. What looks like a parameter within quotes is none. */
function boundaryOf(contentType: string): string | undefined {
  const params = contentType.matchAll(/;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)/g);
  for (const [, name = '', value = ''] of params) {
    if (name.toLowerCase() !== 'boundary') continue;
    const boundary = value.startsWith('"') ? value.slice(1, -1) : value;
    return boundary.length > 0 && boundary.length <= 70 ? boundary : undefined;
  }
  return undefined;
}

/** A line that stands between two parts or, if it is the last, behind all of them. */
type Delimiter = { readonly start: number; readonly end: number; readonly isLast: boolean };

function splitParts(boundary: Uint8Array, body: Uint8Array): readonly Part[] | undefined {
  const parts: Part[] = [];
  let delimiter = delimiterAt(body, boundary.subarray(2), 0) ?? nextDelimiter(body, boundary, 0);
  while (delimiter !== undefined && parts.length <= partsMax) {
    if (delimiter.isLast) return parts;
    const { end } = delimiter;
    // The line break of one delimiter may be that of the next.
    delimiter = nextDelimiter(body, boundary, end - lineBreak.length);
    if (delimiter === undefined) return undefined;
    const part = readPart(body.subarray(end, Math.max(delimiter.start, end)));
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return undefined;
}

/** RFC 2046 5.1.1: a delimiter begins a line, and the line break before it belongs to it. */
function nextDelimiter(
  body: Uint8Array,
  boundary: Uint8Array,
  from: number,
): Delimiter | undefined {
  let start = indexOfBytes(body, boundary, from);
  while (start >= 0) {
    const delimiter = delimiterAt(body, boundary, start);
    if (delimiter !== undefined) return delimiter;
    start = indexOfBytes(body, boundary, start + 1);
  }
  return undefined;
}

/** RFC 2046 5.1.1: nothing but blanks may follow the boundary on its line, and two hyphens close the body. */
function delimiterAt(body: Uint8Array, boundary: Uint8Array, start: number): Delimiter | undefined {
  if (!startsWithAt(body, boundary, start)) return undefined;
  let end = start + boundary.length;
  if (body[end] === hyphen && body[end + 1] === hyphen) return { start, end, isLast: true };
  while (body[end] === 32 || body[end] === 9) end++;
  const isLine = startsWithAt(body, lineBreak, end);
  return isLine ? { start, end: end + lineBreak.length, isLast: false } : undefined;
}

/** Headers, a blank line, content. Without content, the blank line may be missing. */
function readPart(bytes: Uint8Array): Part | undefined {
  if (startsWithAt(bytes, lineBreak, 0)) return partOf('', bytes.subarray(lineBreak.length));
  const blank = indexOfBytes(bytes, blankLine, 0);
  const end = blank < 0 ? bytes.length : blank;
  if (end > partHeadBytesMax) return undefined;
  const isCut = blank < 0 && end > 0 && !startsWithAt(bytes, lineBreak, end - lineBreak.length);
  if (isCut) return undefined;
  return partOf(utf8Decode(bytes.subarray(0, end)), bytes.subarray(end + blankLine.length));
}

function partOf(head: string, body: Uint8Array): Part {
  const headers: PartHeader[] = [];
  let contentType = 'text/plain';
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (/^content-type$/i.test(name)) contentType = value;
    else if (!/^content-length$/i.test(name)) headers.push({ name, value });
  }
  return { headers, contentType, body };
}
