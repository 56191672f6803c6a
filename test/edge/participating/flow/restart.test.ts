/** A client re-joins a session that has ended: what was kept is delivered, and in parallel the focus is asked to run the group again. */
import { describe, expect, test } from 'vitest';
import { listIn, sdpIn } from './content.ts';
import { alice, bob, ended, fine, outcomes, phaseOf, reasonOf, says, valuesOf } from './scene.ts';

const groupState = 'application/group-state-object+xml';
const renewed = 'sip:group-2@cf.test';

describe('a re-join of a session that has ended', () => {
  test('delivers what was kept with the group state, re-starts the group, and joins the legs [PFT-078, PFT-079, PFT-085, D-15, O-14]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    const old = focus.identity;
    focus.identity = renewed;
    const call = phone.rejoin(old, 'c1');
    await world.run(100);
    const [invite] = focus.invites;
    expect(invite?.uri).toBe('sip:conference-factory@cf.test');
    expect(valuesOf(invite, 'Contribution-ID')).toEqual(['c1']);
    expect(valuesOf(invite, 'Require')).toContain('recipient-list-invite');
    expect(listIn(invite)).toEqual([alice, bob]);
    expect(sdpIn(invite)).toContain('a=sendrecv');
    expect(phone.talk.got.map(({ contentType }) => contentType)).toEqual([
      'message/cpim',
      'message/cpim',
      groupState,
    ]);
    const ids = await says(scene, 'now');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts.at(-1)).toBe('now');
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(focus.talk.texts).toEqual(['hello']);
    expect(phone.up).toEqual([call]);
    expect((await world.state('bob', 'c1'))?.group.identity).toBe(renewed);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('keeps what the client says meanwhile, and says it when the group runs', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    const id = phone.say('am I in?');
    await world.run(100);
    expect(phone.talk.outcomes.get(id)).toBeUndefined();
    focus.answer();
    await world.run(100);
    expect(focus.talk.texts).toEqual(['am I in?']);
    expect(phone.talk.outcomes.get(id)).toBe(200);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test.each([
    [403, 403],
    [404, 481],
    [503, 408],
  ])(
    'that the focus refuses with %i finishes what was kept, reports %i for what the client has said, and says BYE with the code [PFT-080, PFT-081, D-17, C-10, O-17]',
    async (status, reported) => {
      const scene = await ended();
      const { world, phone, focus } = scene;
      focus.manners.invite = 'ring';
      phone.manners.message = 'leave';
      phone.rejoin(focus.identity, 'c1');
      await world.run(100);
      const id = phone.say('am I in?');
      focus.answer(status);
      await world.run(100);
      expect(phone.byes).toEqual([]);
      phone.manners.message = 200;
      phone.talk.answer();
      await world.run(400);
      expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
      expect(phone.talk.reports).toEqual([{ messageId: id, status: reported }]);
      expect(phone.byes.map(reasonOf)).toEqual([`SIP;cause=${status}`]);
      expect(await phaseOf(world)).toBe('gone');
      expect(world.edge.participating.size).toBe(0);
      fine(scene);
    },
  );

  test('that the focus refuses when everything is delivered says BYE with the code at once [PFT-080]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.talk.got).toHaveLength(3);
    expect(phone.byes).toEqual([]);
    focus.answer(403);
    await world.run(100);
    expect(phone.byes.map(reasonOf)).toEqual(['SIP;cause=403']);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('that the focus does not answer says BYE with 408 [PFT-080]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    world.network.offline.add(focus.host);
    phone.rejoin(focus.identity, 'c1');
    await world.run(40_000);
    expect(phone.byes.map(reasonOf)).toEqual(['SIP;cause=408']);
    fine(scene);
  });

  test('goes on where the focus answers before the group state object is acknowledged', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.manners.message = 'leave';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    phone.talk.answer();
    await world.run(100);
    expect(phone.talk.got.at(-1)?.contentType).toBe(groupState);
    focus.answer();
    await world.run(100);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(phone.byes).toEqual([]);
    await says(scene, 'now');
    expect(phone.talk.texts.at(-1)).toBe('now');
    fine(scene);
  });

  test('whose client is lost before the focus answers is kept for the next time', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.manners.message = 'leave';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    phone.restart();
    await world.run(100);
    expect(await phaseOf(world)).toBe('inactive');
    expect(focus.cancels).toHaveLength(1);
    phone.manners.message = 200;
    phone.register();
    await world.run(100);
    expect(phone.talk.ids.slice(-3, -1)).toEqual(['m1', 'm2']);
    fine(scene);
  });
});

describe('a re-join while the delivery of an ended session is out', () => {
  test('leaves the delivery in its own session, and re-starts the group beside it [PFT-024, PFT-025, PFT-084, PFT-085]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const delivery = phone.call;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.cancels).toEqual([]);
    expect(focus.invites).toHaveLength(1);
    expect(phone.talk.texts).toEqual([]);
    phone.answer(200, delivery);
    await world.run(100);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    expect(delivery.isOver).toBe(true);
    expect(phone.up).toEqual([call]);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });
});
