/** One user in many groups at the same time: what all of them cost when the user's phone is back, and how it is asked into them. */
import { describe, expect, test } from 'vitest';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { invitationsOutMax } from '../../../../edge/participating/limit.ts';
import type { Call } from '../../../kit/virtual/call.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import type { World } from '../../../kit/virtual/world.ts';
import { group, registered, valuesOf } from './scene.ts';

const groups = invitationsOutMax * 3;
const names = Array.from({ length: groups }, (_, number) => `c${String(number).padStart(2, '0')}`);

type Many = { readonly world: World; readonly phone: Client; readonly legs: readonly Call[] };

/** Bob was in many groups, his phone is off, and something waits in each. */
async function manyAway(options: Partial<ParticipatingOptions> = {}): Promise<Many> {
  const { world, phone } = await registered(options);
  const { focus } = world;
  const legs = names.map((contributionId) => {
    focus.identity = identityOf(contributionId);
    return focus.open({ ...group, contributionId });
  });
  await world.run(500);
  expect(phone.up).toHaveLength(groups);
  phone.restart();
  phone.invites.length = 0;
  await world.run(100);
  for (const [index, leg] of legs.entries()) focus.say(`in ${names[index]}`, leg);
  await world.run(500);
  return { world, phone, legs };
}

function identityOf(contributionId: string): string {
  return `sip:group-${contributionId}@cf.test`;
}

/** Groups of the phone's INVITEs, in the order in which they came. */
function askedInto(phone: Client): readonly (string | undefined)[] {
  return phone.invites.map((invite) => valuesOf(invite, 'Contribution-ID')[0]);
}

function unanswered(phone: Client): readonly Call[] {
  return phone.calls.filter(({ isAgreed, isOver }) => !isAgreed && !isOver);
}

/** What the phone has been told, without what came of the group's end. */
function texts(phone: Client): readonly string[] {
  return phone.talk.texts.filter((text) => text.startsWith('in ')).toSorted();
}

const everything = names.map((name) => `in ${name}`);

async function allIn({ world, phone }: Many): Promise<void> {
  expect(texts(phone)).toEqual(everything);
  for (const name of names) expect((await world.state('bob', name))?.phase, name).toBe('joined');
  expect(world.functions.problems).toEqual([]);
}

describe('a client with many waiting groups', () => {
  test('costs no reading of all groups for each of them, however often it registers', async () => {
    const { world, phone } = await manyAway();
    const { store } = world.functions;
    const list = store.list.bind(store);
    let rows = 0;
    store.list = async (...asked) => {
      const items = await list(...asked);
      rows += items.length;
      return items;
    };
    phone.manners.invite = 'leave';
    for (let registers = 0; registers < 3; registers++) {
      phone.register();
      await world.run(100);
    }
    // Each registration looks once at all of the user's participations.
    expect(rows).toBeLessThanOrEqual(3 * 2 * (groups + 1));
  });

  test('is asked into a bounded number at the same time, in order, and into others as it answers [promise 8, PFT-057]', async () => {
    const many = await manyAway();
    const { world, phone } = many;
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(500);
    expect(phone.invites).toHaveLength(invitationsOutMax);
    const [first, second, third] = unanswered(phone);
    phone.answer(200, first);
    phone.answer(486, second);
    phone.ring(third);
    await world.run(500);
    expect(phone.invites).toHaveLength(invitationsOutMax + 2);
    for (let call = unanswered(phone)[0]; call !== undefined; call = unanswered(phone)[0]) {
      expect(unanswered(phone)).toHaveLength(Math.min(invitationsOutMax, unanswered(phone).length));
      phone.answer(200, call);
      await world.run(50);
    }
    expect(new Set(askedInto(phone)).size).toBe(groups);
    phone.manners.invite = 200;
    phone.register();
    await world.run(6000);
    await allIn(many);
  });

  test('that registers again at another place meanwhile is asked there, and into no more at the same time', async () => {
    const many = await manyAway();
    const { world, phone } = many;
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(500);
    const before = askedInto(phone);
    phone.restart();
    phone.register();
    await world.run(500);
    expect(askedInto(phone).slice(before.length).toSorted()).toEqual(before.toSorted());
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(500);
    await allIn(many);
  });

  test('that refreshes its registration is not asked anew, nor where the store does not tell its place', async () => {
    const many = await manyAway();
    const { world, phone } = many;
    phone.manners.invite = 'leave';
    for (let registers = 0; registers < 3; registers++) {
      phone.register();
      await world.run(100);
    }
    world.edge.lookups = 'fault';
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    expect(phone.invites).toHaveLength(invitationsOutMax);
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(500);
    expect(askedInto(phone)).toHaveLength(groups);
    await allIn(many);
  });

  test('that registers again at the same place, some time after an INVITE that it has not answered, is asked anew: it may have been out of reach', async () => {
    const { world, phone } = await manyAway();
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(1000);
    const before = askedInto(phone);
    phone.register();
    await world.run(300);
    expect(askedInto(phone).slice(before.length).toSorted()).toEqual(before.toSorted());
  });

  test('that shows that it is there, while it is looked whether its place is another, is not asked anew', async () => {
    const { world, phone } = await manyAway();
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(300);
    phone.hasInstance = false;
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    for (const call of unanswered(phone)) phone.ring(call);
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(300);
    expect(phone.cancels).toEqual([]);
    expect(phone.invites).toHaveLength(invitationsOutMax);
  });

  test('that is silent is asked into the others when its time is over, and into all when it is there again', async () => {
    const many = await manyAway({ answerTimeoutMs: 5000 });
    const { world, phone } = many;
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(1000);
    expect(phone.invites).toHaveLength(invitationsOutMax);
    await world.run(5000);
    expect(phone.invites).toHaveLength(invitationsOutMax * 2);
    phone.manners.invite = 200;
    phone.restart();
    phone.register();
    await world.run(1000);
    await allIn(many);
  });

  test('that re-joins a group before its turn is not asked into it [PFT-023]', async () => {
    const many = await manyAway();
    const { world, phone } = many;
    const last = names.at(-1) ?? '';
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(500);
    phone.rejoin(identityOf(last), last);
    await world.run(500);
    expect(texts(phone)).toEqual([`in ${last}`]);
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(500);
    expect(askedInto(phone)).not.toContain(last);
    await allIn(many);
  });

  test('that re-joins an ended group before its turn has it delivered in the re-joined session [PFT-085]', async () => {
    const many = await manyAway();
    const { world, phone, legs } = many;
    const last = names.at(-1) ?? '';
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(500);
    world.focus.bye('SIP;cause=200', legs.at(-1));
    await world.run(500);
    expect((await world.state('bob', last))?.phase).toBe('draining');
    phone.rejoin(identityOf(last), last);
    await world.run(500);
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(1000);
    expect(askedInto(phone)).not.toContain(last);
    expect(texts(phone)).toEqual(everything);
    expect(world.functions.problems).toEqual([]);
  });

  test('gets what waits in groups that had ended, as many at the same time, however often it registers [PFT-067]', async () => {
    const { world, phone, legs } = await manyAway();
    for (const leg of legs) world.focus.bye('SIP;cause=200', leg);
    await world.run(500);
    phone.manners.invite = 'leave';
    for (let registers = 0; registers < 3; registers++) {
      phone.register();
      await world.run(100);
    }
    expect(phone.invites).toHaveLength(invitationsOutMax);
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(2000);
    expect(askedInto(phone)).toHaveLength(groups);
    expect(texts(phone)).toEqual(everything);
    for (const name of names) expect((await world.state('bob', name))?.phase).toBe('gone');
    expect(world.functions.problems).toEqual([]);
  });

  test('gets what waits in a group that ends before its turn [PFT-068]', async () => {
    const { world, phone, legs } = await manyAway();
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(500);
    world.focus.bye('SIP;cause=200', legs.at(-1));
    await world.run(500);
    phone.manners.invite = 200;
    for (const call of unanswered(phone)) phone.answer(200, call);
    await world.run(2000);
    expect(texts(phone)).toEqual(everything);
    expect(world.functions.problems).toEqual([]);
  });

  test.each([
    ['hands over', (world: World) => world.handOver(1000)],
    ['is killed', (world: World) => world.restartEdge()],
  ])(
    'is asked into all of them by the next edge if one %s meanwhile [promise 6]',
    async (_how, end) => {
      const many = await manyAway();
      const { world, phone } = many;
      phone.manners.invite = 'leave';
      phone.register();
      await world.run(500);
      const before = phone.invites.length;
      phone.manners.invite = 200;
      await end(world);
      await world.run(8000);
      expect(phone.invites.length).toBeGreaterThanOrEqual(before + groups - invitationsOutMax);
      phone.restart();
      phone.register();
      await world.run(2000);
      await allIn(many);
    },
  );
});
