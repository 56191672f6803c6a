import { describe, expect, it } from 'vitest';
import { Participant } from '../../../edge/participating/participant.ts';
import { restartGroup } from '../../../edge/participating/restart.ts';
import { DeskWorld } from './desk-world.ts';

/** The Request-URI of the INVITE that asks for a group again. */
function asked(identity: string): string | undefined {
  const world = new DeskWorld();
  const participant = new Participant(
    world.desk,
    {
      name: { user: 'sip:bob@rejoin.test', contributionId: 'c1' },
      epoch: 1,
      count: { reports: 0 },
      cursor: 0,
      isEndUnknown: false,
      group: { identity, headers: [], from: '', acceptTypes: ['*'], acceptWrappedTypes: [] },
      roster: ['sip:alice@rejoin.test'],
    },
    { touched: () => {}, over: () => {} },
  );
  world.do((nowMs) => restartGroup(world.desk, participant, nowMs));
  return world.peer.requests('INVITE')[0]?.uri;
}

describe('a group that is to run again', () => {
  it('is asked for at the conference factory of the host that it was at [001 8.3.2.9.1.3]', () => {
    expect(asked('sip:group-1@10.0.0.2;transport=udp')).toBe('sip:conference-factory@10.0.0.2');
  });
});
