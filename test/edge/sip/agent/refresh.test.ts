import { expect, test } from 'vitest';
import { printMultipart } from '../../../../edge/bytes/multipart.ts';
import { header } from '../../../../edge/sip/header.ts';
import { at, inviteDraft, sdp } from './draft.ts';
import { a, b, called, calling, contact } from './established.ts';
import { Peer } from './peer.ts';
import { Side, World } from './world.ts';

const timed = { sessionExpiresS: 600 };
const uac = 'Session-Expires: 600;refresher=uac';
const uas = 'Session-Expires: 600;refresher=uas';
const updates = 'Allow: INVITE, UPDATE';

test('the refresher sends UPDATE at half the interval, again and again [RFC 4028 7.4, 10]', () => {
  const { world, side, got, asked, answer } = calling(timed, [uac, updates]);
  world.run(299_990);
  expect(got()).toEqual([]);
  world.run(20);
  expect(got()).toEqual(['UPDATE']);
  expect(header(asked('UPDATE'), 'Session-Expires')).toBe('600;refresher=uac');
  expect(asked('UPDATE').body).toHaveLength(0);
  answer('UPDATE', 100, []);
  answer('UPDATE', 200, [uac]);
  world.run(300_000);
  expect(got()).toEqual(['UPDATE', 'UPDATE']);
  expect(side.events).toEqual([]);
});

test('a peer without UPDATE is refreshed by re-INVITE with the same description [RFC 4028 7.4]', () => {
  const { world, side, got, asked, answer } = calling(timed, [uac]);
  world.run(300_005);
  expect(asked('INVITE').body).toEqual(sdp);
  expect(header(asked('INVITE'), 'Content-Type')).toBe('application/sdp');
  expect(header(asked('INVITE'), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
  answer('INVITE', 200, [uac, contact]);
  expect(got()).toEqual(['INVITE', 'ACK']);
  expect(side.events).toEqual([]);
  world.run(300_000);
  expect(got()).toEqual(['INVITE', 'ACK', 'INVITE']);
});

test('the description is found in a multipart body, too [RFC 5366 4]', () => {
  const world = new World();
  const side = new Side(world, a, timed);
  const peer = new Peer(world, b);
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: 'application/resource-lists+xml', body: sdp.slice(0, 3) },
      { headers: [], contentType: 'application/sdp', body: sdp },
    ],
    'edge',
  );
  const draft = inviteDraft(a, b);
  const headers = [...draft.headers.slice(0, 3), { name: 'Content-Type', value: contentType }];
  side.do((agent, now) => agent.invite(now, { ...draft, headers, body }, at(b, 'tcp')));
  world.run(5);
  peer.answer(a, peer.requests('INVITE')[0]!, 200, [uac, contact]);
  world.run(300_005);
  expect(peer.requests('INVITE')[1]?.body).toEqual(sdp);
});

test('a peer that refuses UPDATE is refreshed by re-INVITE [RFC 4028 7.4]', () => {
  const { world, got, answer } = calling(timed, [uac, updates]);
  world.run(300_005);
  answer('UPDATE', 501);
  world.run(5);
  expect(got()).toEqual(['UPDATE', 'INVITE']);
});

test('the callee refreshes if that was settled, with its own description [RFC 4028 9]', () => {
  const { world, first, asked } = called(timed, ['Supported: timer', uas]);
  expect(header(first!, 'Session-Expires')).toBe('600;refresher=uas');
  world.run(300_005);
  expect(asked('INVITE').body).toEqual(sdp);
});

test('the callee asks the caller to refresh by Require [RFC 4028 9]', () => {
  const { first } = called(timed, ['Supported: timer', uac]);
  expect(header(first!, 'Require')).toBe('timer');
});

test('a peer that does not refresh is sent a BYE before the session ends [RFC 4028 10]', () => {
  const { world, side, got, dialog } = calling(timed, [uas]);
  world.run(567_990);
  expect(got()).toEqual([]);
  world.run(20);
  expect(got()).toEqual(['BYE']);
  expect(side.events).toEqual([{ kind: 'dialog-lost', dialog, loss: 'session-expired' }]);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('a refresh by the peer starts the time anew [RFC 4028 10]', () => {
  const { world, side, send, got } = calling(timed, [uas]);
  world.run(300_000);
  send('UPDATE', { more: ['Supported: timer', uac] });
  world.run(500_000);
  expect(got()).toEqual(['200 UPDATE']);
  expect(side.events).toEqual([]);
});

test('a re-INVITE by the peer refreshes the session, too [RFC 4028 10]', () => {
  const { world, side, send } = calling(timed, [uas]);
  world.run(300_000);
  send('INVITE', { more: ['Supported: timer', uac], body: 'v=0' });
  side.do((agent, now) => agent.respond(now, side.last('update').transaction, { status: 200 }));
  send('ACK');
  world.run(500_000);
  expect(side.kinds).toEqual(['update', 'acknowledged']);
});

test('without a timer in the answer nothing is refreshed and nothing ends [RFC 4028 7.2]', () => {
  const { world, side, got } = calling(timed);
  world.run(10_000_000);
  expect([got(), side.events, side.timers]).toEqual([[], [], []]);
});

test.each([
  [481, 'gone'],
  [408, 'session-expired'],
] as const)('a refresh that gets %i ends the call as %s [RFC 4028 10]', (status, loss) => {
  const { world, side, got, answer } = calling(timed, [uac, updates]);
  world.run(300_005);
  answer('UPDATE', status);
  world.run(5);
  expect(side.last('dialog-lost').loss).toBe(loss);
  expect(got()).toEqual(['UPDATE', 'BYE']);
});

test('silence on a refresh ends the call [RFC 4028 10]', () => {
  const { world, side } = calling(timed, [uac, updates]);
  world.run(333_000);
  expect(side.last('dialog-lost').loss).toBe('session-expired');
});

test('silence on a refresh by re-INVITE ends the call [RFC 4028 10]', () => {
  const { world, side } = calling(timed, [uac]);
  world.run(333_000);
  expect(side.kinds).toEqual(['dialog-lost']);
  expect(side.last('dialog-lost').loss).toBe('session-expired');
});

test('a refresh refused for a passing reason is tried again until the session ends [RFC 4028 10]', () => {
  const { world, side, peer, answer } = calling(timed, [uac, updates]);
  world.run(300_005);
  for (let tries = 0; tries < 4; tries++) {
    answer('UPDATE', 500);
    world.run(75_000);
  }
  expect(peer.requests('UPDATE').length).toBe(4);
  expect(side.last('dialog-lost').loss).toBe('session-expired');
});

test('a refresh that can not be sent is tried again', () => {
  const { world, side, got } = calling(timed, [uac, updates]);
  world.run(299_990);
  world.isBroken = () => true;
  world.run(100);
  world.isBroken = () => false;
  world.run(80_000);
  expect(got()[0]).toBe('UPDATE');
  expect(side.events).toEqual([]);
});

test('a longer interval is taken from 422, once [RFC 4028 7.3]', () => {
  const { world, side, asked, answer, got } = calling(timed, [uac, updates]);
  world.run(300_005);
  answer('UPDATE', 422, ['Min-SE: 900']);
  expect(header(asked('UPDATE'), 'Session-Expires')).toBe('900;refresher=uac');
  answer('UPDATE', 422, ['Min-SE: 1000']);
  expect(got()).toEqual(['UPDATE', 'UPDATE']);
  world.run(75_005);
  expect(got()).toEqual(['UPDATE', 'UPDATE', 'UPDATE']);
  expect(side.events).toEqual([]);
});

test('a refresh whose call has ended meanwhile changes nothing', () => {
  const { world, side, dialog, answer } = calling(timed, [uac, updates]);
  world.run(300_005);
  side.do((agent, now) => agent.end(now, dialog));
  answer('UPDATE', 200, [uac]);
  expect(side.timers.filter((name) => name.startsWith('d'))).toEqual([]);
});

test('a refresh by re-INVITE waits while the owner has one under way', () => {
  const { world, side, dialog, got, answer } = calling(timed, [uac]);
  world.run(299_990);
  side.do((agent, now) => agent.reinvite(now, dialog, { body: sdp }));
  world.run(20);
  expect(got()).toEqual(['INVITE']);
  answer('INVITE', 500);
  world.run(74_990);
  expect(got()).toEqual(['INVITE', 'ACK', 'INVITE']);
});

test('a refresh by re-INVITE that meets an open INVITE too often comes later', () => {
  const { world, side, send, got } = calling(timed, [uac]);
  send('INVITE', { body: 'v=0' });
  world.run(299_000 + 40_000);
  expect(got().filter((name) => name === 'INVITE')).toEqual([]);
  expect(side.events.map(({ kind }) => kind)).toEqual(['update']);
});

test('a refresh by re-INVITE refused for a passing reason is tried again', () => {
  const { world, side, got, answer } = calling(timed, [uac]);
  world.run(300_005);
  answer('INVITE', 500);
  world.run(75_005);
  expect(got()).toEqual(['INVITE', 'ACK', 'INVITE']);
  expect(side.events).toEqual([]);
});

test('without room for a transaction the refresh comes later', () => {
  const { world, side, got } = calling({ ...timed, limits: { transactionsMax: 1 } }, [
    uac,
    updates,
  ]);
  world.run(299_000);
  side.do((agent, now) => agent.request(now, { ...inviteDraft(a, b), method: 'MESSAGE' }, at(b)));
  world.run(33_000);
  expect(got()).not.toContain('UPDATE');
  world.run(43_500);
  expect(got()).toContain('UPDATE');
});

test('an UPDATE of the owner refreshes the session and moves the target [RFC 4028 7.4, RFC 3311 5.1]', () => {
  const { world, side, dialog, asked, answer, got } = calling(timed, [uac, updates]);
  world.run(200_000);
  side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'UPDATE', body: sdp }));
  world.run(5);
  expect(header(asked('UPDATE'), 'Session-Expires')).toBe('600;refresher=uac');
  answer('UPDATE', 200, [uac, 'Contact: <sip:moved@10.0.0.2>']);
  world.run(200_000);
  expect(got()).toEqual(['UPDATE']);
  expect(side.agent.dialogState(dialog)?.remoteTarget).toBe('sip:moved@10.0.0.2');
});
