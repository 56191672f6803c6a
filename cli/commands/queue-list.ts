/** `queue list`: how much is in each queue, and whether records were given up. */
import type { QueueSummary } from '../../edge/runtime/queue-view.ts';
import { clientOf } from '../client.ts';
import { type Command, configOption, type Given, urlOption, type World } from '../command.ts';
import { age, counted, table } from '../table.ts';

const columns = [
  { title: 'queue' },
  { title: 'waiting', isNumber: true },
  { title: 'in flight', isNumber: true },
  { title: 'oldest', isNumber: true },
  { title: 'dead letters', isNumber: true },
  { title: 'oldest dead', isNumber: true },
];

export const queueList: Command = {
  name: 'queue list',
  summary: 'queues: what waits, what is in flight, dead letters',
  positionals: [],
  options: [urlOption, configOption],
  run: async (given: Given, world: World) => {
    const queues = await clientOf(given, world).get<readonly QueueSummary[]>('api/queues');
    return { exitCode: 0, text: textOf(queues), json: queues };
  },
};

function textOf(queues: readonly QueueSummary[]): string {
  const nowMs = Date.now();
  const rows = queues.map((queue) => [
    queue.name,
    String(queue.waiting),
    String(queue.inFlight),
    age(queue.oldest, nowMs),
    String(queue.dead),
    age(queue.oldestDead, nowMs),
  ]);
  return [table(columns, rows), ...queues.flatMap(hints)].join('\n');
}

function hints({ name, dead, isServed }: QueueSummary): readonly string[] {
  const found: string[] = [];
  if (dead > 0) {
    const letters = counted(dead, 'dead letter');
    found.push(`\n${name}: ${letters}. Look: npm run rejoin -- queue show ${name} --dead`);
  }
  if (!isServed) found.push(`\n${name}: nobody takes from it; an earlier run has left it.`);
  return found;
}
