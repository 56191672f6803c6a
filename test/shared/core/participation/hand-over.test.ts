/** An edge that ends gives its participations to others: decided as a loss, but for a client that stays where it is. */
import { describe, expect, test } from 'vitest';
import { available, by, given, handedOver, phases, position } from './spec.ts';

describe('an edge that ends gives a participation away', () => {
  test('with the dialog of its client, who stays in the session [design 7]', () => {
    const { state, folded } = given(...phases.joined).when(handedOver('client-1', position(2)));
    expect(state).toMatchObject({ phase: 'joined', edge: 'b', epoch: 2, counter: 0 });
    expect(state?.last).toBe(position(2));
    expect(folded.effects).toEqual([
      {
        kind: 'command',
        command: {
          kind: 'restore',
          participation: expect.anything(),
          client: { callId: 'client-1' },
        },
      },
    ]);
  });

  test('and says so again: that is a replay [design 4.3]', () => {
    const spec = given(...phases.joined, handedOver('client-1'));
    const again = spec.when(by({ edge: 'a', epoch: 1, counter: 9 }, handedOver('client-1')));
    expect(again.folded).toMatchObject({ isReplay: true, isChanged: false });
  });

  test('without a client: its successor goes on as after a loss [design 7]', () => {
    const { effects, state } = given(...phases.buffering).when(handedOver());
    expect(state).toMatchObject({ phase: 'buffering', edge: 'b', epoch: 2, counter: 0 });
    expect(effects[0]).toBe('restore');
  });

  test('whose client was being asked in: it is asked by the successor [design 7]', () => {
    const spec = given(...phases.reinviting, handedOver('client-1'));
    expect(spec.state).toMatchObject({ phase: 'buffering', edge: 'b' });
    expect(spec.when(available(1000)).effects).toEqual(['invite-client']);
  });

  test('that has ended: nobody has to go on with it before the user is back [design 7]', () => {
    const { effects, state } = given(...phases.draining).when(handedOver());
    expect(state).toMatchObject({ phase: 'inactive' });
    expect(state?.edge).toBeUndefined();
    expect(effects).toEqual(['find-registration since 0']);
  });

  test('of which it had nothing any more: nothing changes [design 7]', () => {
    const given_ = given(...phases.inactive);
    expect(given_.when(handedOver())).toMatchObject({ phase: 'inactive', effects: [] });
  });
});
