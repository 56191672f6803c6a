/** What a client is told about where its group session is. */
import type { Header } from '../sip/message.ts';
import { tagParam } from './client-invitation.ts';
import type { Desk } from './desk.ts';
import type { Participant } from './participant.ts';

/** The Group Session Identity with `isfocus`: without it a client takes the session for a 1-1 chat. */
export function clientContact(desk: Desk, participant: Participant): Header {
  const tag = tagParam(desk.options.featureTag);
  return { name: 'Contact', value: `<${participant.group.identity}>;isfocus;${tag}` };
}

/** Requests of the client within its dialog come by this edge. */
export function recordRoute(desk: Desk): Header {
  const { host, sipPort } = desk.options;
  return { name: 'Record-Route', value: `<sip:${host}:${sipPort};lr>` };
}
