/** The requests that `sip-parse.ts` measures: an INVITE to a group session as clients send it, with other values for every caller. */
/** One caller's request: its headers as texts, and what the SIP side delivers of it as objects. */
export type Invite = {
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly typedUri: object;
  readonly typed: object;
};

/** A caller's request. */
export function inviteOf(index: number): Invite {
  const number = String(1_928_301_774 + index * 7919);
  const id = `f81d${number.slice(-4)}-7dec-11d0-a765-00a0c91e6bf6`;
  const caller = `+1555${number.slice(-4)}`;
  const branch = `z9hG4bK${number}`;
  const port = 5070 + index;
  const instance = `<urn:uuid:${id}>`;
  return {
    uri: `sip:+1556${number.slice(-4)}@rejoin.test`,
    headers: {
      Via: `SIP/2.0/UDP 127.0.0.1:5060;branch=${branch};rport`,
      'Max-Forwards': '70',
      Route: '<sip:127.0.0.1:5062;lr>',
      From: `"Alice" <sip:${caller}@rejoin.test>;tag=${number}`,
      To: `<sip:+1556${number.slice(-4)}@rejoin.test>`,
      'Call-ID': `${number}@pc33.rejoin.test`,
      CSeq: `${314_159 + index} INVITE`,
      Contact: `<sip:${caller}@127.0.0.1:${port}>;+sip.instance="${instance}"`,
      'Accept-Contact': '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"',
      'Contribution-ID': id,
      'Conversation-ID': `abcdef${number.slice(-2)}-1234-5678-90ab-cdef01234567`,
      Supported: 'timer, replaces',
      'Session-Expires': '1800;refresher=uac',
      'User-Agent':
        'CPM-client/OMA2.2 RCS-client/UP_2.4 term-Example/Phone-3-BUILD1234 client-Example/7.1.0 OS-Example/14 Channel/Store',
      'Content-Length': '0',
    },
    typedUri: { scheme: 'sip', user: `+1556${number.slice(-4)}`, host: 'rejoin.test', params: {} },
    typed: {
      Via: [
        {
          protocol: 'SIP/2.0',
          transport: 'UDP',
          host: '127.0.0.1',
          port: 5060,
          params: { branch, rport: '' },
        },
      ],
      'Max-Forwards': 70,
      Route: [{ uri: 'sip:127.0.0.1:5062;lr', params: {} }],
      From: { address: `"Alice" <sip:${caller}@rejoin.test>`, tag: number },
      CSeq: { number: 314_159 + index, method: 'INVITE' },
      Contact: [{ uri: `sip:${caller}@127.0.0.1:${port}`, params: { '+sip.instance': instance } }],
      'Content-Length': 0,
    },
  };
}

/** The request as SIP writes it. */
export function textOf({ uri, headers }: Invite): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`INVITE ${uri} SIP/2.0`, ...lines, '', ''].join('\r\n');
}
