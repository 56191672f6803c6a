/** Access to the headers of a message. Reading gives text, which other files take apart; writing gives a new message. */
import { endOutsideQuotes } from './grammar.ts';
import { canonicalName } from './header-name.ts';
import type { Header, SipMessage } from './message.ts';

const comma = 44;

/** Headers whose values may hold commas: a field is one value. */
const single: ReadonlySet<string> = new Set([
  ...['WWW-Authenticate', 'Authorization', 'Proxy-Authenticate', 'Proxy-Authorization', 'Date'],
  ...['Authentication-Info', 'Proxy-Authentication-Info', 'Subject', 'User-Agent', 'Server'],
  ...['Organization', 'Retry-After', 'Call-ID', 'From', 'To', 'CSeq', 'Content-Type', 'Identity'],
  ...['Content-Disposition', 'Timestamp'],
]);

/** The first value of a header, as the field has it. */
export function header(message: SipMessage, name: string): string | undefined {
  return canonicalHeader(message, canonicalName(name));
}

/** What `header` answers, for a name in canonical spelling. */
export function canonicalHeader(message: SipMessage, name: string): string | undefined {
  for (const one of message.headers) if (one.name === name) return one.value;
  return undefined;
}

/** All values of a header, over all its fields; lists are split at commas. */
export function headerValues(message: SipMessage, name: string): readonly string[] {
  return canonicalValues(message, canonicalName(name));
}

/** What `headerValues` answers, for a name in canonical spelling. */
export function canonicalValues(message: SipMessage, wanted: string): readonly string[] {
  const values: string[] = [];
  for (const one of message.headers) {
    if (one.name !== wanted) continue;
    if (!one.value.includes(',') || single.has(wanted)) values.push(one.value);
    else values.push(...splitList(one.value));
  }
  return values;
}

/** The message with one value for a header, in the place of the first field it had. */
export function withHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  const wanted = canonicalName(name);
  const at = message.headers.findIndex((one) => one.name === wanted);
  if (at < 0) return appendHeader(message, wanted, value);
  const headers = message.headers.filter((one, index) => one.name !== wanted || index === at);
  headers[at] = { name: wanted, value };
  return { ...message, headers };
}

/** The message without a header. */
export function withoutHeader<M extends SipMessage>(message: M, name: string): M {
  const wanted = canonicalName(name);
  return { ...message, headers: message.headers.filter((one) => one.name !== wanted) };
}

/** The message with a field behind all others. */
function appendHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  return { ...message, headers: [...message.headers, field(name, value)] };
}

/** The values of a comma-separated list; commas within quotes and angle brackets are part of a value, empty values are left out. */
export function splitList(text: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOutsideQuotes(text, at, comma);
    const value = text.slice(at, end).trim();
    if (value.length > 0) values.push(value);
    at = end + 1;
  }
  return values;
}

/** The first value of a list, without reading the others. */
export function firstOfList(text: string): string {
  if (!text.includes(',')) return text;
  const end = endOutsideQuotes(text, 0, comma);
  return end === text.length ? text : text.slice(0, end).trimEnd();
}

function field(name: string, value: string): Header {
  return { name: canonicalName(name), value };
}
