/** Sessions between two users: live, kept while one is away, and brought in a session of their own (001 8.3.2.9.1.1). */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, bob, left, reasonOf } from './scene.ts';
import { cpimOf, fine, online, phase, sdpOf, talking, waiting } from './users.ts';

describe('two users in a session', () => {
  test('hear one another, and no sign of a focus is shown to them [PFT-147, PFT-149]', async () => {
    const scene = await talking();
    const { world, caller, phone } = scene;
    caller.say('hello');
    phone.say('hi');
    await world.run(100);
    expect([phone.talk.texts, caller.talk.texts]).toEqual([['hello'], ['hi']]);
    const [invite] = phone.invites;
    expect(header(invite as SipRequest, 'Contact')).not.toContain('isfocus');
    expect(header(invite as SipRequest, 'P-Asserted-Identity')).toBe(`<${alice}>`);
    fine(scene);
  });

  test('are both out of it when one leaves [PFT-030]', async () => {
    const scene = await talking();
    scene.caller.bye(left);
    await scene.world.run(100);
    expect(scene.phone.byes).toHaveLength(1);
    expect([await phase(scene), await phase(scene, 'alice', bob)]).toEqual(['gone', 'gone']);
    fine(scene);
  });

  test('are called one another, not themselves', async () => {
    const { world, caller } = await online();
    caller.rejoin(alice, 'chat-1');
    await world.run(100);
    expect(caller.refusals).toEqual([482]);
  });

  test("hear each other's refusals [decision O-05]", async () => {
    const { world, caller, phone } = await online();
    phone.manners.invite = 603;
    caller.rejoin(bob, 'chat-1');
    await world.run(100);
    expect(caller.refusals).toEqual([603]);
  });

  test('are not kept from a session by a caller that gives up', async () => {
    const scene = await online();
    scene.phone.manners.invite = 'ring';
    const call = scene.caller.rejoin(bob, 'chat-1');
    await scene.world.run(100);
    scene.caller.cancel(call);
    await scene.world.run(100);
    expect(scene.phone.cancels).toHaveLength(1);
    fine(scene);
  });
});

describe('a user who is away', () => {
  test('has what is said kept, and gets it in a sendonly session of the deferring function, closed with its last message [PFT-040 to PFT-048, PFT-050, PFT-051]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    expect(await phase(scene)).toBe('inactive');
    phone.register();
    await world.run(200);
    const invite = phone.invites.at(-1);
    expect(header(invite as SipRequest, 'P-Asserted-Identity')).toBe(
      '<sip:rcse-standfw@rejoin.test>',
    );
    expect(header(invite as SipRequest, 'Referred-By')).toBe(`<${alice}>`);
    expect(header(invite as SipRequest, 'To')).toContain(bob);
    expect(sdpOf(invite)).toContain('a=sendonly');
    expect(cpimOf(invite)).toMatch(/one$/);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.byes.map(reasonOf)).toEqual([left]);
    expect(await phase(scene)).toBe('gone');
    fine(scene);
  });

  test('is invited without a message in the INVITE where the provider wants the first message once [decision O-11]', async () => {
    const scene = await waiting({ isFirstRepeated: false });
    scene.phone.register();
    await scene.world.run(200);
    expect(cpimOf(scene.phone.invites.at(-1))).toBeUndefined();
    expect(scene.phone.talk.texts).toEqual(['one', 'two']);
  });

  test("gets it while the sender's session goes on, and what follows at once in a further session [PFT-051, PFT-121]", async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    phone.register();
    await world.run(200);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.byes).toHaveLength(1);
    expect(caller.byes).toEqual([]);
    caller.say('three');
    await world.run(300);
    expect(phone.talk.texts).toEqual(['one', 'two', 'three']);
    expect(phone.byes).toHaveLength(2);
    expect(await phase(scene)).toBe('buffering');
    fine(scene);
  });

  test('who registers with nothing waiting is invited into the running session [decision O-03]', async () => {
    const scene = await talking();
    const { world, caller, phone } = scene;
    phone.restart();
    await world.run(100);
    phone.register();
    await world.run(3_000);
    expect(sdpOf(phone.invites.at(-1))).toContain('a=sendrecv');
    caller.say('back');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['back']);
    fine(scene);
  });

  test('who registers with nothing waiting is left in peace where the provider wants that, until something comes [decision O-03]', async () => {
    const scene = await talking({ isInvitedWithoutPending: false });
    const { world, caller, phone } = scene;
    phone.restart();
    await world.run(100);
    phone.register();
    await world.run(3_000);
    expect(phone.invites).toHaveLength(1);
    caller.say('news');
    await world.run(300);
    expect(phone.talk.texts).toEqual(['news']);
    fine(scene);
  });

  test("from the start has the call accepted in the user's place, with the message in it kept [PFT-145]", async () => {
    const world = new World();
    const caller = world.client('laptop', 'alice');
    caller.register();
    await world.run(100);
    caller.rejoin(bob, 'chat-1');
    await world.run(100);
    caller.say('are you there?');
    await world.run(100);
    const phone = world.client('phone', 'bob');
    phone.register();
    await world.run(200);
    expect(phone.talk.texts).toEqual(['are you there?']);
  });

  test('keeps the rest when it ends the delivery, whatever its cause [PFT-052]', async () => {
    const scene = await waiting();
    const { world, phone } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(200);
    phone.bye(left);
    await world.run(100);
    expect(await phase(scene)).toBe('buffering');
    phone.manners.message = 200;
    phone.register();
    await world.run(300);
    expect(phone.talk.texts.slice(-2)).toEqual(['one', 'two']);
    fine(scene);
  });

  test('that calls the sender gets what waits first, and the sender is called in parallel [PFT-037]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(10);
    phone.rejoin(alice, 'chat-2');
    await world.run(300);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(caller.up).toHaveLength(1);
    phone.say('I was away');
    await world.run(100);
    expect(caller.talk.texts).toEqual(['I was away']);
    expect(await phase(scene)).toBe('joined');
    fine(scene);
  });

  test('that calls a sender who declines gets what waits, and then hears of it [decision D-17]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    caller.manners.invite = 603;
    await world.run(100);
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(10);
    phone.rejoin(alice, 'chat-2');
    await world.run(300);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(phone.byes.map(reasonOf)).toEqual(['SIP;cause=603']);
    fine(scene);
  });

  test('that calls while our INVITE is out comes in by its own call [PFT-053]', async () => {
    const scene = await waiting();
    const { world, phone } = scene;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(200);
    phone.rejoin(alice, 'chat-2');
    await world.run(300);
    expect(phone.cancels).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    expect(await phase(scene)).toBe('joined');
    fine(scene);
  });

  test('loses nothing when the store does not answer at the registration, and gets it at the next one [design 6.1]', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    phone.register();
    await world.run(5);
    world.edge.lookups = 'fault';
    await world.run(5_000);
    world.edge.lookups = 'answer';
    expect(await phase(scene)).toBe('inactive');
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });
});
