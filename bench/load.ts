/**
 * `npm run bench:load`: the whole product over loopback sockets, in a process of its own. `-- --json` prints an array, `-- --record` keeps
 * it in results/. Memory is the resident memory of the product's process, as Linux tells it.
 */
import { readFileSync } from 'node:fs';
import { developerOptions } from '../cli/developer-options.ts';
import { Client } from '../test/kit/client.ts';
import { Ladder } from '../test/kit/ladder.ts';
import { Server } from '../test/kit/server.ts';
import { until } from '../test/kit/wait.ts';
import { IdleClients } from './idle-clients.ts';
import { LoadFocus } from './load-focus.ts';
import { record } from './record.ts';
import { storeCeiling } from './store-ceiling.ts';

type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference?: string;
  readonly ratio?: number;
};

const domain = 'rejoin.test';
const userCount = 32;
const window = 64;
const idleCount = 10_000;

const names = [
  ...Array.from({ length: userCount }, (_, number) => `user${number}`),
  ...Array.from({ length: idleCount }, (_, number) => `idle${number}`),
];

async function serve<T>(work: (server: Server) => Promise<T>): Promise<T> {
  const users = names.map((name) => ({ uri: `sip:${name}@${domain}`, password: 'demo' }));
  const server = await new Server({}, users).start();
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

async function focusOf(server: Server, user: string): Promise<LoadFocus> {
  const options = { name: 'focus', server: server.sip, ladder: new Ladder() };
  const focus = await new LoadFocus({ ...options, user: `sip:${user}@${domain}` }).open();
  await focus.invite();
  return focus;
}

/** Messages a second from the first SEND to the last durable 200. */
function deferred(connections: number, each: number): Promise<number> {
  return serve(async (server) => {
    const focuses = await Promise.all(
      names.slice(0, connections).map((name) => focusOf(server, name)),
    );
    const started = performance.now();
    await Promise.all(focuses.map((focus) => focus.send(each, window)));
    const rate = (connections * each) / ((performance.now() - started) / 1000);
    await Promise.all(focuses.map((focus) => focus.close()));
    return rate;
  });
}

/** Delivers what waits for one user; answers the rate and the most memory that was seen meanwhile, in MB. */
function delivered(waiting: number): Promise<{ readonly rate: number; readonly peakMb: number }> {
  return serve(async (server) => {
    const focus = await focusOf(server, 'user0');
    await focus.send(waiting, window);
    const options = { name: 'user0', domain, password: 'demo', ladder: new Ladder() };
    const client = await new Client({ ...options, server: server.sip }).open();
    let peakMb = 0;
    const sampling = setInterval(() => {
      peakMb = Math.max(peakMb, residentMb(server));
    }, 20);
    try {
      await client.register();
      await until('the first message', () => client.received.length > 0);
      const started = performance.now();
      await until('everything', () => client.received.length > waiting, 120_000);
      const rate = waiting / ((performance.now() - started) / 1000);
      return { rate, peakMb };
    } finally {
      clearInterval(sampling);
      await Promise.all([client.close(), focus.close()]);
    }
  });
}

function idle(): Promise<number> {
  return serve(async (server) => {
    const before = residentMb(server);
    const clients = new IdleClients(server.sip, domain);
    await clients.register(names.slice(userCount));
    const more = residentMb(server) - before;
    clients.close();
    return more;
  });
}

function residentMb(server: Server): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '0') / 1024;
}

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

async function measure(): Promise<readonly Figure[]> {
  say('store-ceiling');
  const ceiling = storeCeiling();
  const against = { reference: 'store-ceiling' };
  say('deferred-32');
  const many = await deferred(userCount, 2_000);
  say('deferred-1');
  const one = await deferred(1, 20_000);
  say('delivered');
  const { rate } = await delivered(10_000);
  say('backlog-memory');
  const few = await delivered(1_000);
  const lots = await delivered(100_000);
  say('idle-clients');
  const idleMb = await idle();
  const perSecond = 'messages/s';
  return [
    { name: 'store-ceiling', value: Math.round(ceiling), unit: 'rows/s' },
    {
      name: 'deferred-32',
      value: Math.round(many),
      unit: perSecond,
      ...against,
      ratio: many / ceiling,
    },
    {
      name: 'deferred-1',
      value: Math.round(one),
      unit: perSecond,
      ...against,
      ratio: one / ceiling,
    },
    {
      name: 'delivered',
      value: Math.round(rate),
      unit: perSecond,
      ...against,
      ratio: rate / ceiling,
    },
    { name: 'backlog-memory', value: Math.round(lots.peakMb - few.peakMb), unit: 'MB' },
    { name: 'idle-clients', value: Math.round(idleMb), unit: 'MB' },
  ];
}

const values = developerOptions('npm run bench:load -- [--json] [--record]', {
  json: { type: 'boolean' },
  record: { type: 'boolean' },
});
const figures = await measure();
if (values.json === true) console.log(JSON.stringify(figures, null, 1));
else console.table(figures);
if (values.record === true) record('load', figures);
