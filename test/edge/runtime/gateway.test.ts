/** What an edge does with messages that may be another edge's: they go on, or are taken here. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { factoryUser, groupToken } from '../../../edge/runtime/gateway.ts';
import { headerValues } from '../../../edge/sip/header.ts';
import { flowToken } from '../../../edge/sip/proxy/flow-token.ts';
import {
  type Door,
  domain,
  fromClient,
  fromEdge,
  fromPeer,
  openDoor,
  request,
  response,
  userAt,
} from './door.ts';
import { type House, Street } from './street.ts';

let street: Street;
let houses: readonly [House, House, House];
let door: Door;
/** At home at this edge, `a`, and at `b`. */
let alice: string;
let bob: string;

beforeEach(async () => {
  vi.useFakeTimers();
  street = new Street();
  houses = await street.three();
  door = openDoor(houses[0]);
  alice = userAt(houses[0], 'a');
  bob = userAt(houses[0], 'b');
});

afterEach(async () => {
  await street.close();
  vi.useRealTimers();
});

function from(user: string): Readonly<Record<string, string>> {
  return { From: `<${user}>;tag=1` };
}

describe('a home', () => {
  test('of a user is the same whichever edge is asked [design 7]', () => {
    const others = houses.map((house) => openDoor(house).gateway.homeOf(bob));
    expect(others).toEqual(['b', 'b', 'b']);
    expect(door.gateway.targetOf(bob)).toEqual({ transport: 'tcp', host: 'b.test', port: 5060 });
    expect(door.gateway.targetOf(alice)).toBeUndefined();
    expect(door.gateway.targetOf('sip:g@focus.test')).toBeUndefined();
  });

  test('of a group is the edge that its identity names, as long as that lives [design 7]', async () => {
    const group = `sip:${groupToken('g1', 'c')}@${domain}`;
    expect(door.gateway.homeOf(group)).toBe('c');
    await street.kill(houses[2]);
    await street.heartbeats(4);
    expect(door.gateway.homeOf(group)).not.toBe('c');
    expect(openDoor(houses[1]).gateway.homeOf(group)).toBe(door.gateway.homeOf(group));
  });

  test('of the factory depends on the Contribution-ID, so that all edges have groups [design 7]', () => {
    const factory = `sip:${factoryUser}@${domain}`;
    const ids = Array.from({ length: 30 }, (_, index) => `hike${index}`);
    const homes = ids.map((id) => door.gateway.homeOf(factory, id));
    expect(new Set(homes)).toEqual(new Set(['a', 'b', 'c']));
    expect(ids.map((id) => openDoor(houses[2]).gateway.homeOf(factory, id))).toEqual(homes);
    expect(door.gateway.homeOf(factory)).toBe(openDoor(houses[1]).gateway.homeOf(factory));
  });
});

describe('a message that comes in', () => {
  test('is taken if its user is at home here', () => {
    const invite = request('INVITE', 'sip:g@focus.test', from(alice));
    expect(door.gateway.take(invite, fromClient)).toBe(invite);
    expect(door.sent).toEqual([]);
  });

  test("goes to its user's home, and the answer back to the client [RFC 5626 5.3]", () => {
    const invite = request('INVITE', 'sip:g@focus.test', from(bob));
    expect(door.gateway.take(invite, fromClient)).toBeUndefined();
    const [passed] = door.sent;
    expect(passed?.to).toBe('b.test:5060');
    const [via = ''] = passed === undefined ? [] : headerValues(passed.message, 'Via');
    const vias = `${via}, SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bKone`;
    expect(door.gateway.take(response(vias), fromEdge(houses[1]))).toBeUndefined();
    expect(door.sent[1]).toMatchObject({ to: 'tcp/7', message: { kind: 'response' } });
  });

  test('for a client whose connection is gone is answered 430 at once; an answer is not [RFC 5626 5.3.1]', () => {
    door.unreachable.add('tcp/7');
    const route = `<sip:a.test:5060;lr;edge=a;flow=${flowToken(fromClient)}>`;
    const invite = request('INVITE', 'sip:client@192.0.2.9', { ...from(bob), Route: route });
    expect(door.gateway.take(invite, fromEdge(houses[1]))).toBeUndefined();
    expect(door.sent.map(({ to }) => to)).toEqual(['tcp/7', 'tcp/b.test']);
    expect(door.sent[1]).toMatchObject({ message: { kind: 'response', status: 430 } });
    const ack = request('ACK', 'sip:client@192.0.2.9', { ...from(bob), Route: route });
    expect(door.gateway.take(ack, fromEdge(houses[1]))).toBeUndefined();
    expect(door.sent).toHaveLength(3);
  });

  test('that answers a request of this edge itself is taken', () => {
    const answer = response('SIP/2.0/TCP a.test:5060;branch=z9hG4bKown');
    expect(door.gateway.take(answer, fromEdge(houses[1]))).toBe(answer);
  });

  test('for a client of this edge goes out over its connection [RFC 5626 5.3]', () => {
    const route = `<sip:a.test:5060;transport=tcp;lr;edge=a;flow=${flowToken(fromClient)}>`;
    const invite = request('INVITE', 'sip:bob@192.0.2.9', { ...from(alice), Route: route });
    expect(door.gateway.take(invite, fromEdge(houses[1]))).toBeUndefined();
    expect(door.sent).toMatchObject([{ to: 'tcp/7', message: { method: 'INVITE' } }]);
  });

  test('for a client from who is no edge is refused, an ACK in silence [design 6.9, RFC 3261 17.1.1.3]', () => {
    const route = `<sip:a.test:5060;lr;edge=a;flow=${flowToken({ ...fromClient, id: 'tcp/1' })}>`;
    const way = { ...from(alice), Route: route };
    for (const method of ['INVITE', 'ACK']) {
      door.gateway.take(request(method, 'sip:bob@192.0.2.9', way), fromClient);
    }
    expect(door.sent).toMatchObject([{ to: 'tcp/7', message: { status: 403 } }]);
  });

  test('with no hop left is refused [RFC 3261 16.3]', () => {
    const last = { ...from(bob), 'Max-Forwards': '0' };
    door.gateway.take(request('INVITE', 'sip:g@focus.test', last), fromClient);
    expect(door.sent).toMatchObject([{ to: 'tcp/7', message: { status: 483 } }]);
  });

  test('that could not be sent on brings its edge into doubt [design 7]', () => {
    door.unreachable.add('b.test:5060');
    const invite = request('INVITE', 'sip:g@focus.test', { ...from(bob), Route: named('b') });
    expect(door.gateway.take(invite, fromClient)).toBeUndefined();
    expect(houses[0].neighbours.isAlive('b')).toBe(false);
  });
});

describe('a request within a dialog of an edge that is gone', () => {
  beforeEach(async () => {
    await street.kill(houses[2]);
    await street.heartbeats(4);
    alice = userAt(houses[0], 'a');
    bob = userAt(houses[0], 'b');
  });

  test('goes on to the home that its user has now, where the dialog was taken over [design 7]', () => {
    const headers = { ...from(bob), To: '<sip:g@focus.test>;tag=2', Route: named('c') };
    const bye = request('BYE', 'sip:g@focus.test', headers);
    expect(door.gateway.take(bye, fromClient)).toBeUndefined();
    expect(door.sent).toMatchObject([{ to: 'b.test:5060', message: { method: 'BYE' } }]);
    const other = openDoor(houses[1]);
    const [passed] = door.sent;
    if (passed?.message.kind !== 'request') throw new Error('nothing was sent');
    expect(other.gateway.take(passed.message, fromEdge(houses[0]))).toEqual(passed.message);
    expect(other.sent).toEqual([]);
  });

  test('of a peer goes on to the home of the user it is for [design 7]', () => {
    const headers = { From: '<sip:g@focus.test>;tag=2', To: `<${bob}>;tag=1` };
    const update = request('UPDATE', 'sip:bob@c.test:5060;edge=c', headers);
    expect(door.gateway.take(update, fromPeer)).toBeUndefined();
    expect(door.sent).toMatchObject([{ to: 'b.test:5060', message: { method: 'UPDATE' } }]);
  });

  test('is taken where its user is at home now', () => {
    const headers = { ...from(alice), To: '<sip:g@focus.test>;tag=2', Route: named('c') };
    const taken = door.gateway.take(request('BYE', 'sip:g@focus.test', headers), fromClient);
    expect(taken).toMatchObject({ method: 'BYE' });
    expect(door.sent).toEqual([]);
  });
});

describe('a request that came to its home', () => {
  test('goes on to the edge that has what it is about, which keeps it [design 7]', () => {
    const invite = request('INVITE', 'sip:g@focus.test', from(alice));
    expect(door.gateway.mayBeOthers(invite, fromClient)).toBe(true);
    expect(door.gateway.giveToOwner(invite, fromClient, 'c')).toBe(true);
    const [passed] = door.sent;
    expect(passed?.to).toBe('c.test:5060');
    const owner = openDoor(houses[2]).gateway;
    if (passed?.message.kind !== 'request') throw new Error('nothing was sent');
    expect(owner.take(passed.message, fromEdge(houses[0]))).toBe(passed.message);
    expect(owner.mayBeOthers(passed.message, fromEdge(houses[0]))).toBe(false);
    expect(owner.mayBeOthers(passed.message, fromClient)).toBe(true);
  });

  test('stays if that edge is not there', () => {
    const last = { ...from(alice), 'Max-Forwards': '0' };
    const invite = request('INVITE', 'sip:g@focus.test', last);
    expect(door.gateway.giveToOwner(invite, fromClient, 'x')).toBe(false);
    expect(door.sent).toEqual([]);
  });

  test('with no hop left for the way there is refused as that [RFC 3261 16.3]', () => {
    const last = request('INVITE', 'sip:g@focus.test', { ...from(alice), 'Max-Forwards': '0' });
    expect(door.gateway.giveToOwner(last, fromClient, 'c')).toBe(true);
    expect(door.sent).toMatchObject([{ to: 'tcp/7', message: { status: 483 } }]);
  });

  test('may be asked again after it was refused [RFC 3261 21.5.4]', () => {
    door.gateway.refuse(request('INVITE', 'sip:g@focus.test', from(alice)), fromClient);
    expect(door.sent).toMatchObject([{ to: 'tcp/7', message: { status: 503 } }]);
  });
});

describe('with an IMS core', () => {
  test('a REGISTER of who is not trusted is answered here, and not passed on as if a core had sent it [PFT-009]', () => {
    const byCore = openDoor(houses[0], true);
    const register = request('REGISTER', `sip:${domain}`, { ...from(bob), To: `<${bob}>` });
    expect(byCore.gateway.take(register, fromClient)).toBe(register);
    expect(byCore.gateway.take(register, fromPeer)).toBeUndefined();
    expect(byCore.sent).toMatchObject([{ to: 'b.test:5060' }]);
    expect(door.gateway.take(register, fromClient)).toBeUndefined();
  });
});

function named(edge: string): string {
  return `<sip:${edge}.test:5060;lr;edge=${edge}>`;
}
