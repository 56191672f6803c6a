/** What is believed of a peer, and what it asks the focus for. */
import { describe, expect, test } from 'vitest';
import { factoryUser } from '../../../edge/runtime/gateway.ts';
import { Peers } from '../../../edge/runtime/peers.ts';
import { domain, fromClient, fromPeer, request, response } from './door.ts';

const peers = new Peers({
  domain,
  isTrusted: ({ host }) => host.startsWith('10.'),
  isUser: (uri) => uri.startsWith('sip:user'),
});
const user = `sip:user1@${domain}`;
const group = `sip:g1@${domain}`;

function asserted(address: string): Readonly<Record<string, string>> {
  return { From: `<${address}>;tag=1`, 'P-Asserted-Identity': `<${address}>` };
}

const zoe = asserted('sip:zoe@other.test');

describe('a request for the focus', () => {
  test.each(['INVITE', 'SUBSCRIBE', 'REFER'])(
    'as %s is of a peer, outside dialogs, and for no user of ours [contract: Trust]',
    (method) => {
      expect(peers.isForFocus(request(method, group, zoe), fromPeer)).toBe(true);
      expect(peers.isForFocus(request(method, group, zoe), fromClient)).toBe(false);
      const unasserted = request(method, group, { From: '<sip:zoe@other.test>;tag=1' });
      expect(peers.isForFocus(unasserted, fromPeer)).toBe(false);
      expect(peers.isForFocus(request(method, user, zoe), fromPeer)).toBe(false);
      expect(peers.isForFocus(request(method, 'sip:g1@focus.test', zoe), fromPeer)).toBe(false);
      const within = { ...zoe, To: `<${group}>;tag=2` };
      expect(peers.isForFocus(request(method, group, within), fromPeer)).toBe(false);
    },
  );

  test('is none that the focus knows nothing of, and no response [RFC 3261 21.4.5]', () => {
    for (const method of ['MESSAGE', 'REGISTER', 'NOTIFY', 'OPTIONS', 'PUBLISH']) {
      expect(peers.isForFocus(request(method, group, zoe), fromPeer), method).toBe(false);
    }
    const answer = response('SIP/2.0/TCP x.test;branch=z9hG4bK1');
    expect(peers.isForFocus(answer, fromPeer)).toBe(false);
  });

  test('is none that a core passes on for a user of ours [RFC 5502]', () => {
    const served = { ...asserted(user), 'P-Served-User': `<${user}>;sescase=orig` };
    const invite = request('INVITE', `sip:${factoryUser}@${domain}`, served);
    expect(peers.isBelieved(invite, fromPeer)).toBe(true);
    expect(peers.isPeer(invite, fromPeer)).toBe(false);
    expect(peers.isForFocus(invite, fromPeer)).toBe(false);
  });
});
