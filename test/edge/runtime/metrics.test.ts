import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import type { MsrpCounts } from '../../../edge/msrp/host-state.ts';
import { Metrics } from '../../../edge/runtime/metrics.ts';
import { Tally } from '../../../edge/runtime/tally.ts';

const levels = {
  registrations: 3,
  groups: 2,
  participations: { joined: 4, buffering: 1 } as Record<string, number>,
  queues: { 'participation.fifo': 7 },
  deadLetters: 1,
  connections: { sip: 10, msrp: 5 },
};

const nothing: MsrpCounts = {
  messagesReceived: 0,
  messagesSent: 0,
  bytesReceived: 0,
  bytesSent: 0,
  refusals: new Map(),
  malformed: 0,
  strayResponses: 0,
  lost: 0,
};

describe('metrics', () => {
  it('count what goes in and out', async () => {
    const metrics = new Metrics(() => levels);
    metrics.sip('in', 'INVITE');
    metrics.sip('in', 'INVITE');
    metrics.sip('out', 'INVITE', 486);
    metrics.sip('in', 'MADEUP');
    metrics.sipRefused('no Via');
    metrics.sipSent(utf8Encode('SIP/2.0 503 Service Unavailable\r\n'));
    metrics.sipSent(utf8Encode('NOTIFY sip:alice@rejoin.test SIP/2.0\r\n'));
    metrics.watchMsrp(() => [
      { ...nothing, messagesReceived: 2, bytesReceived: 1200, refusals: new Map([[481, 1]]) },
      { ...nothing, messagesSent: 3, bytesSent: 40, refusals: new Map([[481, 2]]), malformed: 5 },
    ]);
    metrics.deferred(32);
    metrics.delivered(30);
    metrics.segments(1);
    metrics.storeTook('append', 3);
    const lines = (await metrics.text()).split('\n');
    for (const line of [
      'rejoin_sip_messages_total{direction="in",method="INVITE",class="request"} 2',
      'rejoin_sip_messages_total{direction="out",method="INVITE",class="4xx"} 1',
      'rejoin_sip_messages_total{direction="in",method="other",class="request"} 1',
      'rejoin_sip_refused_total{reason="no Via"} 1',
      'rejoin_msrp_messages_total{direction="in"} 2',
      'rejoin_msrp_bytes_total{direction="in"} 1200',
      'rejoin_sip_messages_total{direction="out",method="other",class="5xx"} 1',
      'rejoin_sip_messages_total{direction="out",method="NOTIFY",class="request"} 1',
      'rejoin_msrp_messages_total{direction="out"} 3',
      'rejoin_msrp_bytes_total{direction="out"} 40',
      'rejoin_msrp_refused_total{status="481"} 3',
      'rejoin_msrp_refused_total{status="none"} 5',
      'rejoin_messages_total{outcome="deferred"} 32',
      'rejoin_messages_total{outcome="delivered"} 30',
      'rejoin_segments_total 1',
      'rejoin_store_seconds_bucket{le="0.005",operation="append"} 1',
    ]) {
      expect(lines).toContain(line);
    }
    expect(metrics.totals).toEqual({ deferred: 32, delivered: 30 });
    expect(metrics.troubles).toEqual({ serverErrors: 1, takeOvers: 0 });
    expect(metrics.contentType).toContain('text/plain');
  });

  it('a second look shows the same counts, not twice as much', async () => {
    const metrics = new Metrics(() => levels);
    metrics.deferred(2);
    metrics.watchMsrp(() => [{ ...nothing, messagesReceived: 7 }]);
    await metrics.text();
    const text = await metrics.text();
    expect(text).toContain('rejoin_messages_total{outcome="deferred"} 2\n');
    expect(text).toContain('rejoin_msrp_messages_total{direction="in"} 7\n');
  });

  it('levels are those of the moment, and the event loop is watched', async () => {
    const now = { ...levels };
    const metrics = new Metrics(async () => now);
    metrics.watchProcess();
    const first = await metrics.text();
    expect(first).toContain('rejoin_registrations 3\n');
    expect(first).toContain('rejoin_participations{state="buffering"} 1\n');
    expect(first).toContain('rejoin_queue_depth{queue="participation.fifo"} 7\n');
    expect(first).toContain('rejoin_dead_letters 1\n');
    expect(first).toContain('rejoin_connections{protocol="msrp"} 5\n');
    expect(first).toContain('nodejs_eventloop_lag_p99_seconds');
    now.participations = { joined: 5 };
    const second = await metrics.text();
    expect(second).toContain('rejoin_participations{state="joined"} 5\n');
    expect(second).not.toContain('state="buffering"');
  });
});

it('labels that peers make up are bounded', () => {
  const tally = new Tally(['reason', 'kind'], 3);
  for (let index = 0; index < 1_000; index++) tally.add(1, `r${index}`, 'k');
  tally.add(1, 'r0', 'k');
  expect(tally.value('r0', 'k')).toBe(2);
  expect(tally.value('other', 'other')).toBe(997);
  expect(tally.value('unknown', 'k')).toBe(0);
  expect(tally.entries()).toHaveLength(4);
  expect(tally.entries()[0]).toEqual({ labels: { reason: 'r0', kind: 'k' }, value: 2 });
});
