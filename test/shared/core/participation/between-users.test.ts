/** Participations of no group: sessions between two users, notifications, standalone messages. */
import { describe, expect, test } from 'vitest';
import type { GroupInfo } from '../../../../shared/core/participation/event.ts';
import {
  isGroup,
  notificationsName,
  oneToOneName,
  standaloneName,
} from '../../../../shared/core/participation/kind.ts';
import {
  available,
  by,
  drained,
  edgeLost,
  focusEnded,
  given,
  group,
  joined,
  type LegStep,
  left,
  lost,
  opened,
  position,
  refused,
  rejoin,
  restarted,
  type Step,
} from './spec.ts';

const peer: GroupInfo = { ...group, kind: 'one-to-one', identity: 'sip:alice@a.test' };
const chat = opened({ group: peer, roster: [] });
const bare: GroupInfo = { ...group, kind: 'standalone', identity: 'sip:bob@rejoin.test' };

function pending(last: number): LegStep {
  return { event: { kind: 'pending', last } };
}

function deferred(last: number, sinceMs = 5): LegStep {
  return { event: { kind: 'deferred', group: bare, last, sinceMs } };
}

describe('the names', () => {
  test('group what waits by its sender, whatever sessions brought it [PFT-038]', () => {
    expect(oneToOneName('sip:bob@a.test', 'sip:alice@a.test')).toEqual({
      user: 'sip:bob@a.test',
      contributionId: 'one-to-one:sip:alice@a.test',
    });
    expect(notificationsName('u', 'sip:x@a.test').contributionId).toBe(
      'notifications:sip:x@a.test',
    );
    expect(standaloneName('u').contributionId).toBe('standalone');
  });

  test('keep no number sign of a telephone number: it splits the key of the segments [RFC 3966 3]', () => {
    expect(oneToOneName('u', 'tel:+1#2').contributionId).toBe('one-to-one:tel:+1%232');
  });

  test('are told from groups by their kind', () => {
    expect([isGroup({ group }), isGroup({ group: peer })]).toEqual([true, false]);
  });
});

describe('a session between two users', () => {
  const reinviting: readonly Step[] = [chat, lost(), available(1000)];

  test('keeps what waits after a 603, as after any other error [decision O-09]', () => {
    const spec = given(...reinviting);
    expect(spec.when(refused(603))).toMatchObject({ phase: 'buffering', effects: [] });
  });

  test('discards nothing after a 603 when the other side has ended the session [decision O-09]', () => {
    const spec = given(chat, lost(), focusEnded(position(3)), available(1000));
    expect(spec.when(refused(603))).toMatchObject({ phase: 'inactive', effects: [] });
  });

  test('lets the user in while our INVITE is out: the newer session stays [PFT-053]', () => {
    const spec = given(...reinviting);
    expect(spec.when(rejoin('a/9'))).toMatchObject({ phase: 'joined', effects: ['accept a/9'] });
  });

  test('calls the sender when the user calls while something waits, and goes on with it [PFT-038]', () => {
    const spec = given(chat, lost(), focusEnded(position(3)));
    expect(spec.when(rejoin('a/9'))).toMatchObject({
      phase: 'restarting',
      effects: ['accept a/9'],
    });
    expect(spec.when(restarted())).toMatchObject({ phase: 'joined' });
  });

  test('is over when all is delivered [PFT-051]', () => {
    const spec = given(chat, lost(), focusEnded(position(3)), available(1000), joined());
    expect(spec.when(drained)).toMatchObject({ phase: 'gone', effects: ['discard'] });
  });

  test('looks for the registration at once when something comes for a client that has taken all [PFT-121]', () => {
    const spec = given(...reinviting, joined(), lost(position(2)));
    expect(spec.when(pending(position(3)))).toMatchObject({
      phase: 'buffering',
      effects: ['find-registration since 0'],
      state: { last: position(3) },
    });
    expect(spec.when(available(1000))).toMatchObject({ effects: ['invite-client'] });
  });

  test('takes no notice of what is pending while the client is in [design 6.7]', () => {
    expect(given(chat).when(pending(position(1)))).toMatchObject({ phase: 'joined', effects: [] });
  });

  test('ends with its edge: what waits is for the next registration after the loss of the client [design 7]', () => {
    const spec = given(chat, { ...lost(), atMs: 700 });
    expect(spec.when(edgeLost('a', 'b'))).toMatchObject({
      phase: 'inactive',
      effects: ['find-registration since 700'],
    });
    expect(spec.state).not.toHaveProperty('edge');
    expect(spec.state).not.toHaveProperty('focus');
  });

  test('ends with its edge: a client that was in is looked for at its present registration [design 7]', () => {
    expect(given(chat).when(edgeLost('a', 'b'))).toMatchObject({
      phase: 'inactive',
      effects: ['find-registration since 0'],
    });
  });
});

describe('messages outside sessions', () => {
  test('wait without a session or an owner, and look for who has registered meanwhile [PFT-121]', () => {
    const outcome = given().when(deferred(0));
    expect(outcome).toMatchObject({ phase: 'inactive', effects: ['find-registration since 5'] });
    expect(outcome.state).not.toHaveProperty('edge');
    expect(outcome.state).toMatchObject({ group: bare, awaySinceMs: 5, cursor: position(0) });
  });

  test('go behind what waits already [PFT-122]', () => {
    const spec = given(deferred(position(1)), by({ epoch: 2, counter: 1 }, deferred(position(4))));
    expect(spec.state).toMatchObject({ phase: 'inactive', epoch: 2, last: position(4) });
  });

  test('are delivered by one edge, which is not asked twice [PFT-129]', () => {
    const spec = given(deferred(position(1)));
    expect(spec.when(available(1000))).toMatchObject({
      phase: 'draining',
      effects: ['invite-client'],
    });
    expect(spec.when(deferred(position(2, 2)))).toMatchObject({ phase: 'draining', effects: [] });
    expect(spec.when(drained)).toMatchObject({ phase: 'gone' });
  });

  test('begin anew when all had been delivered [PFT-129]', () => {
    const spec = given(deferred(position(1)), available(1000), drained);
    const outcome = spec.when(by({ epoch: 3, counter: 1 }, deferred(0)));
    expect(outcome).toMatchObject({ phase: 'inactive', state: { epoch: 3 } });
    expect(outcome.state?.cursor).toBe(position(0, 3));
  });

  test('begin anew after a leaving too [design 6.5]', () => {
    const spec = given(opened(), left);
    expect(spec.when(by({ epoch: 2, counter: 1 }, deferred(0)))).toMatchObject({
      phase: 'inactive',
    });
  });
});
