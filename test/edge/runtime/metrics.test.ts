import { describe, expect, it } from 'vitest';
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

describe('metrics', () => {
  it('count what goes in and out', async () => {
    const metrics = new Metrics(() => levels);
    metrics.sip('in', 'INVITE');
    metrics.sip('in', 'INVITE');
    metrics.sip('out', 'INVITE', 486);
    metrics.sip('in', 'MADEUP');
    metrics.sipRefused('no Via');
    metrics.msrpMessage('in', 500);
    metrics.msrpMessage('in', 700);
    metrics.msrpRefused(481);
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
      'rejoin_msrp_refused_total{status="481"} 1',
      'rejoin_messages_total{outcome="deferred"} 32',
      'rejoin_messages_total{outcome="delivered"} 30',
      'rejoin_segments_total 1',
      'rejoin_store_seconds_bucket{le="0.005",operation="append"} 1',
    ]) {
      expect(lines).toContain(line);
    }
    expect(metrics.totals).toEqual({ deferred: 32, delivered: 30 });
    expect(metrics.contentType).toContain('text/plain');
  });

  it('a second look shows the same counts, not twice as much', async () => {
    const metrics = new Metrics(() => levels);
    metrics.deferred(2);
    await metrics.text();
    expect(await metrics.text()).toContain('rejoin_messages_total{outcome="deferred"} 2\n');
  });

  it('levels are those of the moment, and the event loop is watched', async () => {
    const now = { ...levels };
    const metrics = new Metrics(async () => now);
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
