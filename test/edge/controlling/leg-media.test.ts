import { describe, expect, test } from 'vitest';
import { findPart, parseMultipart, printMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Decode } from '../../../edge/bytes/text.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipMessage, SipRequest } from '../../../edge/sip/message.ts';
import { writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Two = [Party, Party];

function two() {
  const world = new World();
  const focus = new Focus(world);
  return { world, focus, parties: inGroup(world, ['alice', 'bob']) as Two };
}

function sdpOf(message: SipMessage): string {
  const parts = parseMultipart(header(message, 'Content-Type') ?? '', message.body) ?? [];
  return utf8Decode(findPart(parts, 'application/sdp')?.body ?? new Uint8Array());
}

/** What the focus has described to a party, in order. */
function described(world: World, to: string): string[] {
  return world.carried
    .filter(({ from, to: target, message }) => {
      const isInvite = message.kind === 'request' ? message.method === 'INVITE' : true;
      return from === 'focus' && target === to && isInvite && message.body.length > 0;
    })
    .map(({ message }) => sdpOf(message));
}

function lineOf(sdp: string | undefined, start: string): string | undefined {
  return sdp?.split('\r\n').find((line) => line.startsWith(start));
}

test('the focus offers to take either role, and any CPIM content (RFC 4975 8, RFC 6135)', () => {
  const { world } = two();
  const [offer] = described(world, 'bob');
  expect(lineOf(offer, 'm=')).toBe('m=message 2855 TCP/MSRP *');
  expect(lineOf(offer, 'c=')).toBe('c=IN IP4 focus.test');
  expect(lineOf(offer, 'a=setup')).toBe('a=setup:actpass');
  expect(lineOf(offer, 'a=accept-types')).toMatch(/^a=accept-types:message\/cpim /);
  expect(lineOf(offer, 'a=accept-wrapped-types')).toBe('a=accept-wrapped-types:*');
  expect(lineOf(offer, 'a=max-size')).toBe('a=max-size:100000');
  expect(lineOf(offer, 'a=path')).toMatch(/^a=path:msrp:\/\/focus\.test:2855\/[^;]+;tcp$/);
});

describe('who opens the connection (RFC 6135 4)', () => {
  test.each([
    ['actpass', 'a=setup:passive'],
    ['active', 'a=setup:passive'],
    ['passive', 'a=setup:active'],
  ] as const)('an offer that says %s is answered with %s', (setup, answer) => {
    const world = new World();
    new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    alice.sdp = { setup };
    alice.create(['bob']);
    world.run(50);
    expect(lineOf(described(world, 'alice')[0], 'a=setup')).toBe(answer);
    const id = alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
    expect(alice.outcomes.get(id)).toBe(200);
  });

  test('an answer that says passive has the focus connect', () => {
    const world = new World();
    new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    bob.sdp = { setup: 'passive' };
    alice.create(['bob']);
    world.run(50);
    alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });
});

test('media of other kinds in an offer are taken out of the answer (RFC 3264 6)', () => {
  const world = new World();
  new Focus(world);
  const [alice] = [new Party(world, 'alice'), new Party(world, 'bob')];
  alice.sdp = { mediaAfter: ['audio 49170 RTP/AVP 0'] };
  const offer = utf8Decode(alice.describe('actpass')).replace('audio 0', 'audio 49170');
  const list = writeResourceLists([{ uri: uriOf('bob') }]);
  const disposition = { name: 'Content-Disposition', value: 'recipient-list' };
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: 'application/sdp', body: Buffer.from(offer) },
      { headers: [disposition], contentType: 'application/resource-lists+xml', body: list },
    ],
    'b1',
  );
  const headers = [
    { name: 'Contribution-ID', value: 'c' },
    { name: 'Content-Type', value: contentType },
  ];
  alice.callWith('sip:conference-factory@rejoin.test', headers, body);
  world.run(50);
  expect(described(world, 'alice')[0]).toContain('m=audio 0 RTP/AVP 0');
});

describe('a re-INVITE', () => {
  test('with a new path gets a new MSRP session (RFC 4975 5.4)', () => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    bob.reinvite();
    world.run(50);
    const [offer, answer] = described(world, 'bob');
    expect(lineOf(answer, 'a=path')).not.toBe(lineOf(offer, 'a=path'));
    expect(lineOf(offer, 'o=')?.split(' ')[2]).toBe('1');
    expect(lineOf(answer, 'o=')?.split(' ').slice(1, 3)).toEqual([
      lineOf(offer, 'o=')?.split(' ')[1],
      '2',
    ]);
    alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });

  test('with the same path keeps the session, and an equal description its version (RFC 3264 8)', () => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    for (let count = 0; count < 2; count++) {
      bob.reinvite(bob.describeAgain('actpass'));
      world.run(50);
    }
    const [offer, first, second] = described(world, 'bob');
    expect(lineOf(first, 'a=path')).toBe(lineOf(offer, 'a=path'));
    expect(second).toBe(first);
    alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });

  test('with a recipient list is not supported (RFC 5366 5)', () => {
    const { world, parties } = two();
    const [, bob] = parties;
    bob.reinvite(bob.describeAgain('actpass'), [
      { name: 'Require', value: 'recipient-list-invite' },
    ]);
    world.run(50);
    const { status, response } = bob.responses.at(-1) ?? {};
    expect(status).toBe(420);
    expect(response && header(response, 'Unsupported')).toBe('recipient-list-invite');
  });

  test('whose media can not be taken is refused, and the session stands', () => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    const { session } = bob;
    bob.sdp = { acceptTypes: ['text/plain'] };
    bob.reinvite(bob.describeAgain('actpass'));
    world.run(50);
    expect(bob.responses.at(-1)?.status).toBe(488);
    alice.say('hello');
    world.run(50);
    expect(bob.session).toBe(session);
    expect(bob.texts).toEqual(['hello']);
  });

  test('without an offer gets one; an answer with the same path changes nothing (RFC 3261 14.2)', () => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    offerless(world, bob, bob.describeAgain('active'));
    const descriptions = described(world, 'bob');
    expect(lineOf(descriptions.at(-1), 'a=path')).toBe(lineOf(descriptions[0], 'a=path'));
    alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });

  test('with other media gets a line for each, and so does what is offered later (RFC 3264 6, 8)', () => {
    const { world, parties } = two();
    const [, bob] = parties;
    const offer = `${new TextDecoder().decode(bob.describeAgain('active'))}m=audio 4 RTP/AVP 0\r\n`;
    bob.reinvite(new TextEncoder().encode(offer));
    world.run(50);
    expect(described(world, 'bob').at(-1)).toMatch(/m=audio 0 RTP\/AVP 0\r\n$/);
    offerless(world, bob, undefined);
    expect(described(world, 'bob').at(-1)).toMatch(/m=audio 0 RTP\/AVP 0\r\n$/);
  });

  test('without an offer brings a lost session up again by the answer in its ACK', () => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    world.cut('bob');
    alice.say('hello');
    world.run(50);
    offerless(world, bob, bob.describe('active'));
    bob.startFrom(described(world, 'bob').at(-1) ?? '');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });

  test.each([
    ['nothing', undefined],
    ['what is no answer', new TextEncoder().encode('v=0\r\n')],
  ])('without an offer whose ACK has %s leaves all as it was', (_name, body) => {
    const { world, parties } = two();
    const [alice, bob] = parties;
    offerless(world, bob, body);
    alice.say('hello');
    world.run(50);
    expect(bob.texts).toEqual(['hello']);
  });
});

test('a request within the session that the focus has no use for is refused', () => {
  const { world, parties } = two();
  const [, bob] = parties;
  bob.request('INFO', []);
  world.run(50);
  expect(bob.responses.at(-1)?.status).toBe(405);
});

test('a success report of a member goes no further; notifications go end to end', () => {
  const { world, parties } = two();
  const [alice, bob] = parties;
  const id = alice.say('hello');
  world.run(50);
  bob.node.do(() => bob.node.msrp.report(world.nowMs, bob.session, id, 200, 10));
  world.run(50);
  expect(alice.reports).toEqual([]);
});

test('over TLS the focus takes and offers only TLS', () => {
  const world = new World();
  new Focus(world, { isTls: true });
  const alice = new Party(world, 'alice');
  alice.create(['bob']);
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([488]);
  alice.sdp = { isTls: true };
  alice.create(['bob']);
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([488, 200]);
});

/** A re-INVITE without an offer, by hand; the ACK has `answer`. */
function offerless(world: World, party: Party, answer: Uint8Array | undefined): void {
  party.reinvite(new Uint8Array(), []);
  const [invite] = world.requests('INVITE', party.name).slice(-1) as [SipRequest];
  const type = { name: 'Content-Type', value: 'application/sdp' };
  const isLostBefore = world.isLost;
  // The agent's own ACK has no body: it is taken off the way, and one with the answer put in its place.
  world.isLost = ({ from, message }) =>
    from === party.name && message.kind === 'request' && message.method === 'ACK';
  world.run(20);
  world.isLost = isLostBefore;
  const [ack] = world.requests('ACK', party.name).slice(-1) as [SipRequest];
  expect(header(ack, 'CSeq')).toBe(header(invite, 'CSeq')?.replace('INVITE', 'ACK'));
  const focus = world.nodes.get('focus');
  const flow = { id: `tcp:${party.name}`, transport: 'tcp', host: party.name, port: 5060 } as const;
  const headers = answer === undefined ? ack.headers : [...ack.headers, type];
  const withBody = { ...ack, headers, body: answer ?? new Uint8Array() };
  focus?.do(() => focus.agent.receive(world.nowMs, withBody, flow));
  world.run(50);
}
