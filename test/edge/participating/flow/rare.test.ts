/** Requests that hardly ever come in this form, and answers that hardly ever do. */
import { describe, expect, test } from 'vitest';
import { chat } from '../../../kit/virtual/message.ts';
import { World } from '../../../kit/virtual/world.ts';
import {
  alice,
  away,
  bob,
  ended,
  fine,
  group,
  inGroup,
  nothingLeft,
  phaseOf,
  says,
} from './scene.ts';

describe('an INVITE of a peer', () => {
  test('for no user that there can be, or of a caller without a name, is refused', async () => {
    const world = new World();
    const { focus } = world;
    focus.isFocus = false;
    const headers = focus.identified(bob).filter(({ name }) => name !== 'P-Asserted-Identity');
    focus.invite({
      uri: bob,
      headers: [...headers, { name: 'P-Asserted-Identity', value: 'nobody' }],
    });
    await world.run(100);
    expect(focus.refusals).toEqual([403]);
    const { node, participating } = world.edge;
    const flow = { id: 'tcp:cf.test:5060', transport: 'tcp', host: 'cf.test', port: 5060 } as const;
    const asked = focus.call.request ?? { kind: 'request' as const, method: 'INVITE' };
    const request = { ...asked, uri: 'im:bob@rejoin.test', headers: [], body: new Uint8Array() };
    node.do(() =>
      participating.invitedByPeer(world.nowMs, { kind: 'invite', dialog: 'none', request, flow }),
    );
    await nothingLeft(world);
  });

  test('that is given up while what an earlier edge has stored is read comes to nothing', async () => {
    const scene = await ended();
    const { world, focus } = scene;
    world.edge.lookups = 'hold';
    const call = focus.open(group);
    await world.run(300);
    world.edge.release();
    await world.run(100);
    focus.cancel(call);
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(100);
    expect(focus.refusals).toEqual([487]);
    expect(await phaseOf(world)).toBe('inactive');
    await nothingLeft(world);
  });
});

describe('a client', () => {
  test('that hears of a new identity of its group and does not answer stays in its session', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.update = 'leave';
    focus.identity = 'sip:group-9@cf.test';
    focus.open(group);
    await world.run(100);
    await says(scene, 'one');
    await world.run(40_000);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('that can not be told of a new identity of its group stays in its session', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.identity = 'sip:group-9@cf.test';
    world.network.offline.add(phone.host);
    focus.open(group);
    await world.run(40_000);
    expect(phone.byes).toEqual([]);
  });

  test('that was lost and offers media that do not come about stays away', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    world.network.streams.cut(phone.host);
    await world.run(100);
    phone.manners.isDeaf = true;
    phone.reinvite();
    await world.run(12_000);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });

  test('that wants a success report gets that of the focus [RFC 4975 7.1.2]', async () => {
    const { world, phone, focus } = await inGroup();
    const body = chat({ from: bob, to: focus.identity, id: 'i1', text: 'hello' });
    phone.talk.say(phone.call, body, { messageId: 'x1', wants: true });
    await world.run(100);
    focus.report('x1', 200);
    await world.run(100);
    expect(phone.talk.reports).toEqual([{ messageId: 'x1', status: 200 }]);
  });

  test('that registers twice while its bindings are being looked up is invited once', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(1000);
    expect(phone.invites).toHaveLength(2);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('whose INVITE is answered by something that calls itself no focus is in a session with what it has called', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.isFocus = false;
    const call = phone.create('sip:conference-factory@cf.test', 'c9', [alice]);
    await world.run(100);
    expect(call.isUp).toBe(true);
    expect(call.contact).toBe('sip:conference-factory@cf.test');
  });
});
