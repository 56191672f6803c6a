import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type HttpOptions } from '../../../edge/runtime/http.ts';
import { makeOperator } from '../../../edge/runtime/operator.ts';
import type { Status } from '../../../edge/runtime/status-page.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const status: Status = {
  domain: 'rejoin.test',
  version: '0.1.0',
  network: 'registrar',
  store: 'memory:',
  isReady: true,
  reasons: [],
  uptimeMs: 1000,
  addresses: [],
  registered: 0,
  groups: 0,
  deadLetters: 0,
  waiting: 0,
  deferred: 0,
  delivered: 0,
  oldestWaitingMs: undefined,
};

const operator = makeOperator({
  store: memoryStore(),
  queue: memoryQueue({ nowMs: Date.now }),
  served: [],
  mask: (uri) => uri,
});

const entry = {
  user: 'sip:bob@rejoin.test',
  group: 'sip:g1@rejoin.test',
  contributionId: 'c1',
  state: 'buffering',
  waiting: 2,
  oldest: '2026-01-01T00:00:00.000Z',
  version: 3,
};

async function start(changes: Partial<HttpOptions> = {}) {
  const faults: unknown[] = [];
  const http = createHttp({
    readiness: () => ({ isReady: true, reasons: [] }),
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'rejoin_groups 1\n' },
    participations: async (user) => [{ ...entry, user }],
    operator,
    status: () => status,
    onFault: (error) => faults.push(error),
    ...changes,
  });
  closers.push(http.close);
  const port = await http.listen({
    host: '127.0.0.1',
    port: 0,
    setting: 'REJOIN_HTTP_PORT (http.port)',
  });
  return { port, faults, base: `http://127.0.0.1:${port}` };
}

async function problemOf(response: Response): Promise<{ status: number; detail: string }> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const body = (await response.json()) as { status: number; detail: string; title: string };
  expect(body.status).toBe(response.status);
  expect(body.title).not.toBe('');
  return body;
}

describe('health', () => {
  it('/healthz is 200 while the process lives [contract: HTTP]', async () => {
    const { base } = await start({ readiness: () => ({ isReady: false, reasons: ['starting'] }) });
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/healthz`, { method: 'HEAD' })).status).toBe(200);
  });

  it('/readyz is 200 when ready and 503 with the reasons before [contract: HTTP]', async () => {
    const readiness = { isReady: false, reasons: ['the store does not answer', 'draining'] };
    const { base } = await start({ readiness: () => readiness });
    const before = await fetch(`${base}/readyz`);
    expect(before.status).toBe(503);
    expect((await problemOf(before)).detail).toContain('the store does not answer; draining');
    readiness.isReady = true;
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
  });
});

describe('participations and metrics', () => {
  it("a user's participations are JSON [contract: HTTP]", async () => {
    const { base } = await start();
    const response = await fetch(`${base}/api/participations?user=sip:bob@rejoin.test`);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual([entry]);
  });

  it('a tel URI keeps its plus sign, escaped or not', async () => {
    const { base } = await start();
    for (const user of ['tel:+4930123', 'tel:%2B4930123']) {
      const response = await fetch(`${base}/api/participations?user=${user}`);
      expect(await response.json()).toMatchObject([{ user: 'tel:+4930123' }]);
    }
  });

  it.each(['', '?user=', '?user=bob', '?user=sip:a@b&user=sip:c@d'])(
    'a question without one user is 400: %j [RFC 9457]',
    async (query) => {
      const { base } = await start();
      const response = await fetch(`${base}/api/participations${query}`);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).detail).toContain('user=');
    },
  );

  it('/metrics is Prometheus text [contract: HTTP]', async () => {
    const { base } = await start();
    const response = await fetch(`${base}/metrics`);
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    expect(await response.text()).toBe('rejoin_groups 1\n');
  });

  it('both need the admin token where one is set, the rest does not [contract: Settings]', async () => {
    const { base } = await start({ adminToken: 'open-sesame' });
    const statusOf = async (path: string, authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${base}${path}`, { headers })).status;
    };
    const api = '/api/participations?user=sip:bob@rejoin.test';
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/readyz')).toBe(200);
    for (const path of [api, '/metrics', '/api/other']) {
      expect(await statusOf(path)).toBe(401);
      expect(await statusOf(path, 'Bearer wrong')).toBe(401);
      expect(await statusOf(path, 'Basic b3Blbi1zZXNhbWU=')).toBe(401);
    }
    expect(await statusOf(api, 'Bearer open-sesame')).toBe(200);
    expect(await statusOf('/metrics', 'bearer open-sesame')).toBe(200);
    const refused = await fetch(`${base}/metrics`);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    await problemOf(refused);
  });

  it.each(['/%61pi/queues', '/metric%73', '/api/queues/', 'http://other.test/api/queues'])(
    'the token is asked for however the path is written: %s [RFC 9110 4.2.3]',
    async (path) => {
      const { port } = await start({ adminToken: 'open-sesame' });
      const status = await new Promise((resolve) => {
        const asked = request({ host: '127.0.0.1', port, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.end();
      });
      expect(status).toBe(401);
    },
  );

  it('a fault is told to the log and not to the client', async () => {
    const { base, faults } = await start({
      participations: async () => {
        throw new Error('disk of bob@rejoin.test');
      },
    });
    const response = await fetch(`${base}/api/participations?user=sip:bob@rejoin.test`);
    expect(response.status).toBe(500);
    expect((await problemOf(response)).detail).not.toContain('bob');
    expect(faults).toHaveLength(1);
  });
});

describe('errors', () => {
  it('an unknown path is 404 [RFC 9457]', async () => {
    const { base } = await start();
    const response = await fetch(`${base}/nothing`);
    expect(response.status).toBe(404);
    await problemOf(response);
  });

  it('another method is 405 and says which are allowed [RFC 9110 15.5.6]', async () => {
    const { base } = await start();
    for (const path of ['/', '/healthz', '/api/participations?user=x']) {
      const response = await fetch(`${base}${path}`, { method: 'POST' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      await problemOf(response);
    }
  });

  it('a malformed path, a long URL and long headers are refused', async () => {
    const { base } = await start();
    expect((await problemOf(await fetch(`${base}/%zz`))).status).toBe(400);
    expect((await problemOf(await fetch(`${base}/?${'x'.repeat(3_000)}`))).status).toBe(414);
    const long = await fetch(base, { headers: { 'x-long': 'y'.repeat(17_000) } });
    expect((await problemOf(long)).status).toBe(431);
  });

  it('bytes that are no HTTP get a problem and the end of the connection', async () => {
    const { port } = await start();
    const text = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('REGISTER sip:x SIP/2.0\r\n\r\n'),
      );
      socket.on('data', (bytes) => {
        all += bytes.toString();
      });
      socket.on('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toContain('application/problem+json');
  });

  it('a port that is taken is told with the name of its setting', async () => {
    const { port } = await start();
    const other = createHttp({
      readiness: () => ({ isReady: true, reasons: [] }),
      metrics: { contentType: '', text: async () => '' },
      participations: async () => [],
      operator,
      status: () => status,
      onFault: () => undefined,
    });
    closers.push(other.close);
    await expect(
      other.listen({ host: '127.0.0.1', port, setting: 'REJOIN_HTTP_PORT (http.port)' }),
    ).rejects.toThrow(`REJOIN_HTTP_PORT (http.port) is ${port}: 127.0.0.1:${port} is taken`);
  });
});

it('the page asks for nothing from elsewhere and runs no script', async () => {
  const { base } = await start();
  const response = await fetch(base);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const html = await response.text();
  expect(html).not.toMatch(/<script|https?:|@import|url\(/);
  expect(html).toContain('rejoin.test');
});
