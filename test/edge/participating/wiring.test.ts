import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import {
  collectedMessagesMax,
  rereadMaxMs,
  rereadMinMs,
} from '../../../edge/participating/limit.ts';
import type { ParticipantStart } from '../../../edge/participating/start.ts';
import { wireBridge } from '../../../edge/participating/wiring.ts';
import { packSegment, unpackSegment } from '../../../shared/core/segment.ts';
import { DeskWorld } from './desk-world.ts';

const start: ParticipantStart = {
  name: { user: 'sip:bob@rejoin.test', contributionId: 'c1' },
  epoch: 1,
  count: { reports: 0 },
  cursor: 0,
  isEndUnknown: true,
  group: {
    identity: 'sip:g@cf.test',
    headers: [],
    from: '',
    acceptTypes: [],
    acceptWrappedTypes: [],
  },
  roster: [],
};

function wired() {
  const world = new DeskWorld();
  const told: string[] = [];
  const focus = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const bridge = wireBridge(world.desk, start, {
    client: () => undefined,
    focus: () => focus as never,
    report: () => undefined,
    caughtUp: () => true,
    kept: () => told.push('kept'),
  });
  const arrive = (messageId: string, receivedAtMs = 0): void =>
    bridge.arrived(receivedAtMs, {
      messageId,
      contentType: 'text/plain',
      body: utf8Encode(messageId),
      inbound: 0,
      isSuccessReportWanted: false,
      receivedAtMs,
    });
  return { world, told, bridge, arrive };
}

describe('the wires of a bridge', () => {
  it('carry what is to be kept to the queue, with the time of the oldest message', () => {
    const { world, told, bridge, arrive } = wired();
    arrive('a', 5);
    arrive('b', 7);
    bridge.endStep(9);
    const [report] = world.effects('report');
    expect(report?.event).toMatchObject({ kind: 'messages', count: 2, oldestMs: 5 });
    const bytes = report?.event.kind === 'messages' ? report.event.bytes : '';
    if (typeof bytes === 'string') throw new Error('nothing was handed over');
    expect(unpackSegment(bytes).map(({ messageId }) => messageId)).toEqual(['a', 'b']);
    world.reported();
    expect(told).toEqual(['kept']);
  });

  it('let the focus be read no further while too much waits, and go on when it is stored', () => {
    const { world, told, bridge, arrive } = wired();
    arrive('first');
    bridge.endStep(0);
    for (let index = 0; index < 2 * collectedMessagesMax; index++) arrive(`m${index}`);
    bridge.endStep(0);
    expect(told).toEqual(['pause']);
    for (let count = 0; count < 10 && !told.includes('resume'); count++) world.reported();
    expect(told).toContain('resume');
  });

  it('read again later what the store did not show or did not answer, and leave out a reading that was replaced', () => {
    const { world, bridge } = wired();
    bridge.clientUp(0);
    const [first] = world.effects('read-segments');
    bridge.clientDown(0);
    bridge.clientUp(0);
    const [, second] = world.effects('read-segments');
    const runs = [{ first: 1, messages: unpackSegment(packSegment([])) }];
    world.do((nowMs) => world.desk.found(nowMs, first?.lookup ?? 0, { kind: 'segments', runs }));
    expect(world.timers.size).toBe(0);
    world.do((nowMs) => world.desk.found(nowMs, second?.lookup ?? 0, { kind: 'fault' }));
    expect([...world.timers.values()]).toEqual([rereadMaxMs]);
    world.fire('reread/');
    expect(world.effects('read-segments')).toHaveLength(3);
  });

  it('read again in a while what was handed over and is not shown yet', () => {
    const { world, bridge, arrive } = wired();
    arrive('a');
    bridge.endStep(0);
    world.reported();
    bridge.clientUp(0);
    world.found({ kind: 'segments', runs: [] });
    expect([...world.timers.values()]).toEqual([rereadMinMs]);
    world.fire('reread/');
    expect(world.effects('read-segments')).toHaveLength(2);
  });

  it('count a message for a client that is gone as taken: its loss is on its way', () => {
    const { world, bridge } = wired();
    bridge.clientUp(0);
    const messages = [
      { messageId: 'a', contentType: 'text/plain', body: utf8Encode('a'), receivedAtMs: 0 },
    ];
    world.found({ kind: 'segments', runs: [{ first: 1, messages }] });
    expect(world.effects('read-segments').length).toBeGreaterThan(0);
  });
});
