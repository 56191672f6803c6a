/**
 * Who a trusted peer says a request is of (RFC 3325, RFC 5502): the identity that it asserts, and whether an IMS core passes the request
 * on in the name of that user or brings it for one. Whether the peer is trusted at all is decided before.
 */
import { parseAddress } from './address.ts';
import { routes } from './contact.ts';
import { header, headerValues } from './header.ts';
import type { SipRequest } from './message.ts';
import { param } from './params.ts';
import { addressOfRecord, parseUri } from './uri.ts';

/** The user whom a peer asserts as the sender of a request. */
export function assertedUser(request: SipRequest): string | undefined {
  // RFC 3325 9.1: a SIP and a tel URI may stand side by side; the first is how the user is known.
  return userIn(headerValues(request, 'P-Asserted-Identity')[0]);
}

/**
 * The user of ours who sends a request, if a core passes it on in the originating case; undefined for a request that is for a user,
 * whoever sends it.
 */
export function originatingUser(request: SipRequest): string | undefined {
  const served = header(request, 'P-Served-User');
  const address = served === undefined ? undefined : parseAddress(served);
  const sessionCase = param(address?.params ?? [], 'sescase')?.toLowerCase();
  // RFC 5502 6: the header says it; a route marked `orig` (3GPP TS 24.229 5.4.3.2) where it does not.
  const isOriginating =
    sessionCase === undefined ? hasOriginatingRoute(request) : sessionCase === 'orig';
  if (!isOriginating) return undefined;
  return served === undefined ? assertedUser(request) : userIn(served);
}

/** Whether a core has marked its route as one in the originating case. */
export function hasOriginatingRoute(request: SipRequest): boolean {
  return routes(request, 'Route').some(
    ({ uri }) => param(parseUri(uri)?.params ?? [], 'orig') !== undefined,
  );
}

function userIn(value: string | undefined): string | undefined {
  const uri = value === undefined ? undefined : parseAddress(value)?.uri;
  return uri === undefined ? undefined : addressOfRecord(uri);
}
