/**
 * No lost wake-up (design 4): each side writes its own item and then reads the other's. Here every order of these steps is run, for
 * every event after which a client's registration matters.
 */
import { describe, expect, test } from 'vitest';
import { handleParticipation, type Ports } from '../../../shared/app/handle-participation.ts';
import { handleRegistration } from '../../../shared/app/handle-registration.ts';
import type { Envelope } from '../../../shared/core/participation/fold.ts';
import {
  available,
  edgeLost,
  focusEnded,
  focusJoined,
  lost,
  name,
  openedAway,
  type PhaseName,
  phases,
  phone,
  position,
  refused,
  Spec,
  type Step,
} from '../core/participation/spec.ts';
import { type Choose, everyOrder, Turns } from './turns.ts';
import { World } from './world.ts';

type Case = {
  readonly fact: string;
  readonly from: PhaseName;
  readonly step: Step;
  readonly next: 'reinviting' | 'draining';
};

const cases: readonly Case[] = [
  { fact: 'a client is lost', from: 'joined', step: lost(), next: 'reinviting' },
  {
    fact: 'a session begins without its client',
    from: 'none',
    step: openedAway(),
    next: 'reinviting',
  },
  { fact: 'a delivery is interrupted', from: 'draining', step: lost(), next: 'draining' },
  { fact: 'a re-start is interrupted', from: 'restarting', step: lost(), next: 'draining' },
  { fact: 'our INVITE is refused', from: 'reinviting', step: refused(480), next: 'reinviting' },
  {
    fact: 'our INVITE for an ended session is refused',
    from: 'draining',
    step: refused(480),
    next: 'draining',
  },
  {
    fact: 'the focus ends the session',
    from: 'buffering',
    step: focusEnded(position(3)),
    next: 'draining',
  },
  { fact: 'the focus invites anew', from: 'inactive', step: focusJoined(), next: 'reinviting' },
  { fact: 'an edge is lost', from: 'joined', step: edgeLost(), next: 'reinviting' },
  {
    fact: 'an edge is lost during a delivery',
    from: 'draining',
    step: edgeLost(),
    next: 'draining',
  },
];

const bindings = [{ instance: phone, expiresAtMs: 1e15 }];
/** When the step happens: behind all registrations that the way to the phase needs. */
const stepMs = 5000;

async function given(world: World, { from, step }: Case): Promise<Envelope> {
  const spec = new Spec();
  for (const before of phases[from]) {
    const envelope = spec.envelope(before);
    spec.when(before);
    await handleParticipation(world.ports, name, [envelope]);
  }
  await world.commands();
  return spec.envelope({ ...step, atMs: stepMs });
}

async function inOneOrder(one: Case, registeredAtMs: number, choose: Choose): Promise<World> {
  const world = new World();
  world.nowMs = stepMs;
  const envelope = await given(world, one);
  const turns = new Turns();
  const portsOf = (who: string): Ports => ({
    ...world.ports,
    store: turns.of(who, world.store),
    queue: turns.of(who, world.queue),
  });
  const event = { kind: 'registration', user: name.user, bindings, atMs: registeredAtMs } as const;
  await turns.run(
    [
      handleParticipation(portsOf('participation'), name, [envelope]),
      handleRegistration(portsOf('registration'), [event]),
    ],
    choose,
  );
  await world.run();
  return world;
}

describe('a registration wakes the participation, in whatever order both are handled', () => {
  test.each(cases)('when $fact [design 4, PFT-035, PFT-056]', async (one) => {
    for (const registeredAtMs of [stepMs, stepMs + 1]) {
      const orders = await everyOrder(async (choose) => {
        const world = await inOneOrder(one, registeredAtMs, choose);
        expect(await world.state()).toMatchObject({
          phase: one.next,
          availableAtMs: registeredAtMs,
        });
        const invitations = (await world.commands()).filter((text) => text.includes(' invite-'));
        expect(invitations.at(-1)).toContain(`invite-client ${one.next}`);
        expect(invitations.filter((text) => text.includes('invite-client'))).toHaveLength(1);
      });
      expect(orders).toBeGreaterThan(10);
    }
  });

  test('and no later registration is needed, and none is acted on twice [O-08]', async () => {
    const one = cases[0] as Case;
    await everyOrder(async (choose) => {
      const world = await inOneOrder(one, stepMs + 1, choose);
      await world.outside(available(stepMs + 1).event);
      await world.run();
      const told = (await world.commands()).filter((text) => text.includes('invite'));
      expect(told).toEqual(['commands-a invite-client reinviting']);
    });
  });
});

test('the orders of two workers with two steps each are six', async () => {
  const seen = new Set<string>();
  const count = await everyOrder(async (choose) => {
    const turns = new Turns();
    const order: string[] = [];
    const step = (who: string) => turns.of(who, { take: async () => void order.push(who) });
    const work = async (who: string) => {
      await step(who).take();
      await step(who).take();
    };
    await turns.run([work('a'), work('b')], choose);
    seen.add(order.join(''));
  });
  expect(count).toBe(6);
  expect([...seen].sort()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa']);
});
