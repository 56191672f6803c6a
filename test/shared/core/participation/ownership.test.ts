import { describe, expect, test } from 'vitest';
import { fold } from '../../../../shared/core/participation/fold.ts';
import { epochStart } from '../../../../shared/core/position.ts';
import {
  available,
  by,
  drained,
  edgeLost,
  focusEnded,
  focusJoined,
  given,
  joined,
  left,
  lost,
  name,
  opened,
  phases,
  position,
  progress,
  refused,
  rejoin,
  roster,
  Spec,
} from './spec.ts';

describe('an event that comes again', () => {
  test('is a replay: nothing is decided, nothing is written [design 4.3]', () => {
    const spec = given(...phases.reinviting);
    const again = spec.when(by({ counter: 2 }, lost()));
    expect(again).toMatchObject({
      phase: 'reinviting',
      effects: [],
      folded: { isReplay: true, isChanged: false, refused: 0 },
    });
  });

  test('in a batch with a new one is told beside it [design 4.3]', () => {
    const spec = given(...phases.buffering);
    const batch = [
      spec.envelope(by({ counter: 2 }, lost())),
      spec.envelope(by({ counter: 3 }, left)),
    ];
    const { state } = spec;
    const folded = fold(state && { state, effects: [] }, batch);
    expect(folded).toMatchObject({ isReplay: true, isChanged: true });
    expect(folded.record?.state.phase).toBe('gone');
  });

  test('does not open what is over [design 6.5]', () => {
    const spec = given(...phases.gone);
    expect(spec.when(by({ epoch: 1, counter: 1 }, opened()))).toMatchObject({
      phase: 'gone',
      folded: { isReplay: true, isChanged: false },
    });
  });

  test('and opened an earlier run of the participation is a replay, whatever holds now [design 4.3]', () => {
    const spec = given(...phases.gone, opened());
    expect(spec.when(by({ epoch: 1, counter: 1 }, opened())).folded).toMatchObject({
      isReplay: true,
      refused: 0,
    });
  });
});

describe('an event of an older epoch or of another edge', () => {
  test('is refused: its edge has lost the participation [design 3]', () => {
    const spec = given(...phases.joined, edgeLost('a', 'b'));
    const late = spec.when(by({ edge: 'a', epoch: 1, counter: 9 }, left));
    expect(late).toMatchObject({ phase: 'buffering', folded: { refused: 1, isReplay: false } });
  });

  test('is refused even in a later epoch, as long as the owner holds it [design 3]', () => {
    const late = given(...phases.joined).when(by({ edge: 'x', epoch: 5 }, left));
    expect(late).toMatchObject({ phase: 'joined', folded: { refused: 1, isChanged: false } });
  });

  test('is believed where the focus has turned to that edge: the owner has no leg to it any more [design 7]', () => {
    const joinedBy = (epoch: number) => by({ edge: 'x', epoch }, focusJoined());
    const spec = given(...phases.joined);
    expect(spec.when(joinedBy(2))).toMatchObject({
      phase: 'buffering',
      state: { edge: 'x', epoch: 2 },
    });
    expect(spec.when(by({ edge: 'a', epoch: 1, counter: 9 }, left)).folded.refused).toBe(1);
    expect(given(...phases.joined).when(joinedBy(1)).folded.refused).toBe(1);
  });

  test('leaves the ones beside it in the batch alone [design 3]', () => {
    const spec = given(...phases.joined);
    const { phase, folded } = spec.when(
      by({ edge: 'x', counter: 9 }, left),
      by({ edge: 'a', counter: 2 }, lost()),
    );
    expect({ phase, refused: folded.refused }).toEqual({ phase: 'buffering', refused: 1 });
  });
});

describe('what nobody owns', () => {
  test('is owned by the first edge that reports for it [design 7]', () => {
    const spec = given(...phases.inactive, available(1000));
    expect(spec.when(by({ edge: 'b' }, joined())).state).toMatchObject({ edge: 'b', epoch: 2 });
    expect(spec.when(by({ edge: 'c', counter: 5 }, progress(position(1)))).folded.refused).toBe(1);
  });

  test('is owned even by an edge whose report changes nothing else [design 7]', () => {
    const spec = given(...phases.inactive, available(1000));
    const { state } = spec.when(by({ edge: 'b' }, progress(position(0))));
    expect(state).toMatchObject({ phase: 'draining', edge: 'b' });
  });

  test('is owned before it is decided on: the first report’s commands go to its edge [design 4.4]', () => {
    const spec = given(...phases.inactive, available(1000));
    const { folded } = spec.when(by({ edge: 'b' }, refused(603)));
    expect(folded.effects[0]).toMatchObject({
      command: { kind: 'release', participation: { edge: 'b', epoch: 2 } },
    });
  });

  test('goes on in the epoch that its new owner begins [design 3]', () => {
    const spec = given(...phases.inactive);
    const { state } = spec.when(by({ edge: 'b', epoch: 2, counter: 1 }, focusJoined()));
    expect(state).toMatchObject({ phase: 'buffering', edge: 'b', epoch: 2, counter: 1 });
    const waits = spec.when(by({ edge: 'b', epoch: 2, counter: 2 }, focusEnded(0)));
    expect(waits).toMatchObject({ phase: 'inactive', state: { last: position(3) } });
  });

  test('stays without an owner while it is inactive, whoever reports late [design 7]', () => {
    const spec = given(...phases.inactive);
    const { state } = spec.when(by({ edge: 'a' }, progress(position(1))));
    expect(state).toMatchObject({ phase: 'inactive', cursor: position(1) });
    expect(state?.edge).toBeUndefined();
  });
});

describe('an edge is lost', () => {
  test('and its successor begins an epoch and restores the legs [design 7]', () => {
    const { state, folded } = given(...phases.joined).when(edgeLost('a', 'b'));
    expect(state).toMatchObject({ phase: 'buffering', edge: 'b', epoch: 2, counter: 0 });
    expect(folded.effects[0]).toMatchObject({
      command: {
        kind: 'restore',
        participation: { edge: 'b', epoch: 2, focus: { callId: 'focus-1' } },
      },
    });
  });

  test('and that it is told again is a replay [design 6.7]', () => {
    for (const phase of ['joined', 'draining'] as const) {
      const spec = given(...phases[phase], edgeLost('a', 'b'));
      const again = spec.when(edgeLost('a', 'b'));
      expect(again.folded).toMatchObject({ isReplay: true, isChanged: false });
    }
  });

  test('and then its successor: the next one goes on in a third epoch [design 7]', () => {
    const spec = given(...phases.joined, edgeLost('a', 'b'), edgeLost('b', 'c'));
    expect(spec.state).toMatchObject({ phase: 'buffering', edge: 'c', epoch: 4 });
  });

  test.each(['joined', 'reinviting', 'draining', 'restarting'] as const)(
    'in %s: the present registration counts, though it was acted on before [design 7]',
    (phase) => {
      const spec = given(...phases[phase], edgeLost('a', 'b'));
      const { effects } = spec.when(available(1000));
      expect(effects).toEqual(['invite-client']);
    },
  );

  test('in buffering: a registration that the client has refused does not count again [O-08]', () => {
    const spec = given(...phases.reinviting, refused(480), edgeLost('a', 'b'));
    expect(spec.when(available(1000))).toMatchObject({ phase: 'buffering', effects: [] });
    expect(spec.when(available(1001)).effects).toEqual(['invite-client']);
  });

  test('and a registration that waited for an answer of the client is looked for anew [PFT-056]', () => {
    const spec = given(...phases.reinviting, available(1001));
    const { effects, state } = spec.when(edgeLost('a', 'b'));
    expect(effects).toEqual(['restore', 'find-registration since 0']);
    expect(state?.isAvailableAgain).toBe(false);
    expect(spec.when(available(1001)).effects).toEqual(['invite-client']);
  });

  test('and messages that it had stored are still known to wait when the focus ends the session [design 6.1]', () => {
    const spec = given(...phases.joined, lost(position(2)), edgeLost('a', 'b'));
    expect(spec.when(focusEnded(0)).phase).toBe('inactive');
  });

  test('with the call of a re-join that restarts the group: what waits is delivered as to an absent client [design 7]', () => {
    const spec = given(...phases.inactive, rejoin('c/1'));
    expect(spec.when(edgeLost('c', 'b'))).toMatchObject({
      phase: 'inactive',
      effects: ['find-registration since 0'],
    });
  });
});

describe('a participation that is over', () => {
  test('begins anew in a later epoch, behind all earlier positions [PFT-151]', () => {
    const spec = given(...phases.inactive, available(1000), left);
    expect(spec.when(by({ edge: 'b', epoch: 3, counter: 1 }, opened())).state).toMatchObject({
      phase: 'joined',
      edge: 'b',
      epoch: 3,
      counter: 1,
      cursor: epochStart(3),
      last: epochStart(3),
    });
  });

  test('begins in the epoch that its edge counts, though nothing of it is kept any more [design 3]', () => {
    const { state } = given().when(by({ epoch: 4, counter: 1 }, opened()));
    expect(state).toMatchObject({ epoch: 4, cursor: epochStart(4) });
  });

  test('begins in the next epoch when nobody counts one', () => {
    const spec = given(...phases.gone);
    const { state } = spec;
    const event = { ...opened().event, atMs: 500 };
    const folded = fold(state && { state, effects: [] }, [{ name, event }]);
    expect(folded.record?.state).toMatchObject({
      phase: 'joined',
      epoch: 2,
      cursor: epochStart(2),
    });
    expect(fold(undefined, [{ name, event }]).record?.state.epoch).toBe(2);
  });

  test('goes on if the focus had already set up its next leg, at an edge that did not know the end [design 6.1]', () => {
    const spec = given(...phases.draining, joined(), drained);
    const { phase, effects, state } = spec.when(
      by({ edge: 'a', epoch: 2, counter: 1 }, focusJoined()),
    );
    expect({ phase, effects }).toEqual({
      phase: 'buffering',
      effects: ['find-registration since 0'],
    });
    expect(state).toMatchObject({
      edge: 'a',
      epoch: 2,
      cursor: epochStart(2),
      last: epochStart(2),
    });
    expect(spec.when(available(1000)).effects).toEqual(['invite-client']);
  });

  test('hears nothing more of the epoch that has ended, but counts it [design 6.7]', () => {
    const spec = given(...phases.gone);
    expect(spec.when(roster('sip:eve@a.test')).state).toMatchObject({ phase: 'gone', counter: 3 });
  });

  test('goes on in its epoch if the edge still holds it, behind all that was discarded [design 6.1]', () => {
    const spec = given(...phases.joined, progress(position(5)), focusEnded(position(5)));
    expect(spec.state?.phase).toBe('gone');
    expect(spec.when(focusJoined())).toMatchObject({
      phase: 'buffering',
      effects: ['find-registration since 0'],
      state: { edge: 'a', epoch: 1, cursor: position(5), last: position(5) },
    });
  });
});

test('a call for which nothing is kept is answered without a write [PFT-029]', () => {
  const { folded } = new Spec().when(rejoin('a/7'));
  expect(folded).toMatchObject({ isChanged: false, record: undefined });
  expect(folded.effects).toHaveLength(1);
});
