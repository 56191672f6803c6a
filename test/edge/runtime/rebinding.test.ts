import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../../edge/runtime/http.ts';
import { makeOperator } from '../../../edge/runtime/operator.ts';
import { isOwnAuthority } from '../../../edge/runtime/rebinding.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(adminToken?: string): Promise<number> {
  const http = createHttp({
    ...(adminToken === undefined ? {} : { adminToken }),
    readiness: () => ({ isReady: true, reasons: [] }),
    metrics: { contentType: 'text/plain', text: async () => 'rejoin_groups 1\n' },
    participations: async () => [],
    operator: makeOperator({
      store: memoryStore(),
      queue: memoryQueue({ nowMs: Date.now }),
      served: ['reports'],
      mask: (uri) => uri,
    }),
    status: () => {
      throw new Error('not asked for here');
    },
    onFault: () => undefined,
  });
  closers.push(http.close);
  return await http.listen({ host: '127.0.0.1', port: 0, setting: 'REJOIN_HTTP_PORT' });
}

type Asked = {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

function ask(port: number, { path, method = 'GET', headers = {} }: Asked) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const paths = [
  '/api/participations?user=sip:bob@rejoin.test',
  '/api/queues',
  '/%61pi/queues',
  '/metrics',
  '/',
  '/nothing',
];

describe('without a token', () => {
  it.each(paths)(
    'a name that somebody else may have pointed here is refused: %s [RFC 9110 15.5.20]',
    async (path) => {
      const port = await start();
      for (const host of ['evil.test', `evil.test:${port}`, '127.0.0.1.evil.test', '192.0.2.7']) {
        const { status, text } = await ask(port, { path, headers: { host } });
        expect(status).toBe(421);
        const { detail } = JSON.parse(text) as { detail: string };
        expect(detail).toContain('127.0.0.1');
        expect(detail).toContain('REJOIN_ADMIN_TOKEN (adminToken)');
        expect(detail).not.toContain('evil');
      }
    },
  );

  it('names of this machine are served, with any port and in any case', async () => {
    const port = await start();
    const hosts = ['127.0.0.1', `127.0.0.1:${port}`, 'LocalHost:8080', '[::1]:80', '127.1.2.3'];
    for (const host of hosts) {
      expect((await ask(port, { path: '/api/queues', headers: { host } })).status).toBe(200);
    }
  });

  it('whoever looks after the process may call it by any name [contract: HTTP]', async () => {
    const port = await start();
    for (const path of ['/healthz', '/readyz']) {
      expect((await ask(port, { path, headers: { host: 'rejoin:8080' } })).status).toBe(200);
    }
  });

  it('the name in the request line counts, where one is there [RFC 9112 3.2.2]', async () => {
    const port = await start();
    const path = 'http://evil.test/api/queues';
    expect((await ask(port, { path, headers: { host: '127.0.0.1' } })).status).toBe(421);
    const own = `http://127.0.0.1:${port}/api/queues`;
    expect((await ask(port, { path: own, headers: { host: '127.0.0.1' } })).status).toBe(200);
  });

  it('a request of HTTP/1.0 without a name is no browser of today, and is not served either', async () => {
    const port = await start();
    const text = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /api/queues HTTP/1.0\r\n\r\n'),
      );
      socket.on('data', (bytes) => {
        all += bytes.toString();
      });
      socket.on('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
  });

  it('no page may change anything, whatever it is called by [RFC 6454 7.3]', async () => {
    const port = await start();
    const path = '/api/queues/reports/dead';
    for (const origin of ['https://evil.test', 'null', `http://127.0.0.1:${port}`]) {
      const { status, text } = await ask(port, { path, method: 'DELETE', headers: { origin } });
      expect(status).toBe(403);
      expect(text).toContain('npm run rejoin');
    }
  });
});

it('with a token any name is served, as the token is what a page does not know', async () => {
  const port = await start('open-sesame');
  const headers = { host: 'rejoin:8080', authorization: 'Bearer open-sesame' };
  expect((await ask(port, { path: '/api/queues', headers })).status).toBe(200);
  expect((await ask(port, { path: '/api/queues', headers: { host: 'rejoin' } })).status).toBe(401);
});

describe('an authority is of this machine', () => {
  it.each(['localhost', 'localhost.', 'app.localhost:81', '127.0.0.1:0', '[::1]', '::1'])(
    '%s is [RFC 6761 6.3]',
    (authority) => {
      expect(isOwnAuthority(authority)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'localhost.evil.test',
    'evillocalhost',
    'user@localhost',
    '127.0.0.1@evil.test',
    '[::2]:80',
    '127.0.0.1 evil.test',
    '0.0.0.0',
    'localhost:8080:evil',
  ])('%s is not', (authority) => {
    expect(isOwnAuthority(authority)).toBe(false);
  });
});
