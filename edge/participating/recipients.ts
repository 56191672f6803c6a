/**
 * The CPIM To of a message that is kept (003 B.2.3.5.X step 5): who was in the group when it was said, so that a member who comes back
 * after others have come and gone can see to whom each message went.
 */
import { parseCpim, printCpim } from '../cpim/cpim.ts';
import { cpimFrom, cpimTo, isImdn, withTo } from '../cpim/header.ts';
import { sameUri } from '../sip/uri.ts';

type Body = { readonly contentType: string; readonly body: Uint8Array };

/** The message's bytes with the members as its recipients; unchanged if it is for some of them only, or no message of a person. */
export function withRecipients({ contentType, body }: Body, roster: readonly string[]): Uint8Array {
  if (!contentType.toLowerCase().startsWith('message/cpim') || roster.length === 0) return body;
  const read = parseCpim(body);
  if (read.kind === 'refused' || isImdn(read.cpim)) return body;
  const { cpim } = read;
  const isMember = (uri: string): boolean => roster.some((member) => sameUri(member, uri));
  const to = cpimTo(cpim);
  // A private message says itself whom it is for.
  if (to.length > 0 && to.every(isMember)) return body;
  const author = cpimFrom(cpim);
  const others = roster.filter((member) => author === undefined || !sameUri(member, author));
  return printCpim(withTo(cpim, others));
}
