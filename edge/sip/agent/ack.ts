/** The ACK of a 2xx to an INVITE of ours: once for each that comes, the same again for one that is repeated (RFC 3261 13.2.2.4). */
import type { DialogState } from '../effect.ts';
import { emptyBody, type SipRequest } from '../message.ts';
import { printMessage } from '../print.ts';
import { repeated } from './build.ts';
import type { Core } from './core.ts';
import { requestWithin } from './dialog.ts';
import { sequenceOf } from './names.ts';
import type { Acks } from './purpose.ts';

export type Acknowledged = {
  readonly dialog: DialogState;
  readonly invite: SipRequest;
  /** The tag in To of the 2xx. */
  readonly remoteTag: string;
};

/** Sends the ACK of a new 2xx and keeps it. */
export function acknowledge2xx(core: Core, acks: Acks, answered: Acknowledged): void {
  const { dialog, invite, remoteTag } = answered;
  const { uri, headers } = requestWithin(dialog, 'ACK', sequenceOf(invite));
  // RFC 3261 22.1: the ACK has the credentials of its INVITE.
  const credentials = [
    ...repeated(invite, 'Authorization'),
    ...repeated(invite, 'Proxy-Authorization'),
  ];
  const request = core.clients.acknowledge(
    {
      kind: 'request',
      method: 'ACK',
      uri,
      headers: [
        ...headers,
        ...credentials,
        { name: 'User-Agent', value: core.settings.serverHeader },
      ],
      body: emptyBody,
    },
    dialog.target,
  );
  acks.set(remoteTag, { request, target: dialog.target });
}

/** Sends the ACK of a 2xx again; answers false if none has been sent for this one. */
export function acknowledgeAgain(core: Core, acks: Acks, remoteTag: string): boolean {
  const known = acks.get(remoteTag);
  if (known === undefined) return false;
  core.outbox.send(printMessage(known.request), known.target, '');
  return true;
}
