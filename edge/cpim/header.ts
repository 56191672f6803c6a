/**
 * What single headers of a CPIM message mean: addresses (RFC 3862 2.3), the IMDN headers with their name space (RFC 5438 6),
 * and the type of the content.
 */
import { type Cpim, withCpimHeader } from './cpim.ts';

const imdnNamespace = 'urn:ietf:params:imdn';

/** The first message header of that name, upper and lower case told apart (RFC 3862 2.2). */
export function cpimHeader(cpim: Cpim, name: string): string | undefined {
  return cpim.headers.find((header) => header.name === name)?.value;
}

/** All message headers of that name, in order. */
export function cpimHeaders(cpim: Cpim, name: string): readonly string[] {
  return cpim.headers.filter((header) => header.name === name).map((header) => header.value);
}

/** The first MIME header of that name, in any case. */
export function contentHeader(cpim: Cpim, name: string): string | undefined {
  const lower = name.toLowerCase();
  return cpim.contentHeaders.find((header) => header.name.toLowerCase() === lower)?.value;
}

/** The media type of the content in lower case, without parameters. */
export function cpimContentType(cpim: Cpim): string {
  // RFC 2045 5.2: a MIME entity that says nothing is plain text.
  return bareType(contentHeader(cpim, 'Content-Type') ?? 'text/plain');
}

/** The prefix that the message binds to the IMDN name space; `imdn` if it binds none, as stacks forget to. */
export function imdnPrefix(cpim: Cpim): string {
  for (const value of cpimHeaders(cpim, 'NS')) {
    // RFC 3862 3.4 has a blank before the bracket; stacks leave it out.
    const bracket = value.indexOf('<');
    const prefix = value.slice(0, Math.max(bracket, 0)).trim();
    // RFC 3862 2.2: a colon would end the name of every header with the prefix.
    if (bracket < 0 || prefix.includes(':')) continue;
    const uri = value
      .slice(bracket + 1)
      .replace('>', '')
      .trim();
    if (uri.toLowerCase() === imdnNamespace) return prefix;
  }
  return 'imdn';
}

/** The first IMDN header of that name, such as `Message-ID`, whatever prefix the message uses. */
export function imdnHeader(cpim: Cpim, name: string): string | undefined {
  return cpimHeader(cpim, imdnName(cpim, name));
}

/** All IMDN headers of that name, in order: `IMDN-Record-Route` may stand several times (RFC 5438 6.4). */
export function imdnHeaders(cpim: Cpim, name: string): readonly string[] {
  return cpimHeaders(cpim, imdnName(cpim, name));
}

/** The message with the IMDN headers of that name replaced; no values take the header out. */
export function withImdnHeader(cpim: Cpim, name: string, values: readonly string[]): Cpim {
  return withCpimHeader(cpim, imdnName(cpim, name), values);
}

/** The notifications that the sender asks for, in lower case (RFC 5438 6.2). */
export function dispositions(cpim: Cpim): readonly string[] {
  return imdnHeaders(cpim, 'Disposition-Notification')
    .flatMap((value) => value.split(','))
    .map(bareType)
    .filter((token) => token !== '');
}

/** The URI of the author. */
export function cpimFrom(cpim: Cpim): string | undefined {
  return addressUri(cpimHeader(cpim, 'From') ?? '');
}

/** The URIs of the recipients, in order. */
export function cpimTo(cpim: Cpim): readonly string[] {
  return cpimHeaders(cpim, 'To').flatMap((value) => addressUri(value) ?? []);
}

/** The message with its recipients replaced: one To header a URI (003 B.2.3.5.X step 5). */
export function withTo(cpim: Cpim, uris: readonly string[]): Cpim {
  const values = uris.map((uri) => `<${uri}>`);
  return withCpimHeader(cpim, 'To', values);
}

/** Whether a Content-Type value is that of an isComposing document, also as one open stack misspells it. */
export function isComposing(contentType: string): boolean {
  const type = bareType(contentType);
  return type === 'application/im-iscomposing+xml' || type === 'application/im-iscomposing+xm';
}

/** Whether the message is a notification, or several in one (RFC 5438 8.3), rather than something people wrote. */
export function isImdn(cpim: Cpim): boolean {
  if (cpimContentType(cpim) === 'message/imdn+xml') return true;
  return bareType(contentHeader(cpim, 'Content-Disposition') ?? '') === 'notification';
}

/** The URI in an address value; a display name may be a token or a quoted string. */
export function addressUri(value: string): string | undefined {
  const open = value.indexOf('<', endOfQuoted(value));
  if (open < 0) {
    const bare = value.trim();
    return bare === '' || bare.includes(' ') || bare.includes('"') ? undefined : bare;
  }
  const close = value.indexOf('>', open);
  const uri = close < 0 ? '' : value.slice(open + 1, close).trim();
  return uri === '' ? undefined : uri;
}

/** Where a quoted display name at the start ends; a bracket within it isn't that of the URI. */
function endOfQuoted(value: string): number {
  if (value[0] !== '"') return 0;
  for (let index = 1; index < value.length; index++) {
    if (value[index] === '\\') index++;
    else if (value[index] === '"') return index;
  }
  return 0;
}

function imdnName(cpim: Cpim, name: string): string {
  const prefix = imdnPrefix(cpim);
  return prefix === '' ? name : `${prefix}.${name}`;
}

/** A value without its parameters, in lower case. */
export function bareType(value: string): string {
  const semicolon = value.indexOf(';');
  return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
}
