/**
 * What a SUBSCRIBE has to ask for so that a notifier of one event package can serve it (RFC 6665 4.2.1): the package, and a type of
 * document that there is. How long, and by whom, is for the notifier.
 */
import type { ResponseDraft } from './effect.ts';
import { header, headerValues } from './header.ts';
import type { SipRequest } from './message.ts';

export type EventPackage = { readonly name: string; readonly contentType: string };

/** The refusal of a SUBSCRIBE for something else; undefined if it is for this. */
export function packageRefusal(
  request: SipRequest,
  { name, contentType }: EventPackage,
): ResponseDraft | undefined {
  // RFC 6665 8.2.1: the Event may have parameters.
  const event = header(request, 'Event')?.split(';')[0]?.trim().toLowerCase();
  if (event !== name) return { status: 489, headers: [{ name: 'Allow-Events', value: name }] };
  if (isTaken(request, contentType)) return undefined;
  return { status: 406, headers: [{ name: 'Accept', value: contentType }] };
}

/** RFC 3261 20.1: without Accept the type of the package is taken, with an empty one none is. */
function isTaken(request: SipRequest, contentType: string): boolean {
  if (header(request, 'Accept') === undefined) return true;
  const [kind = ''] = contentType.split('/');
  return headerValues(request, 'Accept').some((value) => {
    const range = value.split(';')[0]?.trim().toLowerCase();
    return range === contentType || range === `${kind}/*` || range === '*/*';
  });
}
