/** What hardly ever happens to what is kept, and to commands that come late. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import { segmentKey } from '../../../../shared/core/key.ts';
import { notificationsName, oneToOneName } from '../../../../shared/core/participation/kind.ts';
import { packSegment } from '../../../../shared/core/segment.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, bob, bobInGroup, fine, inGroup, left, registered, requestsOf } from './scene.ts';
import { message, phase, sending, waiting } from './users.ts';

const imdn =
  '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>';

describe('what waits', () => {
  test('and is gone when its delivery is due ends without an INVITE [design 6.7]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    const name = oneToOneName(bob, alice);
    await world.functions.store.discard(segmentKey(name), Number.MAX_SAFE_INTEGER);
    const before = phone.invites.length;
    phone.register();
    await world.run(500);
    expect(phone.invites).toHaveLength(before);
    expect(await phase(scene)).toBe('gone');
  });

  test('and is no message any more is passed over, and what stands behind it is brought', async () => {
    const { world, sender, phone } = await sending();
    sender.page(bob, message('m1', 'whole'));
    await world.run(100);
    const key = segmentKey({ user: bob, contributionId: 'standalone' });
    const [kept] = await world.functions.store.segments(key, { after: 0, bytesMax: 1e6 });
    if (kept === undefined) throw new Error('nothing was kept');
    const broken = {
      messageId: 'broken',
      contentType: 'message/sip',
      body: utf8Encode('nothing that is SIP'),
      receivedAtMs: 0,
    };
    const at = kept.last + 1;
    const bytes = packSegment([broken]);
    await world.functions.store.append([{ ...kept, first: at, last: at, count: 1, bytes }]);
    phone.register();
    await world.run(500);
    expect(requestsOf(phone, 'MESSAGE')).toHaveLength(1);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('gone');
  });
});

describe('standalone messages', () => {
  test('that are gone when they are to be brought end there [design 6.7]', async () => {
    const { world, sender, phone } = await sending();
    sender.page(bob, message('m1', 'one'));
    await world.run(100);
    const key = segmentKey({ user: bob, contributionId: 'standalone' });
    await world.functions.store.discard(key, Number.MAX_SAFE_INTEGER);
    phone.register();
    await world.run(70_000);
    expect(requestsOf(phone, 'MESSAGE')).toEqual([]);
    expect((await world.state('bob', 'standalone'))?.phase).toBe('gone');
  });

  test('of one moment go to the client one after another [design 6.2]', async () => {
    const world = new World();
    const sender = world.client('laptop', 'alice');
    const phone = world.client('phone', 'bob');
    sender.register();
    phone.register();
    await world.run(100);
    for (const id of ['m1', 'm2', 'm3']) {
      sender.page(bob, chat({ from: alice, to: bob, id, text: id }));
    }
    await world.run(300);
    const bodies = requestsOf(phone, 'MESSAGE').map(({ body }) => new TextDecoder().decode(body));
    expect(bodies.map((body) => body.slice(-2))).toEqual(['m1', 'm2', 'm3']);
    expect(world.edge.participating.size).toBe(0);
  });
});

describe('what one user has said to another', () => {
  test('is offered anew at a further registration while the first offer is being made up, once [design 6.4]', async () => {
    const scene = await waiting();
    const { world, phone } = scene;
    phone.register();
    await world.run(12);
    world.edge.lookups = 'hold';
    await world.run(40);
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(1000);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.up).toEqual([]);
  });

  test('rings on where the client registers again [design 6.4]', async () => {
    const scene = await waiting();
    const { world, phone } = scene;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(200);
    phone.register();
    await world.run(200);
    expect(phone.cancels).toEqual([]);
    phone.answer();
    await world.run(1000);
    expect(phone.talk.texts).toEqual(['one', 'two']);
  });

  test('is not offered by an edge that ends while the offer is being made up, but by the next one at a registration [design 7]', async () => {
    const { world, phone } = await waiting();
    const before = phone.invites.length;
    phone.register();
    await world.run(12);
    const { edge } = world;
    edge.lookups = 'hold';
    await world.run(40);
    edge.handOver('edge-2');
    edge.lookups = 'answer';
    edge.release();
    await world.run(3);
    expect(phone.invites).toHaveLength(before);
    edge.kill();
    await world.startEdge();
    phone.register();
    await world.run(2000);
    expect(phone.talk.texts).toEqual(['one', 'two']);
  });

  test('is left with a client that has not answered yet and only refreshes its registration, and goes to one that has begun anew', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    const before = phone.invites.length;
    phone.manners.invite = 'leave';
    for (let registers = 0; registers < 3; registers++) {
      phone.register();
      await world.run(100);
    }
    expect(phone.invites).toHaveLength(before + 1);
    phone.restart();
    phone.manners.invite = 200;
    phone.register();
    await world.run(1000);
    expect(phone.invites).toHaveLength(before + 2);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(await phase(scene)).toBe('gone');
  });

  test('stays kept when the store does not tell who is registered [design 6.1]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    phone.register();
    await world.run(12);
    world.edge.lookups = 'fault';
    await world.run(500);
    expect(await phase(scene)).toBe('inactive');
    world.edge.lookups = 'answer';
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one', 'two']);
  });

  test('is brought in one session when two devices accept at once [PFT-053]', async () => {
    const world = new World();
    const caller = world.client('laptop', 'alice');
    caller.register();
    await world.run(100);
    caller.rejoin(bob, 'chat-1');
    await world.run(100);
    caller.say('one');
    await world.run(100);
    const phone = world.client('phone', 'bob');
    const tablet = world.client('tablet', 'bob');
    for (const device of [phone, tablet]) {
      device.manners.invite = 'ring';
      device.manners.message = 'leave';
      device.register();
    }
    await world.run(500);
    expect([phone.invites.length, tablet.invites.length]).toEqual([1, 1]);
    phone.answer();
    tablet.answer();
    await world.run(100);
    expect([...phone.up, ...tablet.up]).toHaveLength(1);
    tablet.manners.message = 200;
    tablet.talk.answer();
    await world.run(500);
    expect(tablet.talk.texts).toEqual(['one']);
  });
});

describe('a command', () => {
  test('to invite a client that is in its session already is answered by saying so [design 6.7]', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    const participation = await world.state('bob', 'c1');
    if (participation === undefined) throw new Error('no participation is kept');
    const command = { kind: 'invite-client', participation } as const;
    const { node, participating } = world.edge;
    node.do(() => participating.command(node.nowMs, { id: 'late', name: bobInGroup, command }));
    await world.run(200);
    expect(phone.invites).toHaveLength(1);
    fine(scene);
  });
});

describe('stored notifications', () => {
  async function stored() {
    const { world, phone } = await registered();
    phone.page(
      alice,
      chat({ from: bob, to: alice, id: 'n1', text: imdn, type: 'message/imdn+xml' }),
    );
    await world.run(100);
    return { world, phone, laptop: world.client('laptop', 'alice') };
  }

  test('stay kept for a client that takes none in sessions [decision: how clients answer]', async () => {
    const { world, laptop } = await stored();
    const taken = 'm=message 2855 TCP/MSRP *\r\na=accept-types:message/cpim\r\n';
    laptop.manners.sdp = utf8Encode(
      `v=0\r\no=- 1 1 IN IP4 laptop.test\r\ns=-\r\nc=IN IP4 laptop.test\r\nt=0 0\r\n${taken}a=accept-wrapped-types:text/plain\r\na=path:msrp://laptop.test:2855/none;tcp\r\na=setup:active\r\na=recvonly\r\n`,
    );
    laptop.register();
    await world.run(500);
    expect(laptop.invites).toHaveLength(1);
    expect(laptop.byes).toHaveLength(1);
    const { contributionId } = notificationsName(alice, bob);
    expect((await world.state('alice', contributionId))?.phase).toBe('inactive');
  });

  test('are offered anew where nobody has answered at all, when the client registers again', async () => {
    const { world, laptop } = await stored();
    laptop.register();
    await world.run(20);
    world.network.offline.add(laptop.host);
    laptop.restart();
    await world.run(1000);
    world.network.offline.delete(laptop.host);
    laptop.register();
    await world.run(2000);
    expect(laptop.talk.got).toHaveLength(1);
  });
});
