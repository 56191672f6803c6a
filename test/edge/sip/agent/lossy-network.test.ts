import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerDraft, at, inviteDraft, sdp, sdpType } from './draft.ts';
import { Side, World } from './world.ts';

const a = '10.0.0.1';
const b = '10.0.0.2';

/** A small generator of numbers from 0 to 1, so that a failing world can be played again from its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Loses, doubles and reorders. */
function lossy(world: World, seed: number, loss: number): void {
  const next = random(seed);
  world.network = () => {
    const delayMs = () => 1 + Math.floor(next() * 300);
    const fate = next();
    if (fate < loss) return [];
    return fate < loss + 0.15 ? [delayMs(), delayMs()] : [delayMs()];
  };
}

type Plan = {
  readonly seed: number;
  /** The share of datagrams that is lost. */
  readonly loss: number;
  readonly transport: 'udp' | 'tcp';
  readonly answer: 200 | 486;
  readonly answerMs: number;
  /** When each side does something of its own after the start, if at all. */
  readonly cancelMs: number | undefined;
  readonly callerByeMs: number | undefined;
  readonly calleeByeMs: number | undefined;
  readonly callerReinviteMs: number | undefined;
  readonly calleeReinviteMs: number | undefined;
};

const maybe = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined });

const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  loss: fc.constantFrom(0, 0.1, 0.25),
  transport: fc.constantFrom('udp' as const, 'tcp' as const),
  answer: fc.constantFrom(200 as const, 200 as const, 486 as const),
  answerMs: fc.integer({ min: 0, max: 3000 }),
  cancelMs: maybe(4000),
  callerByeMs: maybe(20_000),
  calleeByeMs: maybe(20_000),
  callerReinviteMs: maybe(10_000),
  calleeReinviteMs: maybe(10_000),
});

function play(plan: Plan) {
  const world = new World();
  // A stream loses nothing, but may be slow.
  const next = random(plan.seed);
  if (plan.transport === 'udp') lossy(world, plan.seed, plan.loss);
  else world.network = () => [1 + Math.floor(next() * 50)];
  const caller = new Side(world, a);
  const callee = new Side(world, b);
  let offered: string | undefined;
  const reanswer = (side: Side) => (event: Side['events'][number]) => {
    if (event.kind !== 'update') return;
    side.do((agent, now) =>
      agent.respond(now, event.transaction, { status: 200, headers: [sdpType], body: sdp }),
    );
  };
  caller.onEvent = reanswer(caller);
  callee.onEvent = (event) => {
    reanswer(callee)(event);
    if (event.kind !== 'invite') return;
    offered = event.dialog;
    callee.do((agent, now) => agent.respond(now, event.dialog, { status: 180 }));
    world.after(plan.answerMs, () => {
      const draft = { ...answerDraft(b), status: plan.answer };
      callee.do((agent, now) => agent.respond(now, event.dialog, draft));
    });
  };
  const dialog = caller.do((agent, now) =>
    agent.invite(now, inviteDraft(a, b), at(b, plan.transport)),
  );
  const later = (atMs: number | undefined, run: () => void) => {
    if (atMs !== undefined) world.after(atMs, run);
  };
  const reinvites: { readonly side: Side; readonly handle: string }[] = [];
  later(plan.cancelMs, () => caller.do((agent, now) => agent.cancel(now, dialog)));
  later(plan.callerByeMs, () => caller.do((agent, now) => agent.bye(now, dialog)));
  later(plan.calleeByeMs, () => callee.do((agent, now) => agent.bye(now, offered ?? '')));
  const draft = { headers: [sdpType], body: sdp };
  later(plan.callerReinviteMs, () => {
    const handle = caller.do((agent, now) => agent.reinvite(now, dialog, draft));
    reinvites.push({ side: caller, handle });
  });
  later(plan.calleeReinviteMs, () => {
    const handle = callee.do((agent, now) => agent.reinvite(now, offered ?? '', draft));
    reinvites.push({ side: callee, handle });
  });
  world.run(300_000);
  return { world, caller, callee, dialog, reinvites };
}

test('over any network both sides of a call end in the same state [RFC 3261 13, 14, 15, 17]', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const { caller, callee, reinvites } = play(plan);
      expect(caller.agent.counts).toEqual(callee.agent.counts);
      expect(caller.agent.counts.transactions).toBe(0);
      expect([...caller.timers, ...callee.timers]).toEqual([]);
      const isStanding = caller.agent.counts.dialogs === 1;
      const wasEnded = plan.callerByeMs !== undefined || plan.calleeByeMs !== undefined;
      if (plan.answer === 486) expect(isStanding).toBe(false);
      if (!wasEnded && plan.answer === 200 && plan.cancelMs === undefined) {
        const isKnown = caller.kinds.includes('answered');
        expect(isStanding || caller.kinds.includes('dialog-lost') || !isKnown).toBe(true);
      }
      for (const side of [caller, callee]) {
        const ends = side.kinds.filter((kind) =>
          ['refused', 'bye', 'cancelled', 'dialog-lost'].includes(kind),
        );
        expect(ends.length).toBeLessThanOrEqual(1);
      }
      expect(caller.of('answered').length).toBeLessThanOrEqual(1);
      for (const { side, handle } of reinvites) {
        const own = side.of('response').filter(({ transaction }) => transaction === handle);
        expect(own).toHaveLength(1);
      }
    }),
    { numRuns: 300 },
  );
});

test('a call survives a network that loses one message in ten', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const { caller, callee } = play({
        ...{ seed, loss: 0.1, transport: 'udp', answer: 200, answerMs: 100 },
        ...{ cancelMs: undefined, callerByeMs: undefined, calleeByeMs: undefined },
        ...{ callerReinviteMs: 2000, calleeReinviteMs: 2000 },
      });
      expect(caller.kinds.filter((kind) => kind === 'answered')).toHaveLength(1);
      expect([caller.agent.counts.dialogs, callee.agent.counts.dialogs]).toEqual([1, 1]);
    }),
    { numRuns: 100 },
  );
});
