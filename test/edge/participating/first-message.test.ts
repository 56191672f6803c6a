import { describe, expect, it } from 'vitest';
import { type FirstRead, readFirst } from '../../../edge/participating/first-message.ts';
import type { Participant } from '../../../edge/participating/participant.ts';
import { DeskWorld } from './desk-world.ts';

const name = { user: 'sip:bob@rejoin.test', contributionId: 'c1' };

function reading(last = 5) {
  const world = new DeskWorld();
  const found: FirstRead[] = [];
  let isWanted = true;
  const participant = { name, bridge: { cursor: 3, last } } as Participant;
  const answer = (runs: readonly number[]): void =>
    world.found({
      kind: 'segments',
      runs: runs.map((first) => ({
        first,
        messages: [
          {
            messageId: `m${first}`,
            contentType: 'text/plain',
            body: new Uint8Array(),
            receivedAtMs: 0,
          },
        ],
      })),
    });
  readFirst(world.desk, participant, {
    isWanted: () => isWanted,
    found: (_nowMs, read) => found.push(read),
  });
  const giveUp = (): void => {
    isWanted = false;
  };
  return { world, found, answer, giveUp };
}

describe('the first message that waits', () => {
  it('stands behind the cursor, whatever the segment begins with [PFT-046]', () => {
    const { found, answer } = reading();
    answer([3, 4]);
    expect(found).toMatchObject([{ kind: 'first', message: { messageId: 'm4' } }]);
  });

  it('is none where nothing was ever handed over', () => {
    const { found, answer } = reading(0);
    answer([]);
    expect(found).toEqual([{ kind: 'none' }]);
  });

  it('is nobody’s affair any more when the delivery was given up while it was read', () => {
    const { found, answer, giveUp } = reading();
    giveUp();
    answer([4]);
    expect(found).toEqual([]);
  });

  it('is not read again when the delivery was given up meanwhile', () => {
    const { world, found, answer, giveUp } = reading();
    answer([]);
    giveUp();
    world.fire('first/');
    expect(found).toEqual([]);
    expect(world.effects('read-segments')).toHaveLength(1);
  });
});
