import { describe, expect, it } from 'vitest';
import { ClientSession } from '../../../edge/participating/client-session.ts';
import { DeskWorld } from './desk-world.ts';
import { Ended, types } from './leg-world.ts';

describe('the session with a client', () => {
  it('of which the agent knows nothing any more is over as soon as it is ended', () => {
    const world = new DeskWorld();
    const told: string[] = [];
    const session = new ClientSession(
      world.desk,
      {
        dialog: 'gone',
        leg: new Ended(world.desk).leg,
        contact: { name: 'Contact', value: '<sip:g@10.0.0.1>;isfocus' },
      },
      types,
      { left: () => told.push('left'), lost: () => told.push('lost'), moving: () => {} },
    );
    session.bye(world.nowMs, [], () => told.push('over'));
    session.bye(world.nowMs, [], () => told.push('over again'));
    expect(told).toEqual(['over']);
    expect(world.desk.counts.dialogs).toBe(0);
  });
});
