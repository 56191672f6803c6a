/** Notifications that were kept, brought to the sender of the messages in a session of their own (001 8.3.2.9.1.1). */
import { describe, expect, test } from 'vitest';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, bob, carol, reasonOf, requestsOf } from './scene.ts';
import { sdpOf } from './users.ts';

type Scene = { readonly world: World; readonly sender: Client; readonly invite: SipRequest };

const notifications = { user: alice, contributionId: `notifications:${bob}` };

function imdn(from: string, about: string): string {
  const text = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${about}</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;
  return chat({ from, to: alice, id: `n-${about}`, text, type: 'message/imdn+xml' });
}

/** Bob and Carol have taken messages of Alice, who is away. */
async function kept(options: Partial<ParticipatingOptions> = {}): Promise<World> {
  const world = new World(options);
  for (const [device, user, uri] of [
    ['phone', 'bob', bob],
    ['tablet', 'carol', carol],
  ] as const) {
    const client = world.client(device, user);
    client.register();
    await world.run(100);
    for (const about of ['m1', 'm2']) client.page(alice, imdn(uri, about));
    await world.run(100);
  }
  return world;
}

/** Alice is back. */
async function back(answer = 200, options: Partial<ParticipatingOptions> = {}): Promise<Scene> {
  const world = await kept(options);
  const sender = world.client('laptop', 'alice', { types: ['message/cpim'] });
  sender.manners.invite = answer;
  sender.register();
  await world.run(300);
  return { world, sender, invite: sender.invites[0] as SipRequest };
}

describe('the INVITE', () => {
  test('is for the sender of the message, from the deferring function in the name of who notifies [PFO-001, PFO-002, PFO-004, PFO-011]', async () => {
    const { invite } = await back();
    expect(invite.uri).toContain('laptop.test');
    expect(header(invite, 'To')).toBe(`<${alice}>`);
    expect(header(invite, 'Referred-By')).toBe(`<${bob}>`);
    expect(header(invite, 'P-Asserted-Identity')).toContain('rcse-standfw@');
  });

  test('says where the function is reached, and its release [PFO-005, PFO-006]', async () => {
    const { invite } = await back();
    expect(header(invite, 'Contact')).toBe('<sip:rcse-standfw@pf.test:5060>');
    expect(header(invite, 'User-Agent')).toMatch(/^CPM-serv\/OMA2\.0/);
  });

  test('offers to send notifications in CPIM, and nothing else [PFO-007 to PFO-010]', async () => {
    const { invite } = await back();
    const lines = sdpOf(invite).split('\r\n');
    expect(lines).toContain('a=sendonly');
    expect(lines).toContain('a=accept-types:message/cpim');
    expect(lines).toContain('a=accept-wrapped-types:message/imdn+xml');
    expect(lines.some((line) => line.startsWith('m=message '))).toBe(true);
    expect(lines.some((line) => line.startsWith('a=path:msrp'))).toBe(true);
  });
});

describe('its session', () => {
  test('brings those of one user, and the next one another user’s [PFO-014, PFO-015, PFO-016]', async () => {
    const { sender } = await back();
    expect(sender.invites.map((one) => header(one, 'Referred-By'))).toEqual([
      `<${bob}>`,
      `<${carol}>`,
    ]);
    const froms = sender.talk.got.map(({ session, text }) => [session, /<(.*)>/.exec(text)?.[1]]);
    const [first, , third] = froms.map(([session]) => session);
    expect(froms).toEqual([
      [first, bob],
      [first, bob],
      [third, carol],
      [third, carol],
    ]);
    expect(sender.talk.got.every(({ contentType }) => contentType === 'message/cpim')).toBe(true);
    expect(sender.byes.map(reasonOf)).toEqual(Array(2).fill('SIP;cause=200;text="Call completed"'));
    expect(sender.byes[0]?.uri).toContain('sip:client@laptop.test');
  });

  test('that the client ends leaves the rest for another time [PFO-017]', async () => {
    const world = await kept();
    const sender = world.client('laptop', 'alice', { types: ['message/cpim'] });
    sender.manners.message = 'leave';
    sender.register();
    await world.run(300);
    sender.talk.answer(200, 1);
    await world.run(100);
    sender.bye('SIP;cause=200');
    await world.run(300);
    const state = await world.functions.state(notifications);
    expect(state?.phase).toBe('inactive');
    sender.manners.message = 200;
    sender.talk.answer();
    sender.register();
    await world.run(1000);
    const bobs = sender.talk.got.filter(({ text }) => text.includes(bob));
    expect(bobs.filter(({ text }) => text.includes('n-m2')).length).toBeGreaterThan(0);
    expect((await world.functions.state(notifications))?.phase).toBe('gone');
  });
});

test('an error ends it for the notifications of all users, which are kept [PFO-012]', async () => {
  const { world, sender } = await back(486);
  expect(sender.invites).toHaveLength(1);
  expect(await world.functions.kept(notifications)).toHaveLength(2);
  sender.manners.invite = 200;
  sender.register();
  await world.run(1000);
  expect(sender.talk.got).toHaveLength(4);
});

test('the provider chooses one of three ways [PFO-018, PFO-020, PFO-021]', async () => {
  const dedicated = await back();
  expect(dedicated.sender.invites).toHaveLength(2);
  expect(requestsOf(dedicated.sender, 'MESSAGE')).toEqual([]);
  const messages = await back(200, { notificationWay: 'message' });
  expect(messages.sender.invites).toEqual([]);
  expect(requestsOf(messages.sender, 'MESSAGE')).toHaveLength(4);
});

describe('what is notified about messages of one device', () => {
  /** Alice, who has two devices, has sent m1 from her laptop, and both have gone. */
  async function bothGone(world: World): Promise<readonly [Client, Client, Client]> {
    const laptop = world.client('laptop', 'alice', { types: ['message/cpim'] });
    const watch = world.client('watch', 'alice', { types: ['message/cpim'] });
    const phone = world.client('phone', 'bob');
    for (const client of [laptop, watch, phone]) client.register();
    await world.run(100);
    const text = chat({ from: alice, to: bob, id: 'm1', text: 'hello' });
    const contact = `<sip:client@laptop.test>;+sip.instance="<${laptop.instance}>"`;
    laptop.page(bob, text, [{ name: 'Contact', value: contact }]);
    await world.run(100);
    laptop.register(0);
    watch.register(0);
    await world.run(100);
    phone.page(alice, imdn(bob, 'm1'));
    await world.run(100);
    return [laptop, watch, phone];
  }

  test('goes to that device alone, named in the INVITE [PFO-003, D-14]', async () => {
    const world = new World();
    const [laptop, watch] = await bothGone(world);
    watch.register();
    await world.run(1000);
    expect(watch.invites).toEqual([]);
    laptop.register();
    await world.run(1000);
    const [invite] = laptop.invites as readonly SipRequest[];
    const accepted = headerValues(invite as SipRequest, 'Accept-Contact');
    const device = `*;+sip.instance="<${laptop.instance}>";require;explicit`;
    expect(accepted).toContain(device);
    expect(laptop.talk.got.map(({ text }) => text.includes('n-m1'))).toEqual([true]);
    expect(watch.invites).toEqual([]);
  });

  test('goes to any device if it does not say what it is about', async () => {
    const world = new World();
    const [, watch, phone] = await bothGone(world);
    const text = 'no notification';
    const about = { from: bob, to: alice, id: 'n-x', text, type: 'message/imdn+xml' };
    phone.page(alice, chat(about));
    await world.run(100);
    watch.register();
    await world.run(1000);
    expect(watch.talk.got.map((got) => got.text.includes('n-x'))).toEqual([true]);
  });

  test('goes to that device alone after its edge was lost, too [PFO-003, design 6.6]', async () => {
    const world = new World();
    const [laptop, watch] = await bothGone(world);
    const name = { user: alice, contributionId: `notifications:${bob};<${laptop.instance}>` };
    expect((await world.functions.state(name))?.instance).toBe(`<${laptop.instance}>`);
    expect(watch.invites).toEqual([]);
  });
});
