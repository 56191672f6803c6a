/** The product as an application server of an IMS core, over real sockets: the core registers, and everything goes through it. */
import { afterEach, describe, expect, test } from 'vitest';
import { header, headerValues } from '../../edge/sip/header.ts';
import type { SipRequest } from '../../edge/sip/message.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { OuterFocus } from '../kit/outer-focus.ts';
import { Server } from '../kit/server.ts';
import { ServingCore } from '../kit/serving-core.ts';
import { pause, until } from '../kit/wait.ts';

const domain = 'rejoin.test';
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Network = { readonly server: Server; readonly core: ServingCore };

async function open(settings: Readonly<Record<string, string>> = {}): Promise<Network> {
  const server = await new Server({ REJOIN_NETWORK: 'ims', ...settings }).start();
  closing.push(() => server.close());
  const core = await new ServingCore(() => server.sip).open();
  closing.push(() => core.close());
  return { server, core };
}

async function enter({ core }: Network, name: string): Promise<Client> {
  const client = await new Client({
    ...{ name, domain, password: 'none', ladder: new Ladder() },
    server: core.place,
  }).open();
  closing.push(() => client.close());
  await client.register();
  return client;
}

async function newFocus({ core }: Network): Promise<OuterFocus> {
  const options = { name: 'focus', ladder: new Ladder(), server: core.place };
  const focus = await new OuterFocus(options).open();
  closing.push(() => focus.close());
  return focus;
}

async function group(network: Network): Promise<readonly [Client, Client]> {
  const alice = await enter(network, 'alice');
  const bob = await enter(network, 'bob');
  await alice.createGroup([bob.uri], 'Hiking');
  await until('bob is in the group', () => bob.group);
  return [alice, bob];
}

function texts(client: Client): readonly string[] {
  return client.received.map(({ text }) => text);
}

describe('a user of an IMS core', () => {
  test.each(['nothing', 'own', 'all'] as const)(
    'who is cut off gets what was said at the next third-party REGISTER that tells %s of the devices, once and in order [PFT-009, PFT-035, PFT-056]',
    async (told) => {
      const network = await open();
      network.core.told = told;
      const [alice, bob] = await group(network);
      expect(await alice.say('before')).toBe(200);
      await bob.loseNetwork();
      const missed = Array.from({ length: 10 }, (_, number) => `missed ${number}`);
      for (const text of missed) expect(await alice.say(text)).toBe(200);
      network.core.forUsers.length = 0;
      await bob.findNetwork();
      await bob.register();
      await until('bob has what he missed', () => bob.received.length > missed.length);
      await until('bob is in the group', () => bob.group);
      expect(await alice.say('live')).toBe(200);
      await until('bob has the live message', () => bob.received.length === missed.length + 2);
      expect(texts(bob)).toEqual(['before', ...missed, 'live']);
      const [invite] = network.core.forUsers;
      expect([invite?.method, invite?.uri]).toEqual(['INVITE', bob.uri]);
    },
  );

  test('who comes back by an INVITE that the core passes on is taken back in [PFT-029, RFC 5502]', async () => {
    const network = await open();
    const [alice, bob] = await group(network);
    await bob.loseNetwork();
    expect(await alice.say('missed')).toBe(200);
    await bob.findNetwork();
    await bob.rejoin();
    await until('bob has what he missed', () => bob.received.length === 1);
    expect(await bob.say('back')).toBe(200);
    await until('alice has it', () => alice.received.length === 1);
    expect(texts(bob)).toEqual(['missed']);
  });

  test.each([
    ['', false],
    [', whose filter criteria bring our own requests back', true],
  ])(
    'who is in the group of a focus elsewhere is invited, and brought back, through the core%s [PFT-001, PFT-035, 3GPP TS 24.229 5.7.4]',
    async (_, isBlind) => {
      const network = await open();
      network.core.isBlind = isBlind;
      const bob = await enter(network, 'bob');
      const focus = await newFocus(network);
      await focus.invite(bob.uri);
      await until('bob is in the group', () => bob.group);
      expect(await focus.say('before')).toBe(200);
      await bob.loseNetwork();
      for (const text of ['one', 'two']) expect(await focus.say(text)).toBe(200);
      await bob.findNetwork();
      await bob.register();
      await until('bob has what he missed', () => bob.received.length === 3);
      expect(texts(bob)).toEqual(['before', 'one', 'two']);
      const invites = network.core.forUsers.filter(({ method }) => method === 'INVITE');
      expect(invites.map(({ uri }) => uri)).toEqual([bob.uri, bob.uri]);
      expect(invites.map(devicesIn)).toEqual([1, 1]);
      expect(invites.map((invite) => header(invite, 'P-Served-User'))).toEqual([
        undefined,
        undefined,
      ]);
    },
  );

  test('who does not answer is asked no longer, also through filter criteria that bring our requests back [RFC 3261 9.1]', async () => {
    const network = await open({ REJOIN_ANSWER_TIMEOUT_MS: '1000' });
    network.core.isBlind = true;
    const bob = await enter(network, 'bob');
    bob.isSlow = true;
    const focus = await newFocus(network);
    await focus.invite(bob.uri);
    await until('our INVITE is taken back', () => network.core.followed.includes('CANCEL'));
    expect(await focus.say('later')).toBe(200);
    await until('the answer to it is acknowledged', () => network.core.followed.includes('ACK'));
    bob.isSlow = false;
    await bob.register();
    await until('bob has what he missed', () => bob.received.length === 1);
  });

  test('with two devices is asked at each of them by name, and brought back at the one that was there [PFT-001, PFT-002, PFT-070, PFT-071]', async () => {
    const network = await open();
    const alice = await enter(network, 'alice');
    const phone = await enter(network, 'bob');
    const tablet = await enter(network, 'bob');
    phone.isSlow = true;
    await alice.createGroup([phone.uri], 'Hiking');
    await until('the tablet is in the group', () => tablet.group);
    expect(network.core.forUsers.map(devicesIn)).toEqual([1, 1]);
    await tablet.loseNetwork();
    expect(await alice.say('missed')).toBe(200);
    phone.isSlow = false;
    await phone.unregister();
    await phone.register();
    await tablet.findNetwork();
    await tablet.register();
    await until('the tablet has what it missed', () => tablet.received.length === 1);
    expect(phone.received).toEqual([]);
  });

  test('gets a standalone message when it is registered, and what waited when it is again [PFT-009]', async () => {
    const network = await open();
    const alice = await enter(network, 'alice');
    const bob = await enter(network, 'bob');
    expect(await alice.write(bob.uri, 'now')).toBe(200);
    await bob.unregister();
    expect(await alice.write(bob.uri, 'later')).toBe(202);
    await bob.register();
    await until('bob has both', () => bob.mail.length === 2);
    expect(bob.mail).toEqual(['now', 'later']);
  });

  test('is asked for nothing once the core has taken it off, or its time is over [PFT-009, 3GPP TS 24.229 5.4.1.7]', async () => {
    const network = await open();
    const { core } = network;
    const alice = await enter(network, 'alice');
    const bob = await enter(network, 'bob');
    const carol = await enter(network, 'carol');
    await bob.unregister();
    expect(header(await core.tell(carol.uri, 1), 'Expires')).toBe('1');
    await pause(1_100);
    await alice.createGroup([bob.uri, carol.uri], 'Nobody');
    expect(await alice.say('later')).toBe(200);
    expect(core.forUsers).toEqual([]);
    await Promise.all([bob.register(), core.tell(carol.uri, 600)]);
    await until('both have it', () => bob.received.length + carol.received.length === 2);
  });
});

/** How many devices a request asks for by name. */
function devicesIn(request: SipRequest): number {
  return headerValues(request, 'Accept-Contact').filter((value) => value.includes('+sip.instance'))
    .length;
}

describe('with an IMS core', () => {
  test('nobody registers whom the core has not registered: 403 [contract: Trust]', async () => {
    const { server, core } = await open();
    const alone = await new Client({
      ...{ name: 'alice', domain, password: 'demo', ladder: new Ladder() },
      server: server.sip,
    }).open();
    closing.push(() => alone.close());
    await expect(alone.register()).rejects.toThrow('403');
    expect(await alone.write('sip:bob@rejoin.test', 'unknown')).toBe(403);
    expect((await core.tell('sip:alice@example.com', 600)).status).toBe(404);
    const elsewhere = await open({ REJOIN_TRUSTED_PEERS: '192.0.2.1' });
    expect((await elsewhere.core.tell('sip:alice@rejoin.test', 600)).status).toBe(403);
  });
});
