/** A re-join of an ended session while our delivery of it is under way: the delivery goes on, the re-start is asked for beside it. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { Client } from '../../kit/virtual/client.ts';
import type { World } from '../../kit/virtual/world.ts';
import { bob, ended } from './rosters.ts';

const completed = 'SIP;cause=200;text="Call completed"';

function reasons(phone: Client): readonly (string | undefined)[] {
  return phone.byes.map((bye) => header(bye, 'Reason'));
}

/** The texts that the phone got, but for the group state. */
function texts(phone: Client): readonly string[] {
  return phone.talk.texts.filter((text) => !text.startsWith('<'));
}

/** Bob's phone is being delivered to and has sent a re-join; the focus has not answered yet. */
async function rejoining(focusStatus: number): Promise<{ world: World; phone: Client }> {
  const { world, phone } = await ended();
  phone.register();
  await world.run(100);
  world.focus.manners.invite = 'ring';
  phone.rejoin(world.focus.identity, 'c1');
  await world.run(100);
  world.focus.manners.invite = focusStatus;
  return { world, phone };
}

async function finish(world: World, phone: Client): Promise<void> {
  phone.manners.message = 200;
  phone.talk.answer();
  await world.run(1000);
}

describe('while messages are being delivered', () => {
  test('the focus is asked at once and the client is answered as the focus answers [PFT-025, PFT-085, D-15]', async () => {
    const { world, phone } = await rejoining(200);
    expect(world.focus.invites).toHaveLength(1);
    expect(header(world.focus.invites[0] as never, 'Contribution-ID')).toBe('c1');
    expect(phone.call.isAgreed).toBe(false);
    world.focus.identity = 'sip:group-2@cf.test';
    world.focus.answer();
    await world.run(100);
    expect(phone.call.isAgreed).toBe(true);
    expect(phone.call.contact).toBe('sip:group-2@cf.test');
    expect(reasons(phone)).toEqual([]);
  });

  test('the delivery is finished in its own session, which then ends [PFT-024, PFT-084, O-12]', async () => {
    const { world, phone } = await rejoining(200);
    world.focus.answer();
    await world.run(100);
    world.focus.say('three');
    await world.run(100);
    await finish(world, phone);
    expect(texts(phone)).toEqual(['one', 'two', 'three']);
    const [one, two, , three] = phone.talk.got.map(({ session }) => session);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(reasons(phone)).toEqual([completed]);
    world.focus.say('four');
    phone.say('hello');
    await world.run(100);
    expect(texts(phone).at(-1)).toBe('four');
    expect(world.focus.talk.texts).toEqual(['hello']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });

  test('a delivery that is done before the focus answers waits for it [D-15]', async () => {
    const { world, phone } = await rejoining(200);
    await finish(world, phone);
    expect(reasons(phone)).toEqual([]);
    world.focus.answer();
    await world.run(100);
    expect(reasons(phone)).toEqual([completed]);
    world.focus.say('three');
    await world.run(100);
    expect(texts(phone)).toEqual(['one', 'two', 'three']);
  });

  test('what the client says before the delivery is done reaches the group [PFT-016]', async () => {
    const { world, phone } = await rejoining(200);
    world.focus.answer();
    await world.run(100);
    phone.say('hello');
    await world.run(100);
    expect(world.focus.talk.texts).toEqual(['hello']);
  });

  test('a refusal of the focus is the answer to the re-join, and the delivery is finished [PFT-080, D-17]', async () => {
    const { world, phone } = await rejoining(403);
    world.focus.answer(403);
    await world.run(100);
    expect(phone.refusals).toEqual([403]);
    expect((await world.state('bob', 'c1'))?.phase).toBe('restarting');
    await finish(world, phone);
    expect(texts(phone)).toEqual(['one', 'two']);
    expect(reasons(phone)).toEqual([completed]);
    expect((await world.state('bob', 'c1'))?.phase).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
  });

  test('another re-join meanwhile gets 491 [PFT-021]', async () => {
    const { world, phone } = await rejoining(200);
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([491]);
    expect(world.focus.invites).toHaveLength(1);
  });

  test('a client that gives its re-join up is delivered to all the same', async () => {
    const { world, phone } = await rejoining(200);
    phone.cancel();
    await world.run(1000);
    expect(world.focus.cancels).toHaveLength(1);
    await finish(world, phone);
    expect(texts(phone)).toEqual(['one', 'two']);
    expect(reasons(phone)).toEqual([completed]);
    expect(world.edge.participating.size).toBe(0);
  });
});

describe('a client that drops the delivery', () => {
  test('gets the rest over the re-joined session [O-12]', async () => {
    const { world, phone } = await rejoining(200);
    const delivery = phone.calls.at(-2);
    world.focus.answer();
    await world.run(100);
    phone.talk.answer(200, 1);
    await world.run(100);
    phone.bye('SIP;cause=200;text="Call completed"', delivery);
    phone.manners.message = 200;
    await world.run(1000);
    expect(texts(phone)).toEqual(['one', 'two', 'two']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });

  test('gets the rest when the focus has answered [O-12]', async () => {
    for (const reason of ['SIP;cause=200', 'SIP;cause=480']) {
      const { world, phone } = await rejoining(200);
      phone.bye(reason, phone.calls.at(-2));
      phone.manners.message = 200;
      await world.run(100);
      world.focus.answer();
      await world.run(1000);
      expect(texts(phone)).toEqual(['one', 'two', 'one', 'two']);
      expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
    }
  });

  test('keeps the rest if the focus refuses [PFT-075]', async () => {
    const { world, phone } = await rejoining(403);
    phone.bye('SIP;cause=480', phone.calls.at(-2));
    await world.run(100);
    world.focus.answer(403);
    await world.run(1000);
    expect(phone.refusals).toEqual([403]);
    expect((await world.state('bob', 'c1'))?.phase).toBe('inactive');
    expect(await world.functions.kept({ user: bob, contributionId: 'c1' })).toEqual(['m1', 'm2']);
    expect(world.edge.participating.size).toBe(0);
  });

  test('or loses its media, goes on over the re-joined session [O-12]', async () => {
    const { world, phone } = await rejoining(200);
    world.focus.answer();
    await world.run(100);
    const [first] = phone.talk.got;
    phone.manners.message = 200;
    phone.node.do(() => phone.node.msrp.close(phone.node.nowMs, first?.session ?? ''));
    await world.run(60_000);
    expect(texts(phone)).toEqual(['one', 'two', 'one', 'two']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });
});

describe('while our INVITE is out', () => {
  test('the client is in the group when it has answered both [PFT-024, PFT-025, PFT-084, PFT-085]', async () => {
    const { world, phone } = await ended();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const ours = phone.call;
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    expect(phone.call.isAgreed).toBe(true);
    expect(phone.talk.texts).toEqual([]);
    phone.answer(200, ours);
    await world.run(1000);
    expect(texts(phone)).toEqual(['one', 'two']);
    expect(reasons(phone)).toEqual([completed]);
  });

  test('a client that refuses it gets everything over its own session [O-12]', async () => {
    const { world, phone } = await ended();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const ours = phone.call;
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    phone.answer(486, ours);
    await world.run(1000);
    expect(texts(phone)).toEqual(['one', 'two']);
    expect(phone.up).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });

  test('the focus answers after the refusal [O-12]', async () => {
    const { world, phone } = await ended();
    phone.manners.message = 200;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const ours = phone.call;
    world.focus.manners.invite = 'ring';
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    phone.answer(486, ours);
    await world.run(100);
    world.focus.answer();
    await world.run(1000);
    expect(texts(phone)).toEqual(['one', 'two']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });
});

describe('another device', () => {
  test('takes the place of the one that is delivered to [O-06]', async () => {
    const { world, phone } = await ended();
    phone.register();
    await world.run(100);
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(100);
    tablet.rejoin(world.focus.identity, 'c1');
    await world.run(1000);
    expect(reasons(phone)).toEqual(['SIP;cause=200;text="Call completed elsewhere"']);
    expect(texts(tablet)).toEqual(['one', 'two']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
  });
});
