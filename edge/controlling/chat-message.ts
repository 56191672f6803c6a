/** What the focus has to know of a message that it passes on unchanged: who says it, to whom, and whether it is only of the moment. */
import { parseCpim } from '../cpim/cpim.ts';
import { bareType, cpimContentType, cpimFrom, cpimTo, isComposing } from '../cpim/header.ts';
import { addressOfRecord, parseUri } from '../sip/uri.ts';
import { cpimType } from './request.ts';

export type ReadChat =
  | {
      readonly kind: 'chat';
      /** Nobody waits for it, and it is not sent again (decision C-11). */
      readonly isFleeting: boolean;
      /** The recipients that it names. */
      readonly to: readonly string[];
    }
  | { readonly kind: 'refused'; readonly status: number };

const anonymousHost = 'anonymous.invalid';

/** Reads a message of a user; refused is what is malformed, or comes in another one's name. */
export function readChat(contentType: string, body: Uint8Array, user: string): ReadChat {
  // RFC 3994: within a session isComposing may come as it is, without CPIM.
  if (isComposing(contentType)) return { kind: 'chat', isFleeting: true, to: [] };
  if (bareType(contentType) !== cpimType) return { kind: 'refused', status: 415 };
  const parsed = parseCpim(body);
  const from = parsed.kind === 'cpim' ? cpimFrom(parsed.cpim) : undefined;
  if (parsed.kind === 'refused' || from === undefined) return { kind: 'refused', status: 400 };
  // RFC 7701 6.3: the author in CPIM is who the session is with, unless the author hides.
  const isOwn = from === user || isAnonymous(from) || addressOfRecord(from) === user;
  if (!isOwn) return { kind: 'refused', status: 403 };
  return {
    kind: 'chat',
    isFleeting: isComposing(cpimContentType(parsed.cpim)),
    to: cpimTo(parsed.cpim),
  };
}

function isAnonymous(uri: string): boolean {
  return parseUri(uri)?.host.toLowerCase() === anonymousHost;
}
