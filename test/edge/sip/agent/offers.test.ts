import { expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { toTag as tagOf } from '../../../../edge/sip/tags.ts';
import { sdp, sdpType } from './draft.ts';
import { a, b, called, calling } from './established.ts';
import { Peer, written } from './peer.ts';
import { Side, World } from './world.ts';

test('a re-INVITE is answered by the owner and its ACK is told [RFC 3261 14.2]', () => {
  const { world, side, send, answered, got, dialog } = calling();
  send('INVITE', { body: 'v=0' });
  const { transaction } = side.last('update');
  side.do((agent, now) => agent.respond(now, transaction, { status: 180 }));
  side.do((agent, now) =>
    agent.respond(now, transaction, { status: 200, headers: [sdpType], body: sdp }),
  );
  world.run(5);
  expect(header(answered(), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
  send('ACK');
  expect(side.kinds).toEqual(['update', 'acknowledged']);
  expect(side.last('acknowledged').dialog).toBe(dialog);
  expect(got()).toEqual(['180 INVITE', '200 INVITE']);
});

test('a re-INVITE moves the remote target [RFC 3261 12.2.2]', () => {
  const { side, send, dialog } = called();
  send('INVITE', { more: ['Contact: <sip:new@10.0.0.9:5099>'] });
  expect(side.agent.dialogState(dialog)?.remoteTarget).toBe('sip:b@10.0.0.2:5060');
  send('INFO', { sequence: 11 });
  expect(side.agent.dialogState(dialog)).toMatchObject({ remoteSequence: 11 });
});

test('a second re-INVITE before the answer to the first gets 500 and a time to wait [RFC 3261 14.2]', () => {
  const { send, answered, got } = calling();
  send('INVITE', { body: 'v=0' });
  send('INVITE', { body: 'v=0', sequence: 11 });
  expect(got()).toEqual(['500 INVITE']);
  expect(header(answered(), 'Retry-After')).toBe('5');
});

test('a re-INVITE that meets ours gets 491 [RFC 3261 14.2]', () => {
  const { world, side, send, got, dialog } = calling();
  side.do((agent, now) => agent.reinvite(now, dialog, { body: sdp }));
  world.run(5);
  send('INVITE', { body: 'v=0' });
  send('UPDATE', { body: 'v=0', sequence: 11 });
  expect(got()).toEqual(['INVITE', '491 INVITE', '491 UPDATE']);
});

test('a re-INVITE that is given up leaves the call as it was [RFC 3261 9.2]', () => {
  const { side, send, got, dialog } = calling();
  send('INVITE', { body: 'v=0' });
  send('CANCEL', { branch: 'INVITE10', toTag: '' });
  expect(got()).toEqual(['200 CANCEL', '487 INVITE']);
  expect(side.kinds).toEqual(['update']);
  side.do((agent, now) => agent.respond(now, side.last('update').transaction, { status: 200 }));
  expect(side.agent.dialogState(dialog)).toBeDefined();
});

test('a re-INVITE that the owner forgets is answered for it', () => {
  const { world, side, send, got } = calling();
  send('INVITE', { body: 'v=0' });
  world.run(600_100);
  expect(got()).toContain('408 INVITE');
  expect(side.agent.counts.dialogs).toBe(1);
  expect(side.kinds).toEqual(['update']);
});

test('an unacknowledged answer to a re-INVITE ends the call [RFC 3261 13.3.1.4]', () => {
  const { world, side, send, got } = calling();
  send('INVITE', { body: 'v=0' });
  side.do((agent, now) => agent.respond(now, side.last('update').transaction, { status: 200 }));
  world.run(32_100);
  expect(side.last('dialog-lost').loss).toBe('no-ack');
  expect(got().at(-1)).toBe('BYE');
});

test('an UPDATE without a body is a refresh and is answered at once [RFC 3311 5.2, RFC 4028 9]', () => {
  const { side, send, answered } = calling();
  send('UPDATE', { more: ['Supported: timer', 'Session-Expires: 600;refresher=uac'] });
  expect(answered().status).toBe(200);
  expect(header(answered(), 'Session-Expires')).toBe('600;refresher=uac');
  expect(header(answered(), 'Require')).toBe('timer');
  expect(header(answered(), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
  expect(side.events).toEqual([]);
});

test('an UPDATE with an offer goes to the owner, one at a time [RFC 3311 5.2]', () => {
  const { world, side, send, got, answered } = calling();
  send('UPDATE', { body: 'v=0' });
  send('UPDATE', { body: 'v=0', sequence: 11 });
  const { transaction } = side.last('update');
  side.do((agent, now) => agent.respond(now, transaction, { status: 100 }));
  side.do((agent, now) =>
    agent.respond(now, transaction, { status: 200, headers: [sdpType], body: sdp }),
  );
  world.run(5);
  expect(got()).toEqual(['500 UPDATE', '100 UPDATE', '200 UPDATE']);
  expect(answered().body).toEqual(sdp);
  send('UPDATE', { body: 'v=0', sequence: 12 });
  side.do((agent, now) => agent.respond(now, side.last('update').transaction, { status: 488 }));
  world.run(5);
  expect(got().at(-1)).toBe('488 UPDATE');
});

test('an UPDATE that the owner forgets makes room for the next [RFC 4320 4.2]', () => {
  const { world, side, send, got } = calling();
  send('UPDATE', { body: 'v=0' });
  world.run(32_100);
  expect(got()).toEqual([]);
  send('UPDATE', { body: 'v=0', sequence: 11 });
  expect(side.kinds).toEqual(['update', 'update']);
});

test('what waits for the owner when the other side ends the call is answered with 487 [RFC 3261 15.1.2]', () => {
  const { side, send, got } = calling();
  send('UPDATE', { body: 'v=0' });
  send('BYE', { sequence: 11 });
  expect(got()).toEqual(['200 BYE', '487 UPDATE']);
  side.do((agent, now) => agent.respond(now, side.last('update').transaction, { status: 200 }));
  expect(side.kinds).toEqual(['update', 'bye']);
});

test('an UPDATE before the answer starts no session timer [RFC 4028 9]', () => {
  const world = new World();
  const side = new Side(world, a, { sessionExpiresS: 600 });
  const peer = new Peer(world, b);
  peer.send(a, written('INVITE', b, a));
  side.do((agent, now) => agent.respond(now, side.last('invite').dialog, { status: 180 }));
  world.run(2);
  const toTag = tagOf(peer.responses()[0]!);
  peer.send(a, written('UPDATE', b, a, { toTag, sequence: 2 }));
  expect(peer.responses()[1]?.status).toBe(200);
  expect(header(peer.responses()[1]!, 'Session-Expires')).toBeUndefined();
  expect(side.timers.filter((name) => name.startsWith('d'))).toEqual([]);
});
