/** What a client is told about where its session is. */
import type { Header } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import type { Participant } from './participant.ts';
import { kindOf } from './session-kind.ts';

export function clientContact(desk: Desk, { group }: Participant): Header {
  return kindOf(group).contact(desk, group);
}

/** Requests of the client within its dialog come by this edge. */
export function recordRoute(desk: Desk): Header {
  const { host, sipPort } = desk.options;
  return { name: 'Record-Route', value: `<sip:${host}:${sipPort};lr>` };
}
