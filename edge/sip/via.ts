/** Via: the hop that a message came over (RFC 3261 20.42, RFC 3581). */
import { headerValues } from './header.ts';
import type { SipMessage } from './message.ts';
import { type Params, parseParams, printParams } from './params.ts';
import { parseHostPort } from './uri.ts';

export type Via = {
  /** `SIP/2.0`. */
  readonly protocol: string;
  /** As written, such as `UDP`. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
};

/** Reads one Via value. */
export function parseVia(text: string): Via | undefined {
  const semicolon = text.indexOf(';');
  const head = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const match = /^([^\s/]+)\s*\/\s*([^\s/]+)\s*\/\s*([^\s/]+)\s+(\S+)(?:\s*:\s*(\d+))?$/.exec(head);
  if (match === null) return undefined;
  const [, name, version, transport = '', where = '', spacedPort] = match;
  const read = parseHostPort(spacedPort === undefined ? where : `${where}:${spacedPort}`);
  if (read === undefined) return undefined;
  const params = semicolon < 0 ? [] : parseParams(text, semicolon + 1);
  return { protocol: `${name}/${version}`, transport, ...read, params };
}

/** The topmost Via of a message. */
export function topVia(message: SipMessage): Via | undefined {
  const first = headerValues(message, 'Via')[0];
  return first === undefined ? undefined : parseVia(first);
}

/** Writes a Via value. */
export function printVia({ protocol, transport, host, port, params }: Via): string {
  const where = port === undefined ? host : `${host}:${port}`;
  return `${protocol}/${transport} ${where}${printParams(params)}`;
}
