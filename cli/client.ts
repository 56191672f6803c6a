/**
 * Talks to the running process, which has the store's file for itself: over HTTP, with the admin token. Whatever goes wrong ends as
 * a failure that says what to change.
 */
import { isIPv6 } from 'node:net';
import type { Settings } from '../shared/settings.ts';
import { Failure, type Given, textOption, UsageError, type World } from './command.ts';
import { readSettings } from './settings.ts';

export type Client = {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string) => Promise<T>;
  readonly remove: <T>(path: string) => Promise<T>;
};

/** Where the process is and how to ask it. */
export type Target = { readonly url: URL; readonly token: string | undefined };

type Request = { readonly method: string; readonly path: string };

/** Longer than the longest request takes: ten thousand dead letters. */
const answerMs = 60_000;

/** A client of the process that is meant. */
export function clientOf(given: Given, world: World): Client {
  const target = targetOf(given, world);
  return {
    get: (path) => ask(target, { method: 'GET', path }),
    post: (path) => ask(target, { method: 'POST', path }),
    remove: (path) => ask(target, { method: 'DELETE', path }),
  };
}

/** Where the process is that is meant; fails if that is not known. */
export function targetOf(given: Given, world: World): Target {
  const text = textOption(given, 'url');
  const token = world.env.REJOIN_ADMIN_TOKEN || undefined;
  if (text !== undefined) return { url: urlOf(text), token };
  const read = readSettings(given, world);
  if (read.kind === 'refused') {
    throw new Failure([...read.problems, 'Mend that, or give --url.'].join('\n'));
  }
  return settingsTarget(read.settings);
}

/** Where the process of these settings is; fails if its port isn't fixed. */
function settingsTarget({ host, http, adminToken }: Settings): Target {
  if (http.port === 0) {
    throw new Failure(
      'REJOIN_HTTP_PORT (http.port) is 0, a free port each time: give --url, as the ready line of the process names it',
    );
  }
  const name = isIPv6(host) ? `[${host}]` : host;
  return { url: new URL(`http://${name}:${http.port}/`), token: adminToken };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--url is ${text}: give an address such as http://127.0.0.1:8080/`);
  }
  // Paths are set behind it.
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function ask<T>(target: Target, request: Request): Promise<T> {
  const response = await send(target, request);
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  if (response.ok && type.startsWith('application/json')) return JSON.parse(text) as T;
  throw new Failure(refusal(target, response.status, type.includes('problem+json') ? text : ''));
}

async function send({ url, token }: Target, { method, path }: Request): Promise<Response> {
  try {
    return await fetch(new URL(path, url), {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      // The token goes nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
  } catch (error) {
    throw new Failure(unreachable(url, error), { cause: error });
  }
}

/** Why nothing came from an address. */
export function unreachable(url: URL, error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `${url} did not answer in time: look into the log of the process, or try again`;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return `nothing answers at ${url} (${code}): start the process with npm start, or give its address with --url`;
}

function refusal({ url, token }: Target, status: number, text: string): string {
  if (status === 401) {
    return token === undefined
      ? `${url} asks for the admin token: set REJOIN_ADMIN_TOKEN to the one the process was started with`
      : `${url} does not take this admin token: set REJOIN_ADMIN_TOKEN to the one the process was started with`;
  }
  const detail = text === '' ? undefined : (JSON.parse(text) as { readonly detail?: unknown });
  if (typeof detail?.detail === 'string') return detail.detail;
  return `what answers at ${url} is no rejoin of this version (status ${status}): check --url`;
}
