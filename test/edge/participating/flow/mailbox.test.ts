/** Standalone messages and notifications: passed on, kept, handed over (004 5.2.5, 001 8.3.2.9.1.1). */
import { describe, expect, test } from 'vitest';
import { utf8Decode } from '../../../../edge/bytes/text.ts';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { alice, bob, registered, requestsOf } from './scene.ts';
import { message, type Sending, sdpOf, sending } from './users.ts';

/** Where the focus listens here. */
const otherEdge = { transport: 'udp', host: 'cf.test', port: 5060 } as const;

function imdn(about: string, kind: 'delivery' | 'display' = 'delivery'): string {
  const status = kind === 'delivery' ? 'delivered' : 'displayed';
  const text = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${about}</message-id><${kind}-notification><status><${status}/></status></${kind}-notification></imdn>`;
  return chat({ from: bob, to: alice, id: `n-${about}`, text, type: 'message/imdn+xml' });
}

function textsOf(client: Client): readonly string[] {
  return requestsOf(client, 'MESSAGE').map(
    ({ body }) => utf8Decode(body).split('\r\n\r\n').at(-1) ?? '',
  );
}

function statuses(client: Client): readonly number[] {
  return client.responses.map(({ status }) => status).filter((status) => status !== 401);
}

function fine({ world }: Sending): void {
  expect(world.functions.problems).toEqual([]);
}

describe('a standalone message', () => {
  test("is passed on to a client that is there, whose answer is the sender's [PFT-121]", async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    phone.register();
    await world.run(100);
    const before = statuses(sender).length;
    sender.page(bob, message('m1', 'hello'), [{ name: 'Contribution-ID', value: 'c-1' }]);
    await world.run(200);
    expect(textsOf(phone)).toEqual(['hello']);
    expect(statuses(sender).slice(before)).toEqual([200]);
    const [got] = requestsOf(phone, 'MESSAGE');
    expect(header(got as SipRequest, 'P-Asserted-Identity')).toBe(`<${alice}>`);
    expect(header(got as SipRequest, 'Contribution-ID')).toBe('c-1');
    expect(world.edge.participating.size).toBe(0);
    fine(all);
  });

  test('that a client refuses is refused to its sender, and not kept [PFT-107]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    phone.register();
    phone.manners.request = 415;
    await world.run(100);
    sender.page(bob, message('m1', 'hello'));
    await world.run(200);
    expect(statuses(sender).at(-1)).toBe(415);
    expect(await world.state('bob', 'standalone')).toBeUndefined();
    fine(all);
  });

  test('is kept for a user who is away, and brought unchanged and in order at the registration, once [PFT-107, PFT-121, PFT-122, PFT-129]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    const before = statuses(sender).length;
    for (const text of ['one', 'two', 'three']) {
      sender.page(bob, message(`m-${text}`, text), [{ name: 'Contribution-ID', value: text }]);
      await world.run(50);
    }
    expect(statuses(sender).slice(before)).toEqual([202, 202, 202]);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    phone.register();
    await world.run(500);
    expect(textsOf(phone)).toEqual(['one', 'two', 'three']);
    const ids = requestsOf(phone, 'MESSAGE').map((got) => header(got, 'Contribution-ID'));
    expect(ids).toEqual(['one', 'two', 'three']);
    phone.register();
    await world.run(500);
    expect(textsOf(phone)).toHaveLength(3);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('gone');
    fine(all);
  });

  test('goes behind what is being brought [PFT-122]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    for (const text of ['one', 'two']) sender.page(bob, message(`m-${text}`, text));
    await world.run(100);
    phone.manners.request = 'leave';
    phone.register();
    await world.run(50);
    sender.page(bob, message('m-three', 'three'));
    await world.run(100);
    phone.manners.request = 200;
    await world.run(60_000);
    phone.register();
    await world.run(60_000);
    expect([...new Set(textsOf(phone))]).toEqual(['one', 'two', 'three']);
    expect(statuses(sender).at(-1)).toBe(202);
    fine(all);
  });

  test('is kept when the client that was there does not answer [PFT-145]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    phone.register();
    await world.run(100);
    phone.manners.request = 'leave';
    sender.page(bob, message('m1', 'hello'));
    await world.run(11_000);
    expect(statuses(sender).at(-1)).toBe(202);
    phone.manners.request = 200;
    await world.run(40_000);
    phone.register();
    await world.run(1_000);
    expect(new Set(textsOf(phone))).toEqual(new Set(['hello']));
    expect((await world.state('bob', 'standalone'))?.phase ?? 'gone').toBe('gone');
    fine(all);
  });

  test('is brought to each client of the user, and is delivered when one has taken it [PFT-125]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    const tablet = world.client('tablet', 'bob');
    phone.register();
    tablet.register();
    tablet.manners.request = 480;
    await world.run(100);
    sender.page(bob, message('m1', 'hello'));
    await world.run(200);
    expect([textsOf(phone), textsOf(tablet)]).toEqual([['hello'], ['hello']]);
    expect(statuses(sender).at(-1)).toBe(200);
    fine(all);
  });

  test('to a user whose home is another edge goes there, and is not kept here [design 7]', async () => {
    const isElsewhere = (user: string): boolean => user === bob;
    const { world, sender } = await sending({ isElsewhere, resolve: () => otherEdge });
    sender.page(bob, message('m1', 'hello'));
    await world.run(100);
    expect(requestsOf(world.focus, 'MESSAGE')).toHaveLength(1);
    expect(await world.state('bob', 'standalone')).toBeUndefined();
  });

  test('to somebody whom nobody knows goes to the network of its address', async () => {
    const all = await sending();
    all.sender.page('sip:x@cf.test', message('m1', 'hello'));
    await all.world.run(100);
    expect(requestsOf(all.world.focus, 'MESSAGE')).toHaveLength(1);
  });

  test('to an address of ours that nobody has is answered 404 [RFC 3261 21.4.5]', async () => {
    const here = { transport: 'local', host: 'focus.invalid', port: 2 } as const;
    const { world, sender } = await sending({ resolve: () => here });
    sender.page('sip:nobody@rejoin.test', message('m1', 'hello'));
    await world.run(100);
    expect(statuses(sender).at(-1)).toBe(404);
  });

  test('is refused for now when the store does not answer [design 6.1]', async () => {
    const all = await sending();
    all.world.edge.lookups = 'fault';
    all.sender.page(bob, message('m1', 'hello'));
    await all.world.run(100);
    expect(statuses(all.sender).at(-1)).toBe(503);
  });
});

describe('a notification', () => {
  test('goes to the sender of the message when the device reports, and not before [PFB-002, PFB-034]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    sender.page(bob, message('m1', 'hello'));
    await world.run(100);
    phone.register();
    await world.run(300);
    expect(requestsOf(sender, 'MESSAGE')).toEqual([]);
    phone.page(alice, imdn('m1'));
    await world.run(200);
    expect(requestsOf(sender, 'MESSAGE')).toHaveLength(1);
    fine(all);
  });

  test('of a further device is answered and goes no further; one of another kind does [004 5.2.6]', async () => {
    const all = await sending();
    const { world, sender, phone } = all;
    const tablet = world.client('tablet', 'bob');
    phone.register();
    tablet.register();
    await world.run(100);
    phone.page(alice, imdn('m1'));
    await world.run(100);
    tablet.page(alice, imdn('m1'));
    tablet.page(alice, imdn('m1', 'display'));
    await world.run(200);
    expect(requestsOf(sender, 'MESSAGE')).toHaveLength(2);
    expect(statuses(tablet).slice(-2)).toEqual([200, 200]);
  });

  async function stored(options: Partial<ParticipatingOptions> = {}): Promise<Sending> {
    const { world, phone } = await registered(options);
    phone.page(alice, imdn('m1'));
    phone.page(alice, imdn('m2'));
    await world.run(100);
    const types = ['message/cpim'];
    return { world, phone, sender: world.client('laptop', 'alice', { types }) };
  }

  test('that is kept comes in a session of its own: sendonly, a plain body, only notifications [001 8.3.2.9.1.1 IMDN 1 to 8]', async () => {
    const all = await stored();
    const { world, sender } = all;
    sender.register();
    await world.run(300);
    const [invite] = sender.invites;
    expect(header(invite as SipRequest, 'Content-Type')).toBe('application/sdp');
    expect(header(invite as SipRequest, 'P-Asserted-Identity')).toContain('rcse-standfw@');
    expect(header(invite as SipRequest, 'Referred-By')).toBe(`<${bob}>`);
    expect(sdpOf(invite)).toContain('a=sendonly');
    expect(sdpOf(invite)).toContain('a=accept-types:message/cpim\r\n');
    expect(sdpOf(invite)).toContain('a=accept-wrapped-types:message/imdn+xml\r\n');
    expect(sender.talk.got).toHaveLength(2);
    expect(sender.byes).toHaveLength(1);
    fine(all);
  });

  test('that is kept comes by MESSAGE where the provider wants that [001 8.3.2.9.1.1 the third way]', async () => {
    const all = await stored({ notificationWay: 'message' });
    all.sender.register();
    await all.world.run(300);
    expect(all.sender.invites).toEqual([]);
    expect(requestsOf(all.sender, 'MESSAGE')).toHaveLength(2);
    fine(all);
  });

  test('goes within the session that runs between the two, where the provider wants that [001 8.3.2.9.1.1 the first way, PFO-019]', async () => {
    const all = await sending({ notificationWay: 'running' });
    const { world, sender, phone } = all;
    phone.register();
    await world.run(100);
    sender.rejoin(bob, 'chat-1');
    await world.run(100);
    phone.page(alice, imdn('m1'));
    await world.run(100);
    expect(requestsOf(sender, 'MESSAGE')).toEqual([]);
    expect(sender.talk.got).toHaveLength(1);
    fine(all);
  });

  test('stays out of the running session of a device that has not sent the message [PFO-019]', async () => {
    const all = await sending({ notificationWay: 'running' });
    const { world, sender, phone } = all;
    phone.register();
    await world.run(100);
    const contact = '<sip:client@watch.test>;+sip.instance="<urn:uuid:watch>"';
    sender.page(bob, message('m1', 'from the watch'), [{ name: 'Contact', value: contact }]);
    sender.rejoin(bob, 'chat-1');
    await world.run(100);
    phone.page(alice, imdn('m1'));
    await world.run(100);
    expect(sender.talk.got).toEqual([]);
    expect(requestsOf(sender, 'MESSAGE')).toHaveLength(1);
    fine(all);
  });
});
