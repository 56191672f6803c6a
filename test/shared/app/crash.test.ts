/**
 * The functions may die at any call of a port, before or after it has happened, and may run twice at the same time: what they leave
 * behind and what they tell the edges is the same (design 6.6, 6.7).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handleParticipation, type Ports } from '../../../shared/app/handle-participation.ts';
import { participationGroup, queueNames } from '../../../shared/app/queue-names.ts';
import { readParticipationMessage } from '../../../shared/core/message.ts';
import type { ParticipationEvent } from '../../../shared/core/participation/event.ts';
import { admit } from '../../../shared/core/participation/fold.ts';
import {
  edgeLost,
  focusEnded,
  focusJoined,
  joined,
  left,
  lost,
  name,
  opened,
  openedAway,
  phone,
  position,
  progress,
  refused,
  rejoin,
  restarted,
  restartFailed,
  roster,
  type Step,
  tablet,
} from '../core/participation/spec.ts';
import { Turns } from './turns.ts';
import { type Fault, World } from './world.ts';

/** What happens, as records of a queue. */
type Happening = { readonly queue: string; readonly body: object };

type Action =
  | { readonly kind: 'event'; readonly step: Step }
  | { readonly kind: 'message'; readonly id: number }
  | { readonly kind: 'register'; readonly instance: string }
  | { readonly kind: 'edge-lost' };

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Step>(lost(), joined(), refused(480), focusJoined()) },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 0, max: 5 })
      .chain((count) =>
        fc.constantFrom<Step>(progress(position(count)), focusEnded(position(count))),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 9 }).map((call): Step => rejoin(`a/${call}`)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(restarted(), roster('sip:x@a.test'), opened(), openedAway()),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(refused(603), left, restartFailed(), {
      event: { kind: 'drained' },
    }),
  },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: step.map((one): Action => ({ kind: 'event', step: one })) },
  { weight: 2, arbitrary: fc.nat(99).map((id): Action => ({ kind: 'message', id })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(phone, phone, tablet)
      .map((instance): Action => ({ kind: 'register', instance })),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'edge-lost' }) },
);

const actions = fc.array(action, { minLength: 3, maxLength: 14 });
const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fault>('none') },
  { weight: 1, arbitrary: fc.constantFrom<Fault>('before', 'after') },
);
const faults = fc.array(fault, { maxLength: 120 });

/** The record of an action, as an edge would report it in the state that holds. */
async function happeningOf(world: World, one: Action, index: number): Promise<Happening> {
  const state = await world.state();
  const atMs = world.nowMs;
  const epoch = state?.epoch ?? 1;
  if (one.kind === 'register') {
    const bindings = [{ instance: one.instance, expiresAtMs: 1e15 }];
    const event = { kind: 'registration', user: name.user, bindings, atMs };
    return { queue: queueNames.registration, body: { event } };
  }
  const of = (event: object, source?: object) => ({
    queue: queueNames.participation,
    body: { name, ...(source === undefined ? {} : { source }), event: { atMs, ...event } },
  });
  if (one.kind === 'message') {
    const first = position(index + 1, epoch);
    return of({ kind: 'messages', first, last: first, count: 1, oldestMs: atMs, bytes: '' });
  }
  const edge = state?.edge ?? 'a';
  if (one.kind === 'edge-lost') return of(edgeLost(edge, edge === 'a' ? 'b' : 'a').event);
  if ('isOutside' in one.step) return of(one.step.event);
  const { event } = one.step;
  const isNew = event.kind === 'opened' && state?.phase === 'gone';
  const counter = isNew ? 1 : (state?.counter ?? 0) + 1;
  return of(event, { edge, epoch: isNew ? epoch + 1 : epoch, counter });
}

async function happen(world: World, { queue, body }: Happening): Promise<void> {
  const group = queue === queueNames.registration ? name.user : participationGroup(name);
  const deduplicationId = `${Math.random()}`;
  await world.queue.send([{ queue, group, deduplicationId, body: JSON.stringify(body) }]);
}

/** Plays the actions without any fault; answers what happened, so that it can happen again. */
async function play(world: World, plan: readonly Action[]): Promise<readonly Happening[]> {
  const happenings: Happening[] = [];
  for (const [index, one] of [{ kind: 'event', step: opened() } as const, ...plan].entries()) {
    world.nowMs += 10;
    const happening = await happeningOf(world, one, index);
    happenings.push(happening);
    await happen(world, happening);
    await world.run(1);
  }
  return happenings;
}

async function outcomeOf(world: World) {
  const segments = await world.store.tail(`${name.user}#${name.contributionId}`, 1e6);
  return {
    state: await world.state(),
    commands: await world.commands(),
    stored: segments.map((segment) => segment.first),
  };
}

describe('a function that dies', () => {
  test('at any call of a port leaves what one that lives leaves [design 6.6]', async () => {
    await fc.assert(
      fc.asyncProperty(actions, faults, async (plan, when) => {
        const living = new World();
        const happenings = await play(living, plan);
        const dying = new World();
        let calls = 0;
        dying.fault = () => when[calls++] ?? 'none';
        for (const happening of happenings) {
          dying.nowMs += 10;
          await happen(dying, happening);
          await dying.run(1);
        }
        expect(await outcomeOf(dying)).toEqual(await outcomeOf(living));
        expect(living.failures).toEqual([]);
        expect(dying.parked).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('after it has committed, and again when it is repeated, still sends all there is to send [design 4.3]', async () => {
    for (let deadly = 1; deadly < 12; deadly++) {
      const world = new World();
      await happen(world, { queue: queueNames.participation, body: event(1, opened().event) });
      await world.run();
      let calls = 0;
      world.fault = () => (calls++ % deadly === deadly - 1 && calls < 40 ? 'after' : 'none');
      await world.register(world.nowMs + 1, { instance: phone, expiresAtMs: 1e15 });
      await happen(world, { queue: queueNames.participation, body: event(2, lost().event) });
      await world.run();
      const told = (await world.commands()).filter((text) => text.includes('invite-client'));
      expect(told, `every ${deadly}. call`).toEqual(['commands-a invite-client reinviting']);
    }
  });
});

function event(counter: number, of: Omit<ParticipationEvent, 'atMs'>): object {
  return { name, source: { edge: 'a', epoch: 1, counter }, event: { ...of, atMs: 900 + counter } };
}

describe('the same records, handled twice', () => {
  test('one after the other leave the same item, and tell the same [design 6.7]', async () => {
    await fc.assert(
      fc.asyncProperty(actions, async (plan) => {
        const once = new World();
        const happenings = await play(once, plan);
        const twice = new World();
        for (const happening of happenings) {
          twice.nowMs += 10;
          await happen(twice, happening);
          await twice.run(1);
          await happen(twice, happening);
          await twice.run(1);
        }
        expect(await outcomeOf(twice)).toEqual(await outcomeOf(once));
      }),
      { numRuns: 200 },
    );
  });

  test('by two functions at once, in any order of their steps, leave the same [design 6.7]', async () => {
    await fc.assert(
      fc.asyncProperty(actions, fc.infiniteStream(fc.nat(5)), async (plan, order) => {
        const once = new World();
        const happenings = await play(once, plan);
        const racing = new World();
        for (const happening of happenings) {
          racing.nowMs += 10;
          await race(racing, happening, (count) => (order.next().value ?? 0) % count);
        }
        expect(await outcomeOf(racing)).toEqual(await outcomeOf(once));
      }),
      { numRuns: 60 },
    );
  });
});

/** Two functions get the same record of the participation's queue. */
async function race(
  world: World,
  happening: Happening,
  choose: (count: number) => number,
): Promise<void> {
  if (happening.queue === queueNames.registration) {
    await happen(world, happening);
    await world.run(1);
    return;
  }
  const message = readParticipationMessage(JSON.stringify(happening.body));
  if (message === undefined) throw new Error('no message');
  const turns = new Turns();
  const portsOf = (who: string): Ports => ({
    ...world.ports,
    store: turns.of(who, world.store),
    queue: turns.of(who, world.queue),
  });
  const work = ['one', 'two', 'three'].map((who) =>
    handleParticipation(portsOf(who), name, [message]),
  );
  await turns.run(work, (workers) => choose(workers.length));
}

test('an event is admitted once, whoever reports it [design 4.3]', async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (plan) => {
      const world = new World();
      for (const { body } of await play(world, plan)) {
        const message = readParticipationMessage(JSON.stringify(body));
        if (message === undefined || message.event.kind === 'messages') continue;
        const { event: known } = message;
        // An edge that is lost is never an owner again, as it is in these plays; where nothing is kept the focus is asked each time.
        if (known.kind === 'rejoin' || known.kind === 'edge-lost') continue;
        expect(admit(await world.state(), { ...message, event: known })).not.toBe('apply');
      }
    }),
    { numRuns: 50 },
  );
});
