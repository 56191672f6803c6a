/**
 * What a stock RCS client makes of the INVITEs that it gets from us. It has one set of rules, tried in this order, and puts a session
 * where the first that holds says: a session it takes for another kind shows its messages in the wrong place.
 */
import { describe, expect, test } from 'vitest';
import { findPart, parseMultipart } from '../../../../edge/bytes/multipart.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { alice, away, bob, ended, inGroup, registered, says } from './scene.ts';
import { talking, waiting } from './users.ts';

type Kind = 'notifications' | 'group chat' | 'stored messages of one sender' | 'one-to-one chat';

/** The client's rules, in its order. */
function recognise(invite: SipRequest): Kind {
  const asserted = header(invite, 'P-Asserted-Identity') ?? '';
  const type = header(invite, 'Content-Type') ?? '';
  const isStandFw = /^\s*(?:"[^"]*"\s*)?<?(?:sip|sips|tel):rcse-standfw@/.test(asserted);
  if (isStandFw && !type.startsWith('multipart/')) return 'notifications';
  if (/;\s*isfocus/.test(header(invite, 'Contact') ?? '')) return 'group chat';
  if (header(invite, 'Referred-By') !== undefined) return 'stored messages of one sender';
  return 'one-to-one chat';
}

/** Whom the client shows as the author of stored messages. */
function sender(invite: SipRequest): string | undefined {
  return header(invite, 'Referred-By');
}

function last(client: Client): SipRequest {
  const invite = client.invites.at(-1);
  if (invite === undefined) throw new Error('no INVITE has come');
  return invite;
}

function parts(invite: SipRequest): readonly string[] {
  const read = parseMultipart(header(invite, 'Content-Type') ?? '', invite.body) ?? [];
  return read.map(({ contentType }) => contentType);
}

describe('a stock client takes', () => {
  test('the invitation into a group for a group chat [CL: order of recognition]', async () => {
    const { phone } = await inGroup();
    expect(recognise(last(phone))).toBe('group chat');
  });

  test('the invitation back into a running group for the group chat that it knows [decision C-07]', async () => {
    const scene = await away();
    const before = header(last(scene.phone), 'Contact');
    await says(scene, 'one');
    scene.phone.register();
    await scene.world.run(200);
    const invite = last(scene.phone);
    expect(recognise(invite)).toBe('group chat');
    expect(header(invite, 'Contact')).toBe(before);
    expect(header(invite, 'Contribution-ID')).toBe('c1');
  });

  test('the messages of a group that has ended for that group too, not for a sender of its own [decision C-07]', async () => {
    const scene = await ended();
    scene.phone.register();
    await scene.world.run(200);
    const invite = last(scene.phone);
    expect(recognise(invite)).toBe('group chat');
    expect(header(invite, 'Contribution-ID')).toBe('c1');
  });

  test('a call of another user for a one-to-one chat', async () => {
    const { phone } = await talking();
    expect(recognise(last(phone))).toBe('one-to-one chat');
  });

  test('what was said to it while it was away for stored messages, and shows their sender [PFT-042, PFT-043, PFT-046]', async () => {
    const { world, phone } = await waiting();
    phone.register();
    await world.run(300);
    const invite = last(phone);
    expect(recognise(invite)).toBe('stored messages of one sender');
    expect(sender(invite)).toBe(`<${alice}>`);
    expect(parts(invite)).toEqual(['application/sdp', 'message/cpim']);
    const sdp = findPart(
      parseMultipart(header(invite, 'Content-Type') ?? '', invite.body) ?? [],
      'application/sdp',
    );
    expect(new TextDecoder().decode(sdp?.body)).toContain('a=sendonly');
    // It answers recvonly, which is what a sendonly offer asks for, and is not asked to accept (auto-accept).
    expect(phone.talk.texts).toEqual(['one', 'two']);
  });

  test('stored messages of a long text for stored messages all the same: the text is not in the INVITE, the body is not plain', async () => {
    const { world, caller, phone } = await talking();
    phone.restart();
    await world.run(100);
    caller.say('x'.repeat(40_000));
    await world.run(100);
    phone.register();
    await world.run(300);
    expect(recognise(last(phone))).toBe('stored messages of one sender');
    expect(phone.talk.texts).toHaveLength(1);
  });

  test('stored notifications for notifications: the deferring function asserts itself, and the body is plain [001 8.3.2.9.1.1 IMDN]', async () => {
    const { world, phone } = await registered();
    const text =
      '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>';
    phone.page(alice, chat({ from: bob, to: alice, id: 'n1', text, type: 'message/imdn+xml' }));
    await world.run(100);
    const laptop = world.client('laptop', 'alice');
    laptop.register();
    await world.run(300);
    const invite = last(laptop);
    expect(recognise(invite)).toBe('notifications');
    expect(sender(invite)).toBe(`<${bob}>`);
  });
});
