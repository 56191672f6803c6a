/**
 * A quick look at a CPIM message on its way through: who wrote it, its imdn.Message-ID and what it holds, without lists of
 * headers. It reads the common form itself (CRLF, no folding, prefix `imdn`) and leaves any other to the full parser, so that
 * both always say the same.
 */
import { indexOfBytes } from '../bytes/search.ts';
import { utf8Decode } from '../bytes/text.ts';
import { parseCpim } from './cpim.ts';
import { addressUri, bareType, cpimContentType, cpimFrom, imdnHeader } from './header.ts';
import { usualHeadBytesMax } from './limit.ts';

export type CpimPeek = {
  readonly from: string | undefined;
  readonly messageId: string | undefined;
  /** Media type of the content in lower case, without parameters. */
  readonly contentType: string;
};

const blank = new Uint8Array([13, 10, 13, 10]);
const carriageReturn = 13;
const usualNamespaces = ['imdn <urn:ietf:params:imdn>', 'imdn<urn:ietf:params:imdn>'];

/** Author, imdn.Message-ID and type of a message; undefined if it can't be read. */
export function peekCpim(bytes: Uint8Array): CpimPeek | undefined {
  return peekUsual(bytes) ?? peekAny(bytes);
}

function peekAny(bytes: Uint8Array): CpimPeek | undefined {
  const parsed = parseCpim(bytes);
  if (parsed.kind === 'refused') return undefined;
  const { cpim } = parsed;
  return {
    from: cpimFrom(cpim),
    messageId: imdnHeader(cpim, 'Message-ID'),
    contentType: cpimContentType(cpim),
  };
}

function peekUsual(bytes: Uint8Array): CpimPeek | undefined {
  const split = indexOfBytes(bytes, blank, 0);
  // Without message headers, or without MIME headers: a line end right after the blank line. Neither is usual.
  if (split <= 0 || bytes[split + blank.length] === carriageReturn) return undefined;
  const end = indexOfBytes(bytes, blank, split + blank.length);
  if (end < 0 || end > usualHeadBytesMax) return undefined;
  const messageHeaders = readLines(utf8Decode(bytes.subarray(0, split)));
  const contentHeaders = readLines(utf8Decode(bytes.subarray(split + blank.length, end)));
  if (messageHeaders === undefined || contentHeaders === undefined) return undefined;
  return {
    from: addressUri(messageHeaders.from ?? ''),
    messageId: messageHeaders.messageId,
    contentType: bareType(contentHeaders.contentType ?? 'text/plain'),
  };
}

/** The first value of each header that is looked for. */
type Found = { from?: string; messageId?: string; contentType?: string };

/** Reads a block of headers, or answers undefined if its form is not the usual one. */
function readLines(text: string): Found | undefined {
  // Decoding line by line, as the full parser does, drops this mark at each line's start.
  if (text.includes('\u{FEFF}')) return undefined;
  const found: Found = {};
  let at = 0;
  while (at < text.length) {
    const lineFeed = text.indexOf('\n', at);
    const end = lineFeed < 0 ? text.length : lineFeed;
    if (lineFeed >= 0 && text.charCodeAt(end - 1) !== carriageReturn) return undefined;
    if (!readLine(text, at, end, found)) return undefined;
    at = end + 1;
  }
  return found;
}

function readLine(text: string, start: number, end: number, found: Found): boolean {
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon > end || text[start] === ' ' || text[start] === '\t') return false;
  const name = text.slice(start, colon).trim();
  if (name === '') return false;
  const value = (): string => text.slice(colon + 1, end).trim();
  if (name === 'From') found.from ??= value();
  else if (name === 'imdn.Message-ID') found.messageId ??= value();
  else if (name === 'NS') return usualNamespaces.includes(value());
  else if (name.length === 12 && name.toLowerCase() === 'content-type')
    found.contentType ??= value();
  return true;
}
