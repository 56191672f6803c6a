/** Whether a process runs, is ready, takes the token, has the same clock, and has given up records. */
import type { QueueSummary } from '../../edge/runtime/queue-view.ts';
import { type Target, unreachable } from '../client.ts';
import { counted } from '../table.ts';
import { type Check, fail, ok, warn } from './check.ts';

export type ProcessFound = {
  /** Something that looks like rejoin answers. */
  readonly isRunning: boolean;
  readonly checks: readonly Check[];
};

const answerMs = 5_000;
/** Answers name the second; the rest is the way. */
const skewMsMax = 5_000;

export async function checkProcess(target: Target): Promise<ProcessFound> {
  let response: Response;
  try {
    response = await get(target, 'readyz');
  } catch (error) {
    const remedy = 'start it with npm start, or give its address with --url';
    return {
      isRunning: false,
      checks: [warn('process', unreachable(target.url, error).split(': start')[0] ?? '', remedy)],
    };
  }
  const text = await response.text();
  const isOurs = response.ok ? text === 'ready\n' : isProblem(response);
  if (!isOurs) return { isRunning: false, checks: [foreign(target, response.status)] };
  if (!response.ok) return { isRunning: true, checks: [notReady(text)] };
  const ready = ok('process', `ready at ${target.url}`);
  return { isRunning: true, checks: [ready, skew(response), ...(await checkQueues(target))] };
}

function get({ url, token }: Target, path: string): Promise<Response> {
  return fetch(new URL(path, url), {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  });
}

function isProblem(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.status === 503 && type.includes('problem+json');
}

function foreign({ url }: Target, status: number): Check {
  return fail(
    'process',
    `another program answers at ${url} (status ${status})`,
    'give another REJOIN_HTTP_PORT (http.port), or the right --url',
  );
}

function notReady(text: string): Check {
  const { detail } = JSON.parse(text) as { readonly detail?: string };
  return fail(
    'process',
    detail ?? 'not ready',
    'wait for it, and look into its log if it stays so',
  );
}

function skew(response: Response): Check {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const offMs = Math.abs(Date.now() - theirs);
  if (Number.isNaN(offMs) || offMs <= skewMsMax) return ok('clock of the process', 'as here');
  return warn(
    'clock of the process',
    `${Math.round(offMs / 1000)} s off this machine's`,
    'have both set by NTP',
  );
}

async function checkQueues(target: Target): Promise<readonly Check[]> {
  const response = await get(target, 'api/queues');
  if (response.status === 401) {
    const what = target.token === undefined ? 'none is set' : 'this one is not it';
    return [
      fail(
        'admin token',
        `the process asks for one, and ${what}`,
        'set REJOIN_ADMIN_TOKEN to the one the process was started with',
      ),
    ];
  }
  if (!response.ok) {
    return [
      fail(
        'queues',
        `status ${response.status}`,
        'look into the log of the process; is it of this version?',
      ),
    ];
  }
  const queues = (await response.json()) as readonly QueueSummary[];
  return [ok('admin token', 'taken, or not asked for'), deadLetters(queues)];
}

function deadLetters(queues: readonly QueueSummary[]): Check {
  const withDead = queues.filter(({ dead }) => dead > 0);
  if (withDead.length === 0) return ok('dead letters', 'none');
  const parts = withDead.map(({ name, dead }) => `${dead} of ${name}`);
  const sum = withDead.reduce((all, { dead }) => all + dead, 0);
  return warn(
    'dead letters',
    `${counted(sum, 'record')} given up: ${parts.join(', ')}`,
    'look at them: npm run rejoin -- queue show <queue> --dead',
  );
}
