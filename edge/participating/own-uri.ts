/** URIs that lead back to this edge, whichever edge a request comes in by (design 7). */
import type { Desk } from './desk.ts';

/** `sip:[user@]host:port`, with this edge's name where there are several. */
export function ownUri(desk: Desk, user?: string): string {
  const { host, sipPort, uriParams } = desk.options;
  return `sip:${user === undefined ? '' : `${user}@`}${host}:${sipPort}${uriParams}`;
}

/** The user part of a SIP URI, for an address of ours that stands for it. */
export function userPart(uri: string): string {
  return /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? 'user';
}
