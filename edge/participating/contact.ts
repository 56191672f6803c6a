/** What a client is told about where its session is. */
import type { Header } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { ownUri } from './own-uri.ts';
import type { Participant } from './participant.ts';
import { kindOf } from './session-kind.ts';

export function clientContact(desk: Desk, { group }: Participant): Header {
  return kindOf(group).contact(desk, group);
}

/** Requests of the client within its dialog come by this edge. */
export function recordRoute(desk: Desk): Header {
  return { name: 'Record-Route', value: `<${ownUri(desk)};lr>` };
}

/**
 * Which device a request is for, where an IMS core or a registrar behind it has to choose (RFC 3841 9.2): the one that is wanted, or the
 * one that a binding behind a core stands for.
 */
export function acceptDevice({ instance, isByCore }: Binding, wanted?: string): readonly Header[] {
  const device = wanted ?? (isByCore === true ? instance : undefined);
  if (device === undefined) return [];
  return [{ name: 'Accept-Contact', value: `*;+sip.instance="${device}";require;explicit` }];
}

/** The way to a client that registered through proxies (RFC 3327 5.2). */
export function routesTo({ path = [] }: Binding): readonly Header[] {
  return path.map((uri) => ({ name: 'Route', value: `<${uri}>` }));
}
