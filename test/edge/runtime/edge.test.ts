/** What an edge does by itself as time passes. */
import { createSocket } from 'node:dgram';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { nowMs } from '../../../edge/runtime/clock.ts';
import { Edge } from '../../../edge/runtime/edge.ts';
import { Metrics } from '../../../edge/runtime/metrics.ts';
import { registrationKey } from '../../../shared/core/key.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import { loadSettings } from '../../../shared/settings.ts';
import { until } from '../../kit/wait.ts';

const user = 'sip:bob@rejoin.test';

test('a registration that runs out is forgotten, whoever asks or not [RFC 3261 10.3]', async () => {
  const store = memoryStore();
  const target = { transport: 'udp', host: '127.0.0.1', port: 9 };
  const binding = {
    contact: 'sip:bob@127.0.0.1:9',
    params: '',
    callId: 'c',
    cseq: 1,
    q: 1,
    target,
  };
  const expiresAtMs = nowMs() + 1_500;
  const bindings = [{ ...binding, path: [], expiresAtMs }];
  await store.commit({ ...registrationKey(user), version: 1, data: { user, bindings, atMs: 0 } });
  const env = { REJOIN_SIP_PORT: '0', REJOIN_MSRP_PORT: '0' };
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  const edge = new Edge({
    name: 'edge-a',
    settings: loaded.settings,
    users: [{ uri: user, password: 'demo' }],
    store,
    queue: memoryQueue({ nowMs }),
    log: pino({ level: 'silent' }),
    metrics: new Metrics(() => Promise.reject(new Error('nobody asks for levels'))),
  });
  const { host, sipPort } = await edge.listen();
  const socket = createSocket('udp4');
  const request = [
    'REGISTER sip:rejoin.test SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKone',
    'Max-Forwards: 70',
    `From: <${user}>;tag=1`,
    `To: <${user}>`,
    'Call-ID: one',
    'CSeq: 1 REGISTER',
    'Content-Length: 0',
  ];
  socket.send(`${request.join('\r\n')}\r\n\r\n`, sipPort, host);
  await until('the registration is known', () => edge.counts.registered === 1);
  await until('the registration is forgotten', () => edge.counts.registered === 0);
  expect(nowMs()).toBeGreaterThanOrEqual(expiresAtMs);
  socket.close();
  await edge.close();
});
