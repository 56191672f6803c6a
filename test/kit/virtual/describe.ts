/** How a scripted party describes its media, and where others say they are. */
import type { Direction, Setup } from '../../../edge/sdp/msrp-media.ts';
import { writeMsrpSdp } from '../../../edge/sdp/write.ts';
import { parseAddress } from '../../../edge/sip/address.ts';
import type { Target } from '../../../edge/sip/effect.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import type { Node } from './node.ts';

/** The Participating Function. */
export const pf: Target = { transport: 'tcp', host: 'pf.test', port: 5060 };

export type Description = {
  readonly session: string;
  readonly types: readonly string[];
  readonly setup: Setup;
  readonly direction: Direction | undefined;
};

/** The session description of an MSRP session of a node. */
export function describe(
  node: Node,
  { session, types, setup, direction }: Description,
): Uint8Array {
  return writeMsrpSdp({
    host: node.host,
    port: 2855,
    path: [node.msrp.path(session)],
    acceptTypes: types,
    acceptWrappedTypes: ['text/plain', 'message/imdn+xml'],
    setup,
    direction: direction ?? 'sendrecv',
    sessionId: 1,
    version: 1,
    isTls: false,
  });
}

/** The URI in the Contact of a message. */
export function contactIn(message: SipMessage): string {
  return parseAddress(header(message, 'Contact') ?? '')?.uri ?? '';
}
