/** Our session description within a message of ours, kept for session refreshes by re-INVITE (RFC 4028 7.4). */
import { findPart, parseMultipart } from '../../bytes/multipart.ts';
import type { Header } from '../message.ts';
import { fieldValue } from './build.ts';

/** The SDP that is the whole body or a part of it; a copy, so that it doesn't hold on to a large body. */
export function descriptionOf(
  headers: readonly Header[],
  body: Uint8Array,
): Uint8Array | undefined {
  const type = fieldValue(headers, 'Content-Type');
  if (type === undefined) return undefined;
  return findPart(parseMultipart(type, body) ?? [], 'application/sdp')?.body.slice();
}
