/**
 * The HTTP side of the process: health, metrics and the status page; what stands under `/api` is in `api.ts`. It only asks functions that it was
 * given and shows what they answer. WebSocket upgrades are taken from `server` by whoever carries SIP or MSRP that way.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type ApiOptions, apiRoutes } from './api.ts';
import * as limit from './limit.ts';
import { type ListenAddress, listenError } from './listen-error.ts';
import { problem, problemType, refuse } from './problem.ts';
import { misdirected, namesThisMachine } from './rebinding.ts';
import { type Status, statusPage } from './status-page.ts';

export type Readiness = { readonly isReady: boolean; readonly reasons: readonly string[] };

export type HttpOptions = ApiOptions & {
  /** Bearer token of `/api` and `/metrics`; none asks for none, but has this machine served only. */
  readonly adminToken?: string;
  readonly readiness: () => Readiness | Promise<Readiness>;
  readonly metrics: {
    readonly contentType: string;
    readonly text: () => Promise<string>;
  };
  readonly status: () => Status | Promise<Status>;
  /** Hears of faults, whose details are not answered. */
  readonly onFault: (error: unknown) => void;
};

export type HttpServer = {
  readonly server: Server;
  readonly listen: (address: ListenAddress) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** The HTTP server; it serves once `listen` has been called. */
export function createHttp(options: HttpOptions): HttpServer {
  const app = fastify({
    schemaController: {
      compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas },
    },
    bodyLimit: limit.httpBodyBytesMax,
    connectionTimeout: limit.httpRequestMs,
    requestTimeout: limit.httpRequestMs,
    keepAliveTimeout: limit.httpKeepAliveMs,
    http: { maxHeaderSize: limit.httpHeaderBytesMax, headersTimeout: limit.httpHeadersMs },
    routerOptions: { maxParamLength: limit.httpUrlBytesMax },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (_error, _request, reply) => {
      refuse(reply as FastifyReply, 400, 'The path of the request is malformed.');
    },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(malformed(error.code));
    },
  });
  app.server.maxConnections = limit.httpConnectionsMax;
  guard(app, options.adminToken);
  refusals(app, options);
  routes(app, options);
  return {
    server: app.server,
    listen: (address) => listen(app, address),
    close: () => app.close(),
  };
}

/** No route has a schema; what compiles them would be loaded all the same, into 3 MB. */
function noSchemas(): never {
  throw new Error('routes have no schemas here');
}

async function listen(app: FastifyInstance, address: ListenAddress): Promise<number> {
  try {
    await app.listen({ host: address.host, port: address.port });
  } catch (cause) {
    throw listenError(address, cause);
  }
  const bound = app.server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : address.port;
}

function routes(app: FastifyInstance, options: HttpOptions): void {
  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', async (_request, reply) => {
    const { isReady, reasons } = await options.readiness();
    if (isReady) return reply.type('text/plain').send('ready\n');
    return refuse(reply, 503, `Not ready: ${reasons.join('; ')}.`);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(options.metrics.contentType).send(await options.metrics.text()),
  );
  apiRoutes(app, options);
  app.get('/', async (_request, reply) =>
    reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .type('text/html; charset=utf-8')
      .send(statusPage(await options.status())),
  );
}

function guard(app: FastifyInstance, adminToken: string | undefined): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    if (request.url.length > limit.httpUrlBytesMax) {
      return refuse(reply, 414, `The URL is longer than ${limit.httpUrlBytesMax} bytes.`);
    }
    // RFC 9110 4.2.3: a path may be written in several ways. What the router has found counts, else what it was asked for.
    const path = request.routeOptions.url ?? request.url.split('?', 1)[0] ?? '';
    if (adminToken === undefined)
      return isServedWithoutToken(request, path) ? undefined : refuse(reply, 421, misdirected);
    if (!needsToken(path)) return;
    if (isToken(request.headers.authorization, adminToken)) return;
    reply.header('www-authenticate', 'Bearer');
    return refuse(reply, 401, 'Send the admin token: Authorization: Bearer <token>');
  });
}

/** RFC 9110 7.4: what was meant for somebody else is refused. What looks after the process calls it as it likes, and learns nothing. */
function isServedWithoutToken({ url, headers }: FastifyRequest, path: string): boolean {
  return path === '/healthz' || path === '/readyz' || namesThisMachine(url, headers.host);
}

function needsToken(path: string): boolean {
  return path === '/metrics' || path === '/api' || path.startsWith('/api/');
}

/** Digests are compared, so that the time taken says nothing about the token or its length. */
function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function refusals(app: FastifyInstance, options: HttpOptions): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (!app.hasRoute({ url: path, method: 'GET' })) {
      return refuse(reply, 404, `There is nothing at ${path}.`);
    }
    reply.header('allow', 'GET, HEAD');
    return refuse(reply, 405, `${path} is read with GET.`);
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status < 500) return refuse(reply, status, 'The request is malformed.');
    options.onFault(error);
    return refuse(reply, status, 'Something failed here; the log of the server says more.');
  });
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? status : 500;
}

/** The answer to bytes that are no HTTP request, for which there is no reply object. */
function malformed(code: string | undefined): string {
  const status =
    code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(problem(status, 'The bytes received are no HTTP request.'));
  const { title } = problem(status, '');
  const length = Buffer.byteLength(body);
  const head = `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: ${problemType}`;
  return `${head}\r\ncontent-length: ${length}\r\n\r\n${body}`;
}
