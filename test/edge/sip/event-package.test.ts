import { expect, test } from 'vitest';
import { packageRefusal } from '../../../edge/sip/event-package.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';

const conference = { name: 'conference', contentType: 'application/conference-info+xml' };

function subscribe(...headers: readonly (readonly [string, string])[]): SipRequest {
  return {
    kind: 'request',
    method: 'SUBSCRIBE',
    uri: 'sip:group@rejoin.test',
    headers: headers.map(([name, value]): Header => ({ name, value })),
    body: new Uint8Array(),
  };
}

test.each(['conference', 'Conference ; id=4'])(
  'the Event %j is the package [RFC 6665 8.2.1]',
  (event) => {
    expect(packageRefusal(subscribe(['Event', event]), conference)).toBeUndefined();
  },
);

test.each([[], [['Event', '']], [['Event', 'presence']], [['Event', 'conference.winfo']]] as const)(
  'another package is 489 with the one that there is: %j [RFC 6665 4.2.1.1]',
  (...headers) => {
    expect(packageRefusal(subscribe(...headers), conference)).toEqual({
      status: 489,
      headers: [{ name: 'Allow-Events', value: 'conference' }],
    });
  },
);

test.each([
  'application/conference-info+xml',
  'text/plain, Application/Conference-Info+XML;q=0.5',
  'application/*',
  '*/*',
])('who takes %s is served [RFC 3261 20.1]', (accept) => {
  const request = subscribe(['Event', 'conference'], ['Accept', accept]);
  expect(packageRefusal(request, conference)).toBeUndefined();
});

test.each(['text/plain', 'text/*', '', 'application/pidf+xml, multipart/related'])(
  'who takes only %j gets 406 with the type that there is [RFC 3261 20.1, 21.4.7]',
  (accept) => {
    const request = subscribe(['Event', 'conference'], ['Accept', accept]);
    expect(packageRefusal(request, conference)).toEqual({
      status: 406,
      headers: [{ name: 'Accept', value: 'application/conference-info+xml' }],
    });
  },
);
