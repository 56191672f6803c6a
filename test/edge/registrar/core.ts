/** The third-party REGISTERs that an IMS core writes. */
import { emptyBody, type SipRequest } from '../../../edge/sip/message.ts';

export type CoreParts = {
  readonly to?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly contact?: string | undefined;
  readonly expires?: number | undefined;
  readonly via?: readonly string[];
  readonly type?: string;
  readonly body?: Uint8Array;
};

const written = {
  to: 'sip:alice@rejoin.test',
  from: 'sip:scscf.core.test:6060',
  callId: 'core-1',
  cseq: 1,
  contact: '<sip:scscf.core.test:6060;lr>',
  expires: 600,
  via: ['SIP/2.0/UDP scscf.core.test:6060;branch=z9hG4bK1'],
};

export function ofCore(parts: CoreParts = {}): SipRequest {
  const { to, from, callId, cseq, contact, expires, via } = { ...written, ...parts };
  const { type, body = emptyBody } = parts;
  return {
    kind: 'request',
    method: 'REGISTER',
    uri: 'sip:rejoin.test',
    headers: [
      ...via.map((value) => ({ name: 'Via', value })),
      { name: 'From', value: `<${from}>;tag=1` },
      { name: 'To', value: `<${to}>` },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${cseq} REGISTER` },
      ...(contact === undefined ? [] : [{ name: 'Contact', value: contact }]),
      ...(expires === undefined ? [] : [{ name: 'Expires', value: String(expires) }]),
      ...(type === undefined ? [] : [{ name: 'Content-Type', value: type }]),
    ],
    body,
  };
}
