/** The focus has ended the session: what was kept is delivered in a session of its own, with the group's state at its end. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import { readGroupState } from '../../../../edge/xml/group-state.ts';
import { sdpIn } from './content.ts';
import {
  alice,
  away,
  bob,
  bobInGroup,
  carol,
  ended,
  fine,
  inGroup,
  left,
  phaseOf,
  reasonOf,
  says,
  valuesOf,
} from './scene.ts';

const groupState = 'application/group-state-object+xml';

describe('the end of a session by the focus', () => {
  test('while the client is there goes on to it, with its reason', async () => {
    const scene = await inGroup();
    scene.focus.bye('SIP;cause=410;text="Gone"');
    await scene.world.run(100);
    expect(scene.phone.byes.map(reasonOf)).toEqual(['SIP;cause=410;text="Gone"']);
    expect(await phaseOf(scene.world)).toBe('gone');
    expect(scene.world.edge.participating.size).toBe(0);
    fine(scene);
  });

  test('with nothing kept leaves nothing', async () => {
    const { world, focus, phone } = await away();
    focus.bye();
    await world.run(100);
    expect(await phaseOf(world)).toBe('gone');
    phone.register();
    await world.run(100);
    expect(phone.invites).toHaveLength(1);
  });

  test('with messages kept makes it inactive, and no edge has to hold it [PFT-094]', async () => {
    const { world, focus } = await ended();
    expect(focus.byes).toEqual([]);
    expect(await phaseOf(world)).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    expect((await world.state('bob', 'c1'))?.edge).toBeUndefined();
  });

  test('while our INVITE is out turns it into a delivery that ends [O-07]', async () => {
    const scene = await away();
    const { world, focus, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    focus.bye();
    await world.run(100);
    phone.answer();
    await world.run(100);
    expect(phone.talk.got.map(({ contentType }) => contentType)).toEqual([
      'message/cpim',
      groupState,
    ]);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('in the middle of a delivery is told when everything is delivered [O-07, PFT-067]', async () => {
    const scene = await away();
    const { world, focus, phone } = scene;
    await says(scene, 'one', 'two');
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    focus.bye();
    await world.run(100);
    expect(phone.byes).toEqual([]);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(phone.talk.got.map(({ contentType }) => contentType)).toEqual([
      'message/cpim',
      'message/cpim',
      groupState,
    ]);
    expect(phone.byes.map(reasonOf)).toEqual([left]);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });
});

describe('a client that registers when the session has ended', () => {
  test('is invited sendonly, gets every message, the last participants as a group state object, and a BYE [PFT-013, PFT-067, PFT-068, PFT-097, PFT-100, PFB-004, C-07, O-10, O-16]', async () => {
    const scene = await away();
    const { world, focus, phone } = scene;
    focus.notify([alice, bob, carol]);
    await says(scene, 'one', 'two');
    focus.bye();
    await world.run(100);
    phone.register();
    await world.run(100);
    const invite = phone.invites[1];
    expect(sdpIn(invite)).toContain('a=sendonly');
    expect(sdpIn(invite)).toContain(groupState);
    expect(valuesOf(invite, 'Contact')[0]).toContain(`<${focus.identity}>;isfocus`);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    const state = phone.talk.got.at(-1);
    expect(state?.contentType).toBe(groupState);
    const read = readGroupState(utf8Encode(state?.text ?? ''));
    expect(read).toMatchObject({
      state: {
        identity: focus.identity,
        participants: [{ uri: alice }, { uri: bob }, { uri: carol }],
      },
    });
    expect(phone.byes.map(reasonOf)).toEqual([left]);
    expect(await phaseOf(world)).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    fine(scene);
  });

  test('and takes no group state object gets none [C-09]', async () => {
    const scene = await inGroup({}, { types: ['message/cpim'] });
    const { world, focus, phone } = scene;
    phone.restart();
    await world.run(100);
    await says(scene, 'one');
    focus.bye();
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
  });

  test('and takes any type gets the group state object', async () => {
    const scene = await inGroup({}, { types: ['*'] });
    const { world, focus, phone } = scene;
    phone.restart();
    await world.run(100);
    await says(scene, 'one');
    focus.bye();
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.got.map(({ contentType }) => contentType)).toEqual([
      'message/cpim',
      groupState,
    ]);
  });

  test('and answers with 603 has everything discarded [D-19, PFT-063]', async () => {
    const { world, focus, phone } = await ended();
    phone.manners.invite = 603;
    phone.register();
    await world.run(1000);
    expect(await phaseOf(world)).toBe('gone');
    expect(focus.byes).toEqual([]);
    expect(world.edge.participating.size).toBe(0);
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
  });

  test('and answers with 480 keeps everything, and gets it when it registers again [O-08, PFT-073]', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    phone.manners.invite = 480;
    phone.register();
    await world.run(1000);
    expect(await phaseOf(world)).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    phone.manners.invite = 200;
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('and leaves with cause 200 in the middle has the rest discarded [PFT-074, PFT-075]', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    phone.talk.answer(200, 1);
    phone.bye(left);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(await phaseOf(world)).toBe('gone');
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    fine(scene);
  });

  test('and is cut off in the middle gets the rest the next time [PFT-101]', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    phone.talk.answer(200, 1);
    await world.run(100);
    phone.bye('SIP;cause=503');
    await world.run(100);
    expect(await phaseOf(world)).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    phone.manners.message = 200;
    phone.register();
    await world.run(100);
    expect(phone.talk.ids.slice(0, 3)).toEqual(['m1', 'm2', 'm2']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('and is lost when everything was delivered but the group state gets only that', async () => {
    const scene = await ended(['one']);
    const { world, phone } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    phone.talk.answer();
    await world.run(100);
    expect(phone.talk.got).toHaveLength(2);
    phone.restart();
    await world.run(100);
    expect(await phaseOf(world)).toBe('inactive');
    phone.manners.message = 200;
    phone.register();
    await world.run(1000);
    expect(phone.talk.ids.filter((id) => id === 'm1')).toEqual(['m1']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('is served by an edge that has not held the session [PFT-122]', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    await world.restartEdge();
    phone.register();
    await world.run(100);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });
});
