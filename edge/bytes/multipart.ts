/**
 * Bodies of several parts (RFC 2046 5.1), read leniently and written canonically. A body that is not multipart is one part; nested
 * multiparts are left as they are.
 */
import { concatBytes, indexOfBytes } from './search.ts';
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

/** The parts of a body; undefined if a multipart body is malformed. */
export function parseMultipart(contentType: string, body: Uint8Array): readonly Part[] | undefined {
  if (!/^\s*multipart\//i.test(contentType)) return [{ headers: [], contentType, body }];
  const boundary = boundaryOf(contentType);
  return boundary === undefined ? undefined : splitParts(utf8Encode(`--${boundary}`), body);
}

/** The first part of a media type, named in lower case without parameters. */
export function findPart(parts: readonly Part[], type: string): Part | undefined {
  return parts.find((part) => mediaType(part.contentType) === type);
}

/** Type and subtype in lower case. */
export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
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

function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

function splitParts(delimiter: Uint8Array, body: Uint8Array): readonly Part[] | undefined {
  const parts: Part[] = [];
  let start = indexOfBytes(body, delimiter, 0);
  while (start >= 0 && parts.length < partsMax) {
    const from = start + delimiter.length;
    // Two hyphens behind the boundary close the body.
    if (body[from] === 45 && body[from + 1] === 45) return parts;
    const end = indexOfBytes(body, delimiter, from);
    if (end < 0) return undefined;
    const part = readPart(body.subarray(from, end));
    if (part === undefined) return undefined;
    parts.push(part);
    start = end;
  }
  return undefined;
}

/** From behind the boundary to before the next: a line break, headers, a blank line, content, a line break. */
function readPart(bytes: Uint8Array): Part | undefined {
  const begin = indexOfBytes(bytes, lineBreak, 0);
  if (begin < 0) return undefined;
  const blank = indexOfBytes(bytes, blankLine, begin);
  if (blank < 0 || blank - begin > partHeadBytesMax) return undefined;
  const headers: PartHeader[] = [];
  let contentType = 'text/plain';
  const lines = utf8Decode(bytes.subarray(begin + 2, Math.max(blank, begin + 2)));
  for (const line of lines.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (/^content-type$/i.test(name)) contentType = value;
    else if (!/^content-length$/i.test(name)) headers.push({ name, value });
  }
  const tail = bytes.length - 2;
  return { headers, contentType, body: bytes.subarray(blank + 4, Math.max(tail, blank + 4)) };
}
