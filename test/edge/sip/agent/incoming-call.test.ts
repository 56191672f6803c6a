import { expect, test } from 'vitest';
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import { toTag } from '../../../../edge/sip/tags.ts';
import { answerDraft } from './draft.ts';
import { Peer, type Written, written } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

const a = '10.0.0.1';
const b = '10.0.0.2';

function called(more: readonly string[] = [], options: Partial<UserAgentOptions> = {}) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  peer.send(a, written('INVITE', b, a, { more }));
  const { dialog } = side.last('invite');
  const respond = (status: number) => {
    side.do((agent, now) => agent.respond(now, dialog, { ...answerDraft(a), status }));
    world.run(2);
  };
  const ownTag = () => {
    const last = peer.responses().at(-1);
    return last === undefined ? '' : toTag(last);
  };
  const send = (method: string, parts: Written = {}) =>
    peer.send(
      a,
      written(method, b, a, {
        toTag: method === 'CANCEL' ? '' : ownTag(),
        sequence: 2,
        ...parts,
      }),
    );
  const got = () => peer.received.map((message) => nameOf({ message }));
  return { world, side, peer, dialog, respond, ownTag, send, got };
}

test('an INVITE that waits gets a 100 without a tag after 200 ms [RFC 3261 17.2.1]', () => {
  const { world, peer, got } = called(['Timestamp: 54']);
  world.run(190);
  expect(got()).toEqual([]);
  world.run(20);
  expect(got()).toEqual(['100 INVITE']);
  expect(toTag(peer.responses()[0]!)).toBeUndefined();
  expect(header(peer.responses()[0]!, 'Timestamp')).toBe('54');
});

test('an answer repeats the way it came and names our end of the dialog [RFC 3261 8.2.6, 12.1.1]', () => {
  const { world, peer, respond } = called(['Record-Route: <sip:p1;lr>, <sip:p2;lr>']);
  respond(180);
  respond(200);
  world.run(5);
  const [ringing, ok] = peer.responses();
  expect(header(ringing!, 'Via')).toBe(
    'SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKINVITE1;received=10.0.0.2;rport=5060',
  );
  expect(headerValues(ok!, 'Record-Route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
  expect(header(ok!, 'Contact')).toBe('<sip:b@10.0.0.1:5060>');
  expect(header(ok!, 'Server')).toBe('CPM-serv/OMA2.0 rejoin/test');
  expect(headerValues(ok!, 'Allow')).toContain('INVITE');
  expect(toTag(ok!)).toMatch(/^x1/);
  expect(toTag(ok!)).toBe(toTag(ringing!));
});

test('a 2xx is repeated until its ACK comes, from T1 up to T2 [RFC 3261 13.3.1.4]', () => {
  const { world, side, respond, send, got } = called();
  respond(200);
  world.run(12_000);
  expect(got()).toHaveLength(6);
  send('ACK', { sequence: 1 });
  send('ACK', { sequence: 1 });
  world.run(60_000);
  expect(got()).toHaveLength(6);
  expect(side.kinds).toEqual(['invite', 'acknowledged']);
  expect(side.timers).toEqual([]);
});

test('without an ACK the call is lost and ended by BYE after 64*T1 [RFC 3261 13.3.1.4]', () => {
  const { world, side, dialog, respond, got } = called();
  respond(200);
  world.run(32_100);
  expect(side.last('dialog-lost')).toEqual({ kind: 'dialog-lost', dialog, loss: 'no-ack' });
  expect(got().slice(-2)).toEqual(['200 INVITE', 'BYE']);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('a BYE of ours waits for the ACK [RFC 3261 15]', () => {
  const { world, side, dialog, respond, send, got } = called();
  respond(200);
  const bye = side.do((agent, now) => agent.bye(now, dialog));
  expect(side.do((agent, now) => agent.bye(now, dialog))).toBe(bye);
  world.run(100);
  expect(got()).toEqual(['200 INVITE']);
  send('INFO');
  send('ACK', { sequence: 1 });
  expect(got()).toEqual(['200 INVITE', '481 INFO', 'BYE']);
  expect(side.kinds).toEqual(['invite']);
});

test('a BYE that waits in vain for the ACK goes out after 64*T1 [RFC 3261 15]', () => {
  const { world, side, dialog, respond, got } = called();
  respond(200);
  side.do((agent, now) => agent.bye(now, dialog));
  world.run(32_100);
  expect(got().at(-1)).toBe('BYE');
  expect(side.kinds).toEqual(['invite']);
});

test('a BYE of the other side takes the place of ours that waits', () => {
  const { side, dialog, respond, send, got } = called();
  respond(200);
  const bye = side.do((agent, now) => agent.bye(now, dialog));
  send('BYE');
  expect(got()).toEqual(['200 INVITE', '200 BYE']);
  expect(side.kinds).toEqual(['invite', 'response']);
  expect(side.last('response')).toMatchObject({ transaction: bye, status: 481 });
});

test('goodbye before an answer is a refusal [RFC 3261 15]', () => {
  const { world, side, dialog, got } = called();
  expect(side.do((agent, now) => agent.bye(now, dialog))).toBeUndefined();
  world.run(10);
  expect(got()).toEqual(['480 INVITE']);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('a refusal ends the call, and later answers do nothing [RFC 3261 13.3.1.3]', () => {
  const { world, side, respond, got } = called();
  respond(486);
  respond(200);
  world.run(10);
  expect(got()).toEqual(['486 INVITE']);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('a CANCEL ends an INVITE that has no answer [RFC 3261 9.2]', () => {
  const { side, peer, respond, got, send } = called();
  respond(180);
  send('CANCEL', { sequence: 1, branch: 'INVITE1', more: ['Reason: SIP;cause=200'] });
  send('CANCEL', { sequence: 1, branch: 'INVITE1' });
  expect(got()).toEqual(['180 INVITE', '200 CANCEL', '487 INVITE', '200 CANCEL']);
  const [ringing, ok, over] = peer.responses();
  expect(toTag(ok!)).toBe(toTag(ringing!));
  expect(toTag(over!)).toBe(toTag(ringing!));
  expect(side.kinds).toEqual(['invite', 'cancelled']);
  expect(header(side.last('cancelled').request, 'Reason')).toBe('SIP;cause=200');
});

test('a CANCEL has the tag of the INVITE even before any answer [RFC 3261 9.2]', () => {
  const { peer } = called();
  peer.send(a, written('CANCEL', b, a, { branch: 'INVITE1' }));
  const [first, second] = peer.responses();
  expect(toTag(first!)).toBe(toTag(second!));
});

test('a CANCEL after the answer changes nothing [RFC 3261 9.2]', () => {
  const { side, respond, got, send } = called();
  respond(200);
  send('CANCEL', { sequence: 1, branch: 'INVITE1' });
  expect(got()).toEqual(['200 INVITE', '200 CANCEL']);
  expect(side.kinds).toEqual(['invite']);
});

test('a CANCEL of nothing gets 481 [RFC 3261 9.2]', () => {
  const { send, got } = called();
  send('CANCEL', { sequence: 1, branch: 'other' });
  expect(got()).toEqual(['481 CANCEL']);
});

test('a BYE in the early dialog is answered, and the INVITE too [RFC 3261 15.1.2]', () => {
  const { side, respond, send, got } = called();
  respond(180);
  send('BYE');
  expect(got()).toEqual(['180 INVITE', '200 BYE', '487 INVITE']);
  expect(side.kinds).toEqual(['invite', 'bye']);
});

test('an INVITE that the owner forgets is answered for it', () => {
  const { world, side, dialog, respond, got } = called();
  respond(180);
  world.run(600_100);
  expect(got()).toContain('408 INVITE');
  expect(side.last('dialog-lost')).toEqual({ kind: 'dialog-lost', dialog, loss: 'gone' });
});

test('a Contact that the owner leaves out is made up [RFC 3261 12.1.1]', () => {
  const { world, side, peer, dialog } = called();
  side.do((agent, now) => agent.respond(now, dialog, { status: 200 }));
  world.run(5);
  expect(header(peer.responses()[0]!, 'Contact')).toBe('<sip:10.0.0.1:5060>');
  expect(side.agent.dialogState(dialog)).toMatchObject({ localContact: '<sip:10.0.0.1:5060>' });
});

test('routes that the owner adds to its answer stand before those of the request', () => {
  const { world, side, peer, dialog } = called(['Record-Route: <sip:p1;lr>']);
  const headers = [{ name: 'Record-Route', value: '<sip:own;lr>' }];
  side.do((agent, now) => agent.respond(now, dialog, { status: 200, headers }));
  world.run(5);
  expect(headerValues(peer.responses()[0]!, 'Record-Route')).toEqual([
    '<sip:own;lr>',
    '<sip:p1;lr>',
  ]);
});

test('a 2xx that can not be sent is repeated all the same', () => {
  const { world, side, respond, got } = called();
  world.isBroken = () => true;
  respond(200);
  world.run(100);
  world.isBroken = () => false;
  world.run(1000);
  expect(got()).toEqual(['200 INVITE']);
  expect(side.kinds).toEqual(['invite']);
});

test('within the process a 2xx is sent once [RFC 3261 13.3.1.4]', () => {
  const world = new World();
  const side = new Side(world, a);
  const peer = new Peer(world, b);
  peer.send(a, written('INVITE', b, a), { transport: 'local' });
  const { dialog } = side.last('invite');
  side.do((agent, now) => agent.respond(now, dialog, answerDraft(a)));
  world.run(31_000);
  expect(peer.received).toHaveLength(1);
  world.run(2000);
  expect(side.last('dialog-lost').loss).toBe('no-ack');
});

test('the owner may send the 100 itself, which has no Contact [RFC 3261 8.2.6.1]', () => {
  const { world, side, peer, dialog, got } = called();
  side.do((agent, now) => agent.respond(now, dialog, { status: 100 }));
  world.run(1000);
  expect(got()).toEqual(['100 INVITE']);
  expect(header(peer.responses()[0]!, 'Contact')).toBeUndefined();
});
