/**
 * The HTTP paths under `/api`: what to ask, what is answered, and which questions are refused. The admin token has been asked for
 * before anything comes here. Only dead letters can be changed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageEntries, pageEntriesMax } from './limit.ts';
import type { Operator, PageAsked } from './operator.ts';
import { allowOnly, refuse } from './problem.ts';

export type ParticipationEntry = {
  readonly user: string;
  readonly group: string;
  readonly contributionId: string;
  readonly state: string;
  readonly waiting: number;
  readonly oldest: string | null;
  readonly version: number;
};

export type ApiOptions = {
  readonly participations: (user: string) => Promise<readonly ParticipationEntry[]>;
  readonly operator: Operator;
};

type Query = Readonly<Record<string, unknown>>;

const userUri = /^(sips?:[^@\s]+@\S+|tel:\S+)$/i;
const pageMark = /^[\w-]{1,1000}$/;

/** Adds the paths to a server. */
export function apiRoutes(app: FastifyInstance, { participations, operator }: ApiOptions): void {
  app.get('/api/participations', async (request, reply) => {
    const user = userOf(request.query as Query);
    if (user === undefined) {
      return refuse(reply, 400, 'Give one URI: /api/participations?user=sip:alice@example.com');
    }
    return reply.send(await participations(user));
  });
  app.get('/api/groups', async (request, reply) => {
    const asked = pageOf(request.query as Query);
    if (typeof asked === 'string') return refuse(reply, 400, asked);
    const page = await operator.groups(asked);
    return page === undefined ? refuse(reply, 400, wrongAfter) : reply.send(page);
  });
  app.get('/api/queues', async (_request, reply) => reply.send(await operator.queues()));
  queueRoutes(app, operator);
}

const records = '/api/queues/:queue/records';
const dead = '/api/queues/:queue/dead';
const oneDead = `${dead}/:id`;

function queueRoutes(app: FastifyInstance, operator: Operator): void {
  app.get(records, (request, reply) =>
    withQueue(operator, request, reply, async (queue) => {
      const query = request.query as Query;
      const asked = pageOf(query);
      if (typeof asked === 'string') return refuse(reply, 400, asked);
      return reply.send(await operator.records(queue, { ...asked, isDead: query.dead === '1' }));
    }),
  );
  const change = (method: 'DELETE' | 'POST', url: string, act: Operator['drop']): void => {
    app.route({
      method,
      url,
      handler: (request, reply) =>
        withQueue(operator, request, reply, async (queue) => {
          if (request.headers.origin !== undefined) return refuse(reply, 403, fromPage);
          const { id } = request.params as { readonly id?: string };
          const done = await act(queue, id);
          return id !== undefined && done.count === 0
            ? refuse(reply, 404, `${queue} has no dead letter ${id} that is free.`)
            : reply.send(done);
        }),
    });
  };
  change('DELETE', dead, operator.drop);
  change('DELETE', oneDead, operator.drop);
  change('POST', `${dead}/retry`, operator.retry);
  change('POST', `${oneDead}/retry`, operator.retry);
  allowOnly(app, records, ['GET', 'HEAD']);
  for (const url of [dead, oneDead]) allowOnly(app, url, ['DELETE']);
  for (const url of [`${dead}/retry`, `${oneDead}/retry`]) allowOnly(app, url, ['POST']);
}

/** A browser names the page that it sends for; on loopback, without a token, no page of anybody's may change things. */
const fromPage = 'A web page may not change anything here; use the tool: npm run rejoin -- --help';
const wrongAfter = 'after: give what the page before answered as next.';

async function withQueue(
  operator: Operator,
  request: FastifyRequest,
  reply: FastifyReply,
  then: (queue: string) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { queue } = request.params as { readonly queue: string };
  const found = await operator.resolve(queue);
  if (found !== undefined) return await then(found);
  return refuse(reply, 404, `There is no queue ${queue}: see queue list, or /api/queues.`);
}

/** The page that is asked for, or what is wrong with the question. */
function pageOf({ limit = String(pageEntries), after }: Query): PageAsked | string {
  const isLimit = typeof limit === 'string' && /^\d{1,6}$/.test(limit);
  const entries = isLimit ? Number(limit) : 0;
  if (entries < 1 || entries > pageEntriesMax) {
    return `limit: give a number from 1 to ${pageEntriesMax}.`;
  }
  if (after === undefined) return { limit: entries };
  const isMark = typeof after === 'string' && pageMark.test(after);
  return isMark ? { limit: entries, after } : wrongAfter;
}

/** A plus sign in a query reads as a blank by the rules of forms; URIs have plus signs and no blanks. */
function userOf({ user: given }: Query): string | undefined {
  const user = typeof given === 'string' ? given.trimEnd().replaceAll(' ', '+') : '';
  return userUri.test(user) ? user : undefined;
}
