/** Parameters behind a semicolon, `;name=value`, with tokens or quoted strings as values (RFC 3261 25.1). */

export type Param = { readonly name: string; readonly value?: string };
export type Params = readonly Param[];

/** The value of a parameter, '' for one without a value, undefined if it is not there. Names match without regard to case. */
export function param(params: Params, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const found = params.find((one) => one.name.toLowerCase() === wanted);
  return found && (found.value ?? '');
}

/** Reads `;a=b;c` from a place in a text to its end; quoted values keep their quotes. */
export function parseParams(text: string, from = 0): Params {
  const params: Param[] = [];
  let at = from;
  while (at < text.length) {
    const end = endOfParam(text, at);
    const piece = text.slice(at, end).trim();
    if (piece.length > 0) params.push(parseParam(piece));
    at = end + 1;
  }
  return params;
}

/** Writes parameters, each with its semicolon. */
export function printParams(params: Params): string {
  return params
    .map(({ name, value }) => (value === undefined ? `;${name}` : `;${name}=${value}`))
    .join('');
}

/** The text within quotes, its escapes undone; a text without quotes as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** A text as a quoted string. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function parseParam(piece: string): Param {
  const equals = piece.indexOf('=');
  if (equals < 0) return { name: piece };
  return { name: piece.slice(0, equals).trim(), value: piece.slice(equals + 1).trim() };
}

/** Where a parameter ends: at the next semicolon outside quotes. */
function endOfParam(text: string, from: number): number {
  const semicolon = text.indexOf(';', from);
  const end = semicolon < 0 ? text.length : semicolon;
  const quoteAt = text.indexOf('"', from);
  if (quoteAt < 0 || quoteAt > end) return end;
  return endOutsideQuotes(text, from, ';');
}

/** Where a character stands outside quotes and angle brackets, or the end of the text. */
export function endOutsideQuotes(text: string, from: number, character: string): number {
  let at = from;
  while (at < text.length) {
    const one = text[at];
    if (one === character) return at;
    if (one === '"') at = endOfQuoted(text, at + 1);
    else if (one === '<') at = endOfBracketed(text, at + 1);
    else at++;
  }
  return text.length;
}

/** The place behind the closing quote. */
function endOfQuoted(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The place behind the closing bracket. */
function endOfBracketed(text: string, from: number): number {
  const close = text.indexOf('>', from);
  return close < 0 ? text.length : close + 1;
}
