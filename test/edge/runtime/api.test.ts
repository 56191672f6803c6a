import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp, type HttpServer } from '../../../edge/runtime/http.ts';
import { makeOperator } from '../../../edge/runtime/operator.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Queue } from '../../../shared/ports/queue.ts';
import type { Store } from '../../../shared/ports/store.ts';
import { groupState, keepGroup } from './kept.ts';

let queue: Queue;
let store: Store;
let http: HttpServer;
let base: string;

beforeEach(async () => {
  queue = memoryQueue({ nowMs: Date.now });
  store = memoryStore();
  http = createHttp({
    readiness: () => ({ isReady: true, reasons: [] }),
    metrics: { contentType: 'text/plain', text: async () => '' },
    participations: async () => [],
    operator: makeOperator({ store, queue, served: ['events.fifo'], mask: () => 'somebody' }),
    status: () => Promise.reject(new Error('not asked for')),
    onFault: () => undefined,
  });
  const port = await http.listen({ host: '127.0.0.1', port: 0, setting: 'REJOIN_HTTP_PORT' });
  base = `http://127.0.0.1:${port}`;
});
afterEach(() => http.close());

async function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${base}${path}`, { method, headers });
  const text = await response.text();
  const json = (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown>;
  if (!response.ok) {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(json.status).toBe(response.status);
  }
  return { status: response.status, json, allow: response.headers.get('allow') };
}

async function fill(name: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const body = `{"event":{"kind":"roster"},"index":${index}}`;
    const entry = { queue: name, group: 'sip:bob@rejoin.test#c1', body };
    await queue.send([{ ...entry, deduplicationId: `${name}/${index}` }]);
  }
}

describe('the queues', () => {
  it('are listed with what is in them', async () => {
    await fill('events.fifo', 3);
    await fill('events-dead.fifo', 2);
    const { json } = await ask('GET', '/api/queues');
    expect(json).toMatchObject([{ name: 'events.fifo', waiting: 3, dead: 2, isServed: true }]);
  });

  it('show their records in pages, without bodies', async () => {
    await fill('events.fifo', 5);
    const first = await ask('GET', '/api/queues/events.fifo/records?limit=3');
    expect(first.json.records).toHaveLength(3);
    const path = `/api/queues/events.fifo/records?limit=3&after=${String(first.json.next)}`;
    const second = await ask('GET', path);
    expect(second.json).toMatchObject({ next: null });
    expect(second.json.records).toMatchObject([
      { group: 'somebody#c1', kind: 'roster', state: 'waiting', receives: 0 },
      { kind: 'roster' },
    ]);
    expect(JSON.stringify(second.json)).not.toContain('index');
  });

  it('show their dead letters, and may be named without .fifo', async () => {
    await fill('events-dead.fifo', 1);
    const alive = await ask('GET', '/api/queues/events/records');
    const dead = await ask('GET', '/api/queues/events/records?dead=1');
    expect([alive, dead].map(({ json }) => (json.records as unknown[]).length)).toEqual([0, 1]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'after=%20', 'after=a&after=b'])(
    'refuse a page that can not be meant: %s [RFC 9457]',
    async (query) => {
      const { status, json } = await ask('GET', `/api/queues/events/records?${query}`);
      expect(status).toBe(400);
      expect(json.detail).toMatch(/^(limit|after): give/);
    },
  );

  it('that are not there are 404', async () => {
    for (const [method, path] of [
      ['GET', '/api/queues/nothing/records'],
      ['GET', '/api/queues/events-dead/records'],
      ['DELETE', '/api/queues/nothing/dead'],
      ['POST', '/api/queues/nothing/dead/1/retry'],
    ] as const) {
      const { status, json } = await ask(method, path);
      expect(status).toBe(404);
      expect(json.detail).toContain('There is no queue');
    }
  });
});

describe('dead letters', () => {
  async function oldest(): Promise<string> {
    const [first] = await queue.peek('events-dead.fifo', { limit: 1 });
    return first?.id ?? '';
  }

  it('are dropped, one or all', async () => {
    await fill('events-dead.fifo', 3);
    const one = await ask('DELETE', `/api/queues/events/dead/${await oldest()}`);
    expect(one.json).toEqual({ count: 1, left: 2 });
    const all = await ask('DELETE', '/api/queues/events/dead');
    expect(all.json).toEqual({ count: 2, left: 0 });
  });

  it('are sent back, one or all', async () => {
    await fill('events-dead.fifo', 3);
    const one = await ask('POST', `/api/queues/events/dead/${await oldest()}/retry`);
    expect(one.json).toEqual({ count: 1, left: 2 });
    const all = await ask('POST', '/api/queues/events/dead/retry');
    expect(all.json).toEqual({ count: 2, left: 0 });
    expect(await queue.depth('events.fifo')).toMatchObject({ visible: 3 });
  });

  it('that are not there are 404, and records that are alive are none', async () => {
    await fill('events.fifo', 1);
    const [alive] = await queue.peek('events.fifo', { limit: 1 });
    for (const id of ['1', alive?.id, 'nonsense']) {
      expect((await ask('DELETE', `/api/queues/events/dead/${id}`)).status).toBe(404);
      expect((await ask('POST', `/api/queues/events/dead/${id}/retry`)).status).toBe(404);
    }
    expect(await queue.depth('events.fifo')).toMatchObject({ visible: 1 });
  });

  it('are not changed for a web page, whatever its origin', async () => {
    await fill('events-dead.fifo', 1);
    for (const origin of ['https://elsewhere.example', base, 'null']) {
      expect((await ask('POST', '/api/queues/events/dead/retry', { origin })).status).toBe(403);
      expect((await ask('DELETE', '/api/queues/events/dead', { origin })).status).toBe(403);
    }
    expect(await queue.depth('events-dead.fifo')).toMatchObject({ visible: 1 });
  });
});

it('groups come in pages', async () => {
  const two = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'];
  for (const id of ['c1', 'c2']) await keepGroup(store, groupState(id, two));
  const first = await ask('GET', '/api/groups?limit=1');
  expect(first.json.groups).toMatchObject([{ contributionId: 'c1' }]);
  const second = await ask('GET', `/api/groups?limit=1&after=${String(first.json.next)}`);
  expect(second.json.groups).toMatchObject([{ contributionId: 'c2' }]);
  expect((await ask('GET', '/api/groups?after=nonsense')).status).toBe(400);
});

it('each path says which methods it has [RFC 9110 15.5.6]', async () => {
  for (const [method, path, allow] of [
    ['POST', '/api/queues', 'GET, HEAD'],
    ['DELETE', '/api/groups', 'GET, HEAD'],
    ['POST', '/api/queues/events/records', 'GET, HEAD'],
    ['GET', '/api/queues/events/dead', 'DELETE'],
    ['PUT', '/api/queues/events/dead/1', 'DELETE'],
    ['GET', '/api/queues/events/dead/retry', 'POST'],
    ['DELETE', '/api/queues/events/dead/1/retry', 'POST'],
  ] as const) {
    expect(await ask(method, path)).toMatchObject({ status: 405, allow });
  }
});
