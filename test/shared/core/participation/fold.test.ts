/** Any events in any order, early, late, twice, from anybody: what always holds, holds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Source } from '../../../../shared/core/participation/event.ts';
import {
  admit,
  type Envelope,
  fold,
  type ParticipationRecord,
} from '../../../../shared/core/participation/fold.ts';
import {
  available,
  by,
  drained,
  edgeLost,
  focusEnded,
  focusJoined,
  joined,
  type LegStep,
  left,
  lost,
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
  Spec,
  type Step,
  tablet,
} from './spec.ts';

const place = fc.integer({ min: 0, max: 6 }).map((count) => position(count));

const legStep: fc.Arbitrary<LegStep> = fc.oneof(
  fc.constantFrom(opened(), openedAway(), joined(), joined(tablet), focusJoined(), restarted()),
  fc.constantFrom(
    refused(480),
    refused(603),
    restartFailed(),
    drained,
    left,
    roster('sip:x@a.test'),
  ),
  place.map((last) => lost(last)),
  place.map((last) => focusEnded(last)),
  place.map((cursor) => progress(cursor)),
);

const source: fc.Arbitrary<Partial<Source>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        edge: fc.constantFrom('a', 'b', 'c'),
        epoch: fc.integer({ min: 1, max: 5 }),
        counter: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: [] },
    ),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(source, legStep).map(([of, leg]) => by(of, leg)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 50 }), fc.constantFrom(phone, phone, tablet))
      .map(([atMs, instance]) => available(atMs, instance)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c'))
      .map(([edge, successor]) => edgeLost(edge, successor)),
  },
  { weight: 1, arbitrary: fc.constantFrom(rejoin('a/1'), rejoin('b/2', tablet), rejoin('3')) },
);

const steps = fc.array(step, { maxLength: 20 });

/** What was put into the record, event by event, and the events as they came. */
function played(plan: readonly Step[]): { readonly spec: Spec; readonly envelopes: Envelope[] } {
  const spec = new Spec();
  const envelopes: Envelope[] = [];
  for (const one of plan) {
    const envelope = spec.envelope(one);
    envelopes.push(envelope);
    spec.take(envelope);
  }
  return { spec, envelopes };
}

describe('whatever events come', () => {
  test('no invariant is broken [design 6]', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        expect(() => played([opened(), ...plan])).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('neither the epoch nor, within a run, the cursor goes back [design 6.2]', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const spec = new Spec().given(opened());
        for (const one of plan) {
          const { before, state } = spec.when(one);
          if (before === undefined || state === undefined) throw new Error('it was lost');
          expect(state.epoch).toBeGreaterThanOrEqual(before.epoch);
          expect(state.cursor).toBeGreaterThanOrEqual(before.cursor);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what an edge has reported before changes nothing when it comes again [design 6.7]', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(20), { maxLength: 5 }), (plan, picks) => {
        const { spec, envelopes } = played([opened(), ...plan]);
        const before = spec.state;
        const counted = envelopes.filter((envelope) => envelope.source !== undefined);
        for (const pick of picks) {
          const envelope = counted[pick % counted.length];
          // What was refused when it came, for it is of another owner, may be that owner's later on.
          if (envelope === undefined || admit(before, envelope) === 'apply') continue;
          expect(spec.take(envelope)).toMatchObject({ effects: [], folded: { isChanged: false } });
        }
        expect(spec.state).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('one write for all of them leaves what one write for each leaves, and asks for the same [design 4.2]', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const { spec, envelopes } = played([opened(), ...plan]);
        let record: ParticipationRecord | undefined;
        const effects: unknown[] = [];
        for (const envelope of envelopes) {
          const folded = fold(record, [envelope]);
          record = folded.record ?? record;
          effects.push(...folded.effects);
        }
        const atOnce = fold(undefined, envelopes);
        expect(atOnce.record?.state).toEqual(spec.state);
        expect(atOnce.effects).toEqual(effects);
      }),
      { numRuns: 300 },
    );
  });

  test('a new registration of its device reaches every participation whose client is away [design 4]', () => {
    const asks: Readonly<Record<string, readonly string[]>> = {
      buffering: ['invite-client'],
      inactive: ['invite-client'],
      reinviting: ['invite-again'],
    };
    fc.assert(
      fc.property(steps, (plan) => {
        const { spec } = played([opened(), ...plan]);
        const { phase = '', instance = phone, edge } = spec.state ?? {};
        const { effects } = spec.when(available(1e9, instance));
        const whileDraining = edge === undefined ? ['invite-client'] : ['invite-again'];
        expect(effects).toEqual(phase === 'draining' ? whileDraining : (asks[phase] ?? []));
      }),
      { numRuns: 300 },
    );
  });
});
