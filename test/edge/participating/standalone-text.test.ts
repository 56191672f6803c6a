import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import {
  draftOf,
  isNotification,
  onward,
  storedNotification,
  storedOf,
} from '../../../edge/participating/standalone-text.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';

const sender = 'sip:alice@rejoin.test';
const client = {
  contact: 'sip:bob@10.0.0.2',
  target: { transport: 'udp', host: '10.0.0.2', port: 5060 },
} as const;

function message(headers: readonly Header[], body = ''): SipRequest {
  return {
    kind: 'request',
    method: 'MESSAGE',
    uri: 'sip:bob@rejoin.test',
    headers,
    body: utf8Encode(body),
  };
}

describe('a message outside sessions', () => {
  it('of which little is known goes on all the same', () => {
    const { headers } = onward(message([]), sender);
    expect(headers).toEqual([
      { name: 'From', value: `<${sender}>` },
      { name: 'To', value: '<sip:bob@rejoin.test>' },
      { name: 'P-Asserted-Identity', value: `<${sender}>` },
    ]);
  });

  it('is kept by its request where it has no imdn.Message-ID', () => {
    const request = message([
      { name: 'Call-ID', value: 'c1' },
      { name: 'CSeq', value: '3 MESSAGE' },
    ]);
    expect(storedOf(onward(request, sender), request, 5).messageId).toBe('c1 3 MESSAGE');
    expect(storedNotification(request, 5)).toMatchObject({ messageId: 'c1', receivedAtMs: 5 });
    expect(storedNotification(message([]), 5).messageId).toBe('');
  });

  it('is kept by its imdn.Message-ID and its sender, whoever names that', () => {
    const body =
      'NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: i1\r\n\r\nContent-Type: text/plain\r\n\r\nx';
    const type = { name: 'Content-Type', value: 'message/cpim' };
    const draft = { method: 'MESSAGE', uri: client.contact, headers: [] };
    const idOf = (...headers: readonly Header[]) =>
      storedOf(draft, message([type, ...headers], body), 0).messageId;
    expect(idOf({ name: 'P-Asserted-Identity', value: `<${sender}>;x` })).toBe(`<${sender}> i1`);
    expect(idOf({ name: 'From', value: `<${sender}>;tag=1` })).toBe(`<${sender}> i1`);
    expect(idOf()).toBe(' i1');
  });

  it('that was damaged is sent to nobody', () => {
    const damaged = (text: string) =>
      draftOf({ messageId: '', contentType: '', body: utf8Encode(text), receivedAtMs: 0 }, client);
    expect(damaged('neither head nor body')).toBeUndefined();
    expect(
      damaged(
        [
          'SIP/2.0 200 OK',
          'Via: SIP/2.0/UDP a;branch=z9hG4bK1',
          'From: <sip:a@b>;tag=1',
          'To: <sip:a@b>;tag=2',
          'Call-ID: c',
          'CSeq: 1 MESSAGE',
          'Content-Length: 0',
          '',
          '',
        ].join('\r\n'),
      ),
    ).toBeUndefined();
  });

  it('holds a notification only in CPIM', () => {
    const cpim =
      'From: <sip:a@b>\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n<imdn/>';
    expect(isNotification(message([], cpim))).toBe(false);
    expect(isNotification(message([{ name: 'Content-Type', value: 'text/plain' }], cpim))).toBe(
      false,
    );
    expect(isNotification(message([{ name: 'Content-Type', value: 'Message/CPIM' }], cpim))).toBe(
      true,
    );
    expect(isNotification(message([{ name: 'Content-Type', value: 'message/cpim' }], 'x'))).toBe(
      false,
    );
  });
});
