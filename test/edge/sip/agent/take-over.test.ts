import { expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { fromTag } from '../../../../edge/sip/tags.ts';
import { at, inviteDraft, sdp, sdpType } from './draft.ts';
import { a, b, called, calling, contact } from './established.ts';
import { Peer, written } from './peer.ts';
import { Side, World } from './world.ts';

test('a dialog that was kept is taken up by another agent and goes on [RFC 3261 12]', () => {
  const { side, dialog, tags } = called();
  const state = side.agent.dialogState(dialog)!;
  const world = new World();
  const other = new Side(world, a);
  const peer = new Peer(world, b);
  const taken = other.agent.restore({ ...state, localSequence: 100 });
  expect(other.agent.restore(state)).toBe(taken);
  expect(other.agent.counts.dialogs).toBe(1);
  const handle = other.do((agent, now) =>
    agent.reinvite(now, taken, { headers: [sdpType], body: sdp }),
  );
  world.run(5);
  const request = peer.requests('INVITE')[0]!;
  expect(header(request, 'CSeq')).toBe('101 INVITE');
  expect(header(request, 'Call-ID')).toBe('call');
  peer.answer(a, request, 200, [contact]);
  expect(other.last('response')).toMatchObject({ transaction: handle, status: 200 });
  peer.send(a, written('BYE', b, a, { ...tags, sequence: 50 }));
  expect(other.kinds).toEqual(['response', 'bye']);
});

test('an agent without room takes nothing up', () => {
  const { side, dialog } = called();
  const state = side.agent.dialogState(dialog)!;
  const other = new Side(new World(), a, { limits: { dialogsMax: 0 } });
  const taken = other.agent.restore(state);
  expect(other.agent.dialogState(taken)).toBeUndefined();
});

test('a call can be pointed at another connection', () => {
  const { world, side, dialog } = calling();
  const target = { ...at('10.0.0.9', 'tcp'), flow: 'tcp:99' };
  side.agent.redirect(dialog, { target });
  side.agent.redirect('d99', { target });
  side.do((agent, now) => agent.bye(now, dialog));
  world.run(1);
  expect(world.carried.at(-1)).toMatchObject({ transport: 'tcp', to: '10.0.0.9' });
});

test('an agent knows the dialogs that are its own [RFC 3261 12.2.2]', () => {
  const { world, side, peer, send, tags } = called();
  send('INFO');
  const { request } = side.last('request');
  expect(side.agent.hasDialog(request)).toBe(true);
  const stranger = new Side(world, '10.0.0.3');
  expect(stranger.agent.hasDialog(request)).toBe(false);
  peer.send(a, written('MESSAGE', b, a, { callId: 'other' }));
  expect(side.agent.hasDialog(side.last('request').request)).toBe(false);
  expect(tags.toTag).toMatch(/^x1/);
});

test('an agent knows the transactions that are its own [RFC 3261 17.1.3, 17.2.3]', () => {
  const world = new World();
  const side = new Side(world, a);
  const peer = new Peer(world, b);
  side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  world.run(2);
  peer.answer(a, peer.requests('INVITE')[0]!, 180, [contact]);
  const { response } = side.last('progress');
  expect(side.agent.hasTransaction(response)).toBe(true);
  peer.send(a, written('INVITE', b, a));
  const { request } = side.last('invite');
  const cancel = { ...request, method: 'CANCEL' };
  const stranger = new Side(world, '10.0.0.3');
  for (const message of [response, request, cancel, { ...request, method: 'ACK' }]) {
    expect(side.agent.hasTransaction(message)).toBe(true);
    expect(stranger.agent.hasTransaction(message)).toBe(false);
  }
  expect(fromTag(peer.requests('INVITE')[0]!)).toMatch(/^x1/);
});

test('timers that nobody knows any more are nothing', () => {
  const { side, dialog } = calling();
  for (const timer of ['s99/J', 'z9hG4bKx/F', `${dialog}/2xx`, `${dialog}/never`, 'odd', 'x/y']) {
    side.do((agent, now) => agent.timer(now, timer));
  }
  expect(side.events).toEqual([]);
  side.do((agent, now) => agent.bye(now, 'd99'));
  side.do((agent, now) => agent.end(now, 'd99'));
  side.do((agent, now) => agent.cancel(now, 'd99'));
  side.do((agent, now) => agent.respond(now, 's99', { status: 200 }));
  side.do((agent, now) => agent.respond(now, dialog, { status: 200 }));
  expect(side.events).toEqual([]);
});

test('a connection is not taken up with its dialog; a UDP address is', () => {
  const { side, dialog } = called();
  const state = side.agent.dialogState(dialog)!;
  expect(state.target.flow).toBe('udp:10.0.0.2:5060');
  const other = new Side(new World(), a);
  expect(other.agent.dialogState(other.agent.restore(state))?.target).toEqual(state.target);
  const streamed = { ...state, callId: 'two', target: { ...at(b, 'tcp'), flow: 'tcp:7' } };
  const taken = other.agent.restore(streamed);
  expect(other.agent.dialogState(taken)?.target).toEqual(at(b, 'tcp'));
});

test('whoever waits for an answer of a place where nobody is any more is told at once [RFC 3261 8.1.3.1]', () => {
  const { world, side, dialog } = calling();
  const handle = side.do((agent, now) =>
    agent.reinvite(now, dialog, { headers: [sdpType], body: sdp }),
  );
  side.do((agent) => agent.unreachable({ host: '10.0.0.9', port: 5060 }));
  world.run(5);
  expect(side.kinds).not.toContain('response');
  side.do((agent) => agent.unreachable({ host: b, port: 5060 }));
  expect(side.last('response')).toMatchObject({ transaction: handle, status: 503 });
  side.do((agent) => agent.unreachable({ host: b, port: 5060 }));
  expect(side.kinds.filter((kind) => kind === 'response')).toHaveLength(1);
});
