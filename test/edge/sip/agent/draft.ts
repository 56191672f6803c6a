/** What owners send in the tests. */
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import type { Target, Transport } from '../../../../edge/sip/effect.ts';

export const sdp = utf8Encode('v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n');
export const sdpType = { name: 'Content-Type', value: 'application/sdp' };

/** A target at a host. */
export function at(host: string, transport: Transport = 'udp'): Target {
  return { transport, host, port: 5060 };
}

/** A draft of an INVITE from one host to another. */
export function inviteDraft(from: string, to: string) {
  return {
    method: 'INVITE',
    uri: `sip:b@${to}`,
    headers: [
      { name: 'From', value: `<sip:a@${from}>` },
      { name: 'To', value: `<sip:b@${to}>` },
      { name: 'Contact', value: `<sip:a@${from}:5060>` },
      sdpType,
    ],
    body: sdp,
  };
}

/** A draft of the answer to an INVITE. */
export function answerDraft(host: string) {
  return {
    status: 200,
    headers: [{ name: 'Contact', value: `<sip:b@${host}:5060>` }, sdpType],
    body: sdp,
  };
}
