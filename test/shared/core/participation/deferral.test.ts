import { describe, expect, test } from 'vitest';
import { fold } from '../../../../shared/core/participation/fold.ts';
import { epochStart } from '../../../../shared/core/position.ts';
import { anyInstance } from '../../../../shared/core/registration.ts';
import {
  available,
  focusEnded,
  focusJoined,
  given,
  joined,
  left,
  lost,
  opened,
  openedAway,
  phases,
  phone,
  position,
  progress,
  refused,
  rejoin,
  restarted,
  Spec,
  tablet,
} from './spec.ts';

describe('a deferral begins', () => {
  test('with the session, if nobody could be asked in: the registrations since then are looked at [PFT-087]', () => {
    const outcome = given().when(openedAway({ trigger: 'invite-timeout' }));
    expect(outcome).toMatchObject({ phase: 'buffering', effects: ['find-registration since 110'] });
  });

  test('and who has registered while our INVITE to others was out is found [002 8.3.2.9 trigger A]', () => {
    const outcome = given().when(openedAway({ sinceMs: 80 }));
    expect(outcome).toMatchObject({ phase: 'buffering', effects: ['find-registration since 80'] });
    expect(outcome.state?.awaySinceMs).toBe(80);
  });

  test('when the loss shows; a registration since the client was last heard of is news [002 8.3.2.9 trigger A]', () => {
    expect(given(opened()).when(lost(0, { sinceMs: 90 })).effects).toEqual([
      'find-registration since 90',
    ]);
  });

  test('where our side has failed any registration counts, one that was acted on too; the client is away from then on [design 7]', () => {
    const spec = given(...phases.reinviting, joined(), lost(0, { sinceMs: 0 }));
    expect(spec.state).toMatchObject({ phase: 'buffering', awaySinceMs: spec.state?.changedAtMs });
    expect(spec.when(available(1000))).toMatchObject({
      phase: 'reinviting',
      effects: ['invite-client'],
    });
    const begun = given().when(openedAway({ sinceMs: 0 }));
    expect(begun.effects).toEqual(['find-registration since 0']);
    expect(begun.state?.awaySinceMs).toBe(begun.state?.changedAtMs);
  });

  test('and what the edge has stored by then is known to wait [PFT-006]', () => {
    expect(given(opened()).when(lost(position(4))).state).toMatchObject({
      cursor: position(0),
      last: position(4),
    });
  });
});

describe('a registration', () => {
  test('is acted on once: when it is reported again it is a replay [design 6.7]', () => {
    const spec = given(...phases.buffering);
    expect(spec.when(available(1000)).effects).toEqual(['invite-client']);
    expect(spec.when(available(1000))).toMatchObject({
      phase: 'reinviting',
      effects: [],
      folded: { isReplay: true, isChanged: false },
    });
  });

  test('of before one that was acted on is a replay too [design 6.7]', () => {
    const { folded } = given(...phases.reinviting).when(available(999));
    expect(folded).toMatchObject({ isReplay: true, isChanged: false });
  });

  test('is not acted on again after the client has refused: the round is over until the next one [O-08]', () => {
    const spec = given(...phases.reinviting, refused(480));
    expect(spec.when(available(1000)).phase).toBe('buffering');
    expect(spec.when(available(1001)).effects).toEqual(['invite-client']);
  });

  test('is acted on again when the focus invites anew into an ended session [PFT-147]', () => {
    const spec = given(...phases.draining, refused(480), focusJoined());
    expect(spec.when(available(1000))).toMatchObject({
      phase: 'reinviting',
      effects: ['invite-client'],
    });
  });

  test('while our INVITE is out is not lost when that INVITE is refused [PFT-066]', () => {
    const spec = given(...phases.reinviting);
    expect(spec.when(available(1001)).effects).toEqual(['invite-again']);
    expect(spec.when(refused(408))).toMatchObject({
      phase: 'reinviting',
      effects: ['invite-client'],
    });
    expect(spec.when(refused(408))).toMatchObject({ phase: 'buffering', effects: [] });
  });

  test('while our INVITE for an ended session is out is not lost either [PFT-073]', () => {
    const spec = given(...phases.draining, available(1001));
    expect(spec.when(refused(480))).toMatchObject({
      phase: 'draining',
      effects: ['invite-client'],
    });
    expect(spec.when(refused(480))).toMatchObject({ phase: 'inactive', effects: [] });
  });

  test('while our INVITE is out needs nothing more when that INVITE is accepted [PFT-061]', () => {
    const spec = given(...phases.reinviting, available(1001), joined());
    expect(spec.state).toMatchObject({ phase: 'joined', isAvailableAgain: false });
    expect(spec.given(lost()).when(refused(480)).phase).toBe('buffering');
  });

  test('that comes when nobody has said to have our INVITE sends it again [design 6.6]', () => {
    const spec = given(...phases.inactive, available(1000));
    expect(spec.state?.edge).toBeUndefined();
    const { phase, effects, state } = spec.when(available(1001));
    expect({ phase, effects }).toEqual({ phase: 'draining', effects: ['invite-client'] });
    expect(state?.epoch).toBe(2);
  });

  test('of no client at all wakes nothing', () => {
    const nobody = {
      event: { kind: 'client-available', instances: [], registeredAtMs: 1000 },
      isOutside: true,
    } as const;
    expect(given(openedAway()).when(nobody)).toMatchObject({ phase: 'buffering', effects: [] });
  });
});

describe('the device', () => {
  test('that had accepted is the only one that is waited for [PFT-001, PFT-070]', () => {
    const spec = given(...phases.buffering);
    expect(spec.when(available(1000, tablet)).phase).toBe('buffering');
    expect(spec.when(available(1001, tablet, phone)).phase).toBe('reinviting');
  });

  test('that had accepted may be the one that an IMS core has registered without naming it [PFT-009, PFT-070]', () => {
    expect(given(...phases.buffering).when(available(1000, anyInstance)).phase).toBe('reinviting');
  });

  test('is any one if none had accepted, also one without a name [PFT-002]', () => {
    expect(given(openedAway()).when(available(1000, '')).phase).toBe('reinviting');
  });

  test('that accepts our INVITE is the one from then on [PFT-070]', () => {
    const spec = given(...phases.reinviting, joined(tablet), lost());
    expect(spec.state?.instance).toBe(tablet);
    expect(spec.when(available(2000, phone)).phase).toBe('buffering');
  });

  test.each(['joined', 'buffering', 'inactive', 'draining'] as const)(
    'that re-joins in %s is the one from then on [PFT-070]',
    (phase) => {
      expect(given(...phases[phase]).when(rejoin('a/7', tablet)).state?.instance).toBe(tablet);
    },
  );
});

describe('acknowledgements', () => {
  test('move the cursor forward only [PFT-101]', () => {
    const spec = given(...phases.draining, progress(position(2)));
    expect(spec.when(progress(position(1))).state?.cursor).toBe(position(2));
    expect(spec.when(progress(position(3))).state).toMatchObject({
      cursor: position(3),
      last: position(3),
    });
  });

  test('in a running session may be ahead of the last position known [design 5.6]', () => {
    const { state } = given(...phases.reinviting, joined()).when(progress(position(9)));
    expect(state).toMatchObject({ cursor: position(9), last: position(9) });
  });

  test('that come after the end are not heard [design 6.7]', () => {
    const spec = given(...phases.joined, left);
    const { phase, state } = spec.when(progress(position(9)));
    expect({ phase, cursor: state?.cursor }).toEqual({ phase: 'gone', cursor: position(0) });
  });

  test('decide whether anything waits when the session ends [003]', () => {
    const spec = given(...phases.reinviting, joined(), progress(position(5)));
    expect(spec.when(focusEnded(position(5))).phase).toBe('gone');
  });
});

describe('a re-join', () => {
  test('of an ended session makes the edge that holds the call its owner [design 7]', () => {
    const { state } = given(...phases.inactive).when(rejoin('c/1'));
    expect(state).toMatchObject({ phase: 'restarting', epoch: 2, edge: 'c' });
  });

  test('at an edge that is not named leaves the owner open', () => {
    expect(given(...phases.inactive).when(rejoin('1')).state?.edge).toBeUndefined();
  });

  test('of an ended session, while our INVITE is out that nobody has said to have, has its edge for owner [PFT-085]', () => {
    const { state } = given(...phases.inactive, available(1000)).when(rejoin('c/1'));
    expect(state).toMatchObject({ phase: 'restarting', epoch: 2, edge: 'c' });
  });

  test.each(['joined', 'buffering', 'reinviting', 'draining', 'restarting'] as const)(
    'in %s at an edge that has not got the participation is refused: the client may try again [design 7]',
    (phase) => {
      const spec = given(...phases[phase]);
      expect(spec.when(rejoin('c/1'))).toMatchObject({ phase, effects: ['refuse c/1 503'] });
      expect(spec.state?.edge).toBe('a');
    },
  );

  test('that has restarted the group is in it under its new identity [PFT-079]', () => {
    const { state } = given(...phases.restarting).when(restarted('sip:new@focus.test'));
    expect(state).toMatchObject({
      phase: 'joined',
      focus: { callId: 'focus-3' },
      group: { identity: 'sip:new@focus.test', from: '<sip:alice@a.test>' },
    });
  });

  test('is decided on once: what comes again, however late, has its answer sent again and takes nobody for present [design 6.7]', () => {
    const spec = given(...phases.buffering);
    expect(spec.when(rejoin('a/7')).effects).toEqual(['accept a/7']);
    const replay = { effects: [], folded: { isReplay: true, isChanged: false } };
    expect(spec.when(rejoin('a/7'))).toMatchObject(replay);
    expect(spec.when(lost())).toMatchObject({ phase: 'buffering' });
    expect(spec.when(rejoin('a/7'))).toMatchObject(replay);
    expect(spec.when(rejoin('a/6'))).toMatchObject(replay);
    expect(spec.when(rejoin('a/10')).effects).toEqual(['accept a/10']);
  });

  test('of an ended session is decided on once [design 6.7]', () => {
    const ended = given(...phases.inactive);
    expect(ended.when(rejoin('a/7')).effects).toEqual(['accept a/7']);
    expect(ended.when(rejoin('a/7'))).toMatchObject({
      effects: [],
      state: { epoch: 2, phase: 'restarting' },
    });
  });

  test('at another edge is another one, whatever its number [design 7]', () => {
    const spec = given(...phases.buffering);
    spec.when(rejoin('a/7'));
    expect(spec.when(rejoin('b/1')).effects).toEqual(['refuse b/1 503']);
  });
});

describe('what ends a participation', () => {
  test('discards all messages of its epochs and none of a later one [PFT-075, design 6.6]', () => {
    const { folded, state } = given(...phases.inactive, available(1000)).when(left);
    expect(folded.effects).toEqual([{ kind: 'discard', through: epochStart(3) }]);
    expect(state).toMatchObject({ phase: 'gone', roster: [], cursor: position(3) });
  });

  test('is by policy any answer of the client that discards [O-09]', () => {
    const spec = given(...phases.reinviting);
    const { state } = spec;
    if (state === undefined) throw new Error('no state');
    const batch = [spec.envelope(refused(480))];
    const folded = fold({ state, effects: [] }, batch, { discardCodes: [480, 603] });
    expect(folded.record?.state.phase).toBe('gone');
  });

  test('with 603 releases the focus leg from the edge that has it [PFT-064]', () => {
    const { folded } = given(...phases.reinviting).when(refused(603));
    expect(folded.effects[0]).toMatchObject({
      command: { kind: 'release', cause: 603, participation: { edge: 'a', phase: 'reinviting' } },
    });
  });
});

test('events of one batch are decided on in their order, and all they cause is kept [design 4]', () => {
  const spec = new Spec();
  const { phase, effects } = spec.when(opened(), lost(), available(1000), refused(603));
  expect(phase).toBe('gone');
  expect(effects).toEqual([
    'find-registration since 120',
    'invite-client',
    'release 603',
    'discard',
  ]);
});
