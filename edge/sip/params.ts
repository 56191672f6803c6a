/**
 * Parameters behind a semicolon, `;name=value`, with tokens or quoted strings as values (RFC 3261 25.1). Empty parameters are passed
 * over here; a header for which they are an error says so itself.
 */
import { endOutsideQuotes, skipBlanks, trimEnd } from './grammar.ts';

const semicolon = 59;

/** `value` is as written: a quoted one keeps its quotes. */
export type Param = { readonly name: string; readonly value?: string };
export type Params = readonly Param[];

/** The value of a parameter, '' for one without a value, undefined if it is not there. Names match without regard to case. */
export function param(params: Params, name: string): string | undefined {
  for (const one of params) {
    if (isSameName(one.name, name)) return one.value ?? '';
  }
  return undefined;
}

/** Reads `;a=b;c` from a place in a text to its end; quoted values keep their quotes. */
export function parseParams(text: string, from = 0): Params {
  const params: Param[] = [];
  readParams(text, from, params, hasNoQuotes(text, from));
  return params;
}

/** The same where there is neither a quote nor an angle bracket: a semicolon is always the end of a parameter. */
export function parsePlainParams(text: string, from: number): Params {
  const params: Param[] = [];
  readParams(text, from, params, true);
  return params;
}

/** The same for headers where an empty parameter is an error: answers undefined then. */
export function parseStrictParams(text: string, from: number): Params | undefined {
  const params: Param[] = [];
  return readParams(text, from, params, hasNoQuotes(text, from)) ? undefined : params;
}

/** What `param(parseParams(text, from), name)` answers, without reading the other parameters. */
export function findParam(text: string, from: number, name: string): string | undefined {
  const isPlain = hasNoQuotes(text, from);
  let at = from;
  while (at < text.length) {
    const end = endOfParam(text, at, isPlain);
    const start = skipBlanks(text, at);
    if (isNameAt(text, start, name)) {
      const { name: written, value = '' } = readParam(text, start, end);
      if (written.length === name.length) return value;
    }
    at = end + 1;
  }
  return undefined;
}

/** Writes parameters, each with its semicolon. */
export function printParams(params: Params): string {
  let text = '';
  for (const { name, value } of params)
    text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** The text within quotes, its escapes undone; a text without quotes as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

/** A text as a quoted string. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Reads parameters into a list; answers whether there was an empty one. */
function readParams(text: string, from: number, params: Param[], isPlain: boolean): boolean {
  let hasEmpty = false;
  let at = from;
  while (at <= text.length) {
    const end = endOfParam(text, at, isPlain);
    const start = skipBlanks(text, at);
    if (start < end) params.push(readParam(text, start, end));
    else hasEmpty = true;
    at = end + 1;
  }
  return hasEmpty;
}

function readParam(text: string, start: number, end: number): Param {
  const equalsAt = text.indexOf('=', start);
  if (equalsAt < 0 || equalsAt >= end)
    return { name: text.slice(start, trimEnd(text, start, end)) };
  const valueAt = Math.min(skipBlanks(text, equalsAt + 1), end);
  return {
    name: text.slice(start, trimEnd(text, start, equalsAt)),
    value: text.slice(valueAt, trimEnd(text, valueAt, end)),
  };
}

/** Whether a semicolon is always the end of a parameter. */
function hasNoQuotes(text: string, from: number): boolean {
  return text.indexOf('"', from) < 0 && text.indexOf('<', from) < 0;
}

/** Where a parameter ends: at the next semicolon outside quotes and brackets. */
function endOfParam(text: string, from: number, isPlain: boolean): number {
  if (!isPlain) return endOutsideQuotes(text, from, semicolon);
  const end = text.indexOf(';', from);
  return end < 0 ? text.length : end;
}

function isNameAt(text: string, start: number, name: string): boolean {
  return text.startsWith(name, start) || isSameName(text.slice(start, start + name.length), name);
}

function isSameName(left: string, right: string): boolean {
  if (left === right) return true;
  return left.length === right.length && left.toLowerCase() === right.toLowerCase();
}
