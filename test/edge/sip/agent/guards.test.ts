/** What the parts do when they are asked for something that isn't there: nothing. An agent never asks them so. */
import { expect, test } from 'vitest';
import { newCore, sendWithin } from '../../../../edge/sip/agent/core.ts';
import { cancelled, repeatAnswer, withContact } from '../../../../edge/sip/agent/incoming-call.ts';
import { settingsOf } from '../../../../edge/sip/agent/options.ts';
import { cancelExpired } from '../../../../edge/sip/agent/outgoing-call.ts';
import { refreshLater } from '../../../../edge/sip/agent/session-run.ts';
import { newCall, updateDialog } from '../../../../edge/sip/agent/usage.ts';
import { emptyBody, type SipRequest, type SipResponse } from '../../../../edge/sip/message.ts';

const flow = { id: 'udp:b:1', transport: 'udp', host: 'b', port: 1 } as const;

const invite: SipRequest = {
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:a',
  headers: [],
  body: emptyBody,
};

function core() {
  return newCore(
    settingsOf({
      name: 'x',
      newToken: () => 'token',
      sentBy: () => 'a',
      serverHeader: 'test',
      sessionExpiresS: 0,
      minSessionExpiresS: 90,
      allow: [],
      supported: [],
    }),
  );
}

test('a call without a dialog sends nothing within it', () => {
  const parts = core();
  const call = newCall('d1', 'confirmed');
  expect(sendWithin(parts, call, { method: 'BYE' }, () => ({ kind: 'silent' }))).toBeUndefined();
  updateDialog(call, (dialog) => dialog);
  expect(withContact(call)).toEqual([]);
  expect(parts.outbox.drain()).toEqual([]);
});

test('a timer of something that is over does nothing', () => {
  const parts = core();
  const call = newCall('d1', 'confirmed');
  repeatAnswer(parts, call, 0);
  cancelExpired(parts, call);
  refreshLater(parts, call);
  expect(parts.outbox.drain()).toEqual([]);
});

test('an INVITE that no call was made of can be cancelled', () => {
  const parts = core();
  const via = { protocol: 'SIP/2.0', transport: 'UDP', host: 'b', params: [] };
  const transaction = parts.servers.open(invite, via, flow);
  cancelled(parts, transaction, invite);
  expect(parts.outbox.drain().map(({ kind }) => kind)).not.toContain('sip-event');
});

test('transactions that are unknown are neither cancelled nor answered', () => {
  const parts = core();
  parts.clients.cancel('none', []);
  parts.servers.respondTo('s9', { status: 200 });
  parts.servers.respondTo(undefined, { status: 200 });
  expect(parts.servers.timer('s9', 'J')).toBeUndefined();
  parts.servers.respondStateless(invite, flow, { status: 503 });
  const response: SipResponse = {
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: [],
    body: emptyBody,
  };
  expect(parts.clients.receive(response)).toBeUndefined();
  expect(parts.outbox.drain()).toEqual([]);
});
