/**
 * CPIM messages (RFC 3862): message headers, a blank line, MIME headers, a blank line, content. Reading keeps the bytes, and
 * a change touches only the lines it changes, so that what others have signed or we don't understand passes through
 * unharmed. What single headers mean is in `header.ts`, a quick look without reading all of it in `peek.ts`.
 */
import { concatBytes } from '../bytes/search.ts';
import { utf8Decode, utf8Encode } from '../bytes/text.ts';
import { cpimHeadBytesMax, cpimHeadersMax } from './limit.ts';

export type CpimHeader = { readonly name: string; readonly value: string };

export type Cpim = {
  /** In order; names as written, since they are case-sensitive here (RFC 3862 2.2). */
  readonly headers: readonly CpimHeader[];
  readonly contentHeaders: readonly CpimHeader[];
  readonly content: Uint8Array;
  /** The message as it came; absent only in one put together by hand. */
  readonly raw?: Uint8Array;
};

export type ParsedCpim =
  | { readonly kind: 'cpim'; readonly cpim: Cpim }
  | { readonly kind: 'refused'; readonly reason: string };

/** A header line with where it stands, its line end and continuations included. */
type HeaderLine = CpimHeader & { readonly start: number; readonly end: number };

type Block =
  | { readonly kind: 'block'; readonly lines: readonly HeaderLine[]; readonly end: number }
  | { readonly kind: 'refused'; readonly reason: string };

const lineFeed = 10;
const carriageReturn = 13;

/** Reads a message; its content is a view into `bytes`. */
export function parseCpim(bytes: Uint8Array): ParsedCpim {
  const message = readBlock(bytes, 0);
  if (message.kind === 'refused') return message;
  if (message.lines.length === 0) return { kind: 'refused', reason: 'no message headers' };
  const entity = readBlock(bytes, message.end);
  if (entity.kind === 'refused') return entity;
  return {
    kind: 'cpim',
    cpim: {
      headers: message.lines.map(withoutPlace),
      contentHeaders: entity.lines.map(withoutPlace),
      content: bytes.subarray(entity.end),
      raw: bytes,
    },
  };
}

/** The bytes of a message: those it was read from, unless it was put together by hand. */
export function printCpim(cpim: Cpim): Uint8Array {
  if (cpim.raw !== undefined) return cpim.raw;
  const head = `${cpim.headers.map(printHeader).join('')}\r\n${cpim.contentHeaders.map(printHeader).join('')}\r\n`;
  return concatBytes([utf8Encode(head), cpim.content]);
}

/**
 * The message with all message headers of that name replaced by new ones, which stand where the first one stood, or last.
 * Every other byte stays.
 */
export function withCpimHeader(cpim: Cpim, name: string, values: readonly string[]): Cpim {
  const headers = values.map((value) => ({ name, value: singleLine(value).trim() }));
  const raw = cpim.raw === undefined ? undefined : replaceLines(cpim.raw, name, headers);
  const first = cpim.headers.findIndex((header) => header.name === name);
  const at = first < 0 ? cpim.headers.length : first;
  const others = cpim.headers.slice(at).filter((header) => header.name !== name);
  return {
    headers: [...cpim.headers.slice(0, at), ...headers, ...others],
    contentHeaders: cpim.contentHeaders,
    content: cpim.content,
    ...(raw === undefined ? {} : { raw }),
  };
}

function replaceLines(
  raw: Uint8Array,
  name: string,
  headers: readonly CpimHeader[],
): Uint8Array | undefined {
  const block = readBlock(raw, 0);
  if (block.kind === 'refused') return undefined;
  const replaced = block.lines.filter((line) => line.name === name);
  const last = block.lines.at(-1)?.end ?? 0;
  const parts: Uint8Array[] = [];
  let at = replaced[0]?.start ?? last;
  parts.push(raw.subarray(0, at), utf8Encode(headers.map(printHeader).join('')));
  for (const { start, end } of replaced) {
    parts.push(raw.subarray(at, start));
    at = end;
  }
  parts.push(raw.subarray(at));
  return concatBytes(parts);
}

function printHeader({ name, value }: CpimHeader): string {
  return `${name}: ${singleLine(value)}\r\n`;
}

/** Line ends within a value would make headers of their own. */
function singleLine(value: string): string {
  return value.replace(/[\r\n]+/g, ' ');
}

function withoutPlace({ name, value }: HeaderLine): CpimHeader {
  return { name, value };
}

/** Reads header lines up to the blank line. A block may also end with the bytes if it is the second one (RFC 2046 5.1). */
function readBlock(bytes: Uint8Array, from: number): Block {
  const lines: HeaderLine[] = [];
  let at = from;
  while (at < bytes.length) {
    const end = endOfLine(bytes, at);
    if (end > cpimHeadBytesMax) return { kind: 'refused', reason: 'headers too long' };
    const text = lineText(bytes, at, end);
    if (text === '') return { kind: 'block', lines, end };
    if (lines.length === cpimHeadersMax) return { kind: 'refused', reason: 'too many headers' };
    const line = readLine(text, lines.at(-1), { start: at, end });
    if (line === undefined) return { kind: 'refused', reason: 'header line without a name' };
    if (isContinuation(text)) lines.pop();
    lines.push(line);
    at = end;
  }
  if (from === 0) return { kind: 'refused', reason: 'message headers do not end' };
  return { kind: 'block', lines, end: at };
}

/** A line that starts with a blank goes on with the header before it: MIME allows that, and stacks do it in both blocks. */
function readLine(
  text: string,
  before: HeaderLine | undefined,
  place: { readonly start: number; readonly end: number },
): HeaderLine | undefined {
  if (isContinuation(text)) {
    if (before === undefined) return undefined;
    return { ...before, value: joined(before.value, text.trim()), end: place.end };
  }
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0)).trim();
  if (name === '') return undefined;
  return { name, value: text.slice(colon + 1).trim(), ...place };
}

/** A value and how it goes on; whatever many lines it has, none is copied twice. */
function joined(value: string, more: string): string {
  if (more === '') return value;
  return value === '' ? more : `${value} ${more}`;
}

function isContinuation(text: string): boolean {
  return text[0] === ' ' || text[0] === '\t';
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at < 0 ? bytes.length : at + 1;
}

/** The text of a line without its end; LF alone ends one too. */
function lineText(bytes: Uint8Array, start: number, end: number): string {
  let last = end;
  if (bytes[last - 1] === lineFeed) last--;
  if (last > start && bytes[last - 1] === carriageReturn) last--;
  return utf8Decode(bytes.subarray(start, last));
}
