/** Messages outside sessions when something is in their way: peers without a name, full queues, clients that come and go. */
import { describe, expect, test } from 'vitest';
import type { Header, SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { pf } from '../../../kit/virtual/describe.ts';
import { chat } from '../../../kit/virtual/message.ts';
import type { World } from '../../../kit/virtual/world.ts';
import { alice, bob, nothingLeft, requestsOf } from './scene.ts';
import { message, type Sending, sending } from './users.ts';

function textsOf(client: Client): readonly string[] {
  return requestsOf(client, 'MESSAGE').map(
    ({ body }) => new TextDecoder().decode(body).split('\r\n\r\n').at(-1) ?? '',
  );
}

function last(client: Client): number | undefined {
  return client.responses.at(-1)?.status;
}

/** A peer sends a message for a user. */
function passOn({ focus }: World, to: string, asserted: string): void {
  const headers: readonly Header[] = [
    { name: 'From', value: `<${alice}>` },
    { name: 'To', value: `<${to}>` },
    { name: 'P-Asserted-Identity', value: asserted },
    { name: 'Content-Type', value: 'message/cpim' },
  ];
  const body = new TextEncoder().encode(message('m1', 'hello'));
  focus.node.do(() =>
    focus.node.agent.request(focus.node.nowMs, { method: 'MESSAGE', uri: to, headers, body }, pf),
  );
}

describe('a message of a peer', () => {
  test('goes to the user whom it is for, in the name of who is asserted', async () => {
    const { world, phone } = await sending();
    phone.register();
    await world.run(100);
    passOn(world, bob, `<${alice}>`);
    await world.run(100);
    expect(textsOf(phone)).toEqual(['hello']);
    expect(world.focus.responses.map(({ status }) => status)).toEqual([200]);
  });

  test('without a name is refused with 403, for nobody with 404', async () => {
    const { world } = await sending();
    passOn(world, bob, 'somebody');
    await world.run(100);
    passOn(world, 'sip:nobody@rejoin.test', `<${alice}>`);
    await world.run(100);
    expect(world.focus.responses.map(({ status }) => status)).toEqual([403, 404]);
    const { node, participating } = world.edge;
    const request: SipRequest = {
      kind: 'request',
      method: 'MESSAGE',
      uri: 'im:bob@rejoin.test',
      headers: [{ name: 'P-Asserted-Identity', value: `<${alice}>` }],
      body: new Uint8Array(),
    };
    const flow = { id: 'f', transport: 'tcp', host: 'cf.test', port: 5060 } as const;
    node.do(() =>
      participating.messageOfPeer(world.nowMs, {
        kind: 'request',
        transaction: 'x',
        request,
        flow,
      }),
    );
    await nothingLeft(world);
  });
});

describe('while the queue does not answer', () => {
  test('a message for an absent user is refused for now, as is one more than is held', async () => {
    const { world, sender } = await sending();
    world.functions.isQueueDown = true;
    for (let count = 0; count < 6; count++) {
      sender.page(bob, message(`m${count}`, 'x'.repeat(900_000)));
      await world.run(20);
    }
    expect(last(sender)).toBe(503);
    const before = sender.responses.length;
    await world.run(12_000);
    expect(sender.responses.length).toBeGreaterThan(before);
    expect(sender.responses.slice(before).every(({ status }) => status === 503)).toBe(true);
    world.functions.isQueueDown = false;
    sender.page(bob, message('m9', 'again'));
    await world.run(1000);
    expect(last(sender)).toBe(202);
  });
});

describe('messages one after another', () => {
  test('to a client that is slow wait for one another', async () => {
    const { world, sender, phone } = await sending();
    phone.register();
    await world.run(100);
    phone.manners.request = 'leave';
    sender.page(bob, message('m1', 'one'));
    sender.page(bob, message('m2', 'two'));
    await world.run(100);
    expect(textsOf(phone)).toEqual(['one']);
    phone.manners.request = 200;
    phone.answerRequests();
    await world.run(100);
    expect(textsOf(phone)).toEqual(['one', 'two']);
    await nothingLeft(world);
  });
});

describe('what is kept', () => {
  async function kept(): Promise<Sending> {
    const all = await sending();
    all.sender.page(bob, message('m1', 'one'));
    all.sender.page(bob, message('m2', 'two'));
    await all.world.run(100);
    return all;
  }

  test('waits for the next registration when the store does not say where the clients are', async () => {
    const { world, phone } = await kept();
    world.edge.lookups = 'fault';
    phone.register();
    await world.run(100);
    expect(textsOf(phone)).toEqual([]);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('inactive');
    world.edge.lookups = 'answer';
    phone.register();
    await world.run(500);
    expect(textsOf(phone)).toEqual(['one', 'two']);
  });

  test.each([
    ['is brought to a client that registers meanwhile, too', 'answer', ['two']],
    ['goes on to the first where the store does not answer', 'fault', []],
  ] as const)('%s', async (_name, lookups, texts) => {
    const { world, phone } = await kept();
    phone.manners.request = 'leave';
    phone.register();
    await world.run(100);
    expect(textsOf(phone)).toEqual(['one']);
    world.edge.lookups = lookups;
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    phone.manners.request = 200;
    phone.answerRequests();
    await world.run(500);
    expect(textsOf(phone)).toEqual(['one', 'two']);
    expect(textsOf(tablet)).toEqual(texts);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('gone');
  });

  test('is brought once when it is ordered twice, and not again when the order has come to nothing', async () => {
    const { world, phone } = await kept();
    phone.manners.request = 'leave';
    phone.register();
    await world.run(100);
    const participation = await world.state('bob', 'standalone');
    if (participation === undefined) throw new Error('nothing is kept');
    const name = { user: bob, contributionId: 'standalone' };
    const tell = (kind: 'invite-client' | 'invite-again' | 'release'): void => {
      const message = { id: kind, name, command: { kind, participation, cause: 603 } };
      world.edge.node.do(() => world.edge.participating.command(world.nowMs, message));
    };
    tell('invite-client');
    await world.run(100);
    expect(textsOf(phone)).toEqual(['one']);
    tell('release');
    phone.answerRequests();
    await world.run(100);
    expect(textsOf(phone)).toEqual(['one']);
    tell('invite-again');
    await nothingLeft(world);
  });

  test('is brought to all clients, the last of which decides where none takes it', async () => {
    const { world, phone } = await kept();
    const tablet = world.client('tablet', 'bob');
    phone.manners.request = 415;
    tablet.manners.request = 'leave';
    world.functions.isDown = true;
    phone.register();
    tablet.register();
    await world.run(100);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(100);
    expect([textsOf(phone), textsOf(tablet)]).toEqual([['one'], ['one']]);
    await world.run(40_000);
    expect(textsOf(phone)).toEqual(['one', 'two']);
  });
});

describe('a notification', () => {
  test('is brought by MESSAGE where no session runs between the two that could take it', async () => {
    const { world, sender, phone } = await sending({ notificationWay: 'running' });
    phone.register();
    await world.run(100);
    sender.rejoin(bob, 'chat-1');
    await world.run(100);
    sender.restart();
    await world.run(100);
    sender.register();
    const xml =
      '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>';
    world.functions.isDown = true;
    await world.run(100);
    phone.page(
      alice,
      chat({ from: bob, to: alice, id: 'n1', text: xml, type: 'message/imdn+xml' }),
    );
    await world.run(100);
    expect(requestsOf(sender, 'MESSAGE')).toHaveLength(1);
  });
});
