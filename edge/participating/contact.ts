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

/** The way to a client that registered through proxies (RFC 3327 5.2). */
export function routesTo({ path = [] }: Binding): readonly Header[] {
  return path.map((uri) => ({ name: 'Route', value: `<${uri}>` }));
}
