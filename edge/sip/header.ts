/** Access to the headers of a message. Reading gives text; writing gives a new message. */
import { canonicalName } from './header-name.ts';
import type { Header } from './message.ts';
import { endOutsideQuotes } from './params.ts';

/** Whatever has headers: a message, or the draft of one. */
export type WithHeaders = { readonly headers: readonly Header[] };

/** Headers whose values may hold commas: a field is one value. */
const single = new Set([
  ...['WWW-Authenticate', 'Authorization', 'Proxy-Authenticate', 'Proxy-Authorization', 'Date'],
  ...['Authentication-Info', 'Subject', 'User-Agent', 'Server', 'Organization', 'Retry-After'],
  ...['Call-ID', 'From', 'To', 'CSeq', 'Content-Type', 'Content-Disposition', 'Timestamp'],
]);

/** The first value of a header, as the field has it. */
export function header(message: WithHeaders, name: string): string | undefined {
  const wanted = canonicalName(name);
  for (const one of message.headers) if (one.name === wanted) return one.value;
  return undefined;
}

/** All values of a header, over all its fields; lists are split at commas. */
export function headerValues(message: WithHeaders, name: string): readonly string[] {
  const wanted = canonicalName(name);
  const values: string[] = [];
  for (const one of message.headers) {
    if (one.name !== wanted) continue;
    if (single.has(wanted) || !one.value.includes(',')) values.push(one.value);
    else values.push(...splitList(one.value));
  }
  return values;
}

/** The message with one value for a header, in the place of the first field it had. */
export function withHeader<M extends WithHeaders>(message: M, name: string, value: string): M {
  const wanted = canonicalName(name);
  const at = message.headers.findIndex((one) => one.name === wanted);
  if (at < 0) return appendHeader(message, wanted, value);
  const headers = message.headers.filter((one, index) => one.name !== wanted || index === at);
  headers[at] = { name: wanted, value };
  return { ...message, headers };
}

/** The message without a header. */
export function withoutHeader<M extends WithHeaders>(message: M, name: string): M {
  const wanted = canonicalName(name);
  return { ...message, headers: message.headers.filter((one) => one.name !== wanted) };
}

/** The message with a field before all others. */
export function prependHeader<M extends WithHeaders>(message: M, name: string, value: string): M {
  return { ...message, headers: [field(name, value), ...message.headers] };
}

/** The message with a field behind all others. */
export function appendHeader<M extends WithHeaders>(message: M, name: string, value: string): M {
  return { ...message, headers: [...message.headers, field(name, value)] };
}

/** The values of a comma-separated list; commas within quotes and angle brackets are part of a value. */
export function splitList(text: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = endOutsideQuotes(text, at, ',');
    const value = text.slice(at, end).trim();
    if (value.length > 0) values.push(value);
    at = end + 1;
  }
  return values;
}

function field(name: string, value: string): Header {
  return { name: canonicalName(name), value };
}
