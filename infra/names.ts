/**
 * The names of everything that is deployed, from one prefix. They are fixed and not made up by CloudFormation: edges make queues of
 * their own beside ours, functions find them by prefix, and the two stacks need no exports of one another.
 */
import { queueNames } from '../shared/app/queue-names.ts';
import { deadLetterQueue } from '../shared/memory/queue-name.ts';

/** The queues that a function stands behind; `commands` is taken from by the edges. */
export const functionQueues = ['registration', 'participation', 'group'] as const;

export type FunctionQueue = (typeof functionQueues)[number];

export type QueueNames = { readonly live: string; readonly dead: string };

export type Names = {
  readonly table: string;
  readonly queuePrefix: string;
  readonly queues: Readonly<Record<keyof typeof queueNames, QueueNames>>;
  /** Of the command queues that edges make for themselves, with a wildcard in the place of the edge. */
  readonly edgeQueues: string;
  readonly functionOf: (handler: string) => string;
  /** Of the metrics that the processes count themselves. */
  readonly metricService: string;
};

/** The names that a deployment's prefix gives. */
export function namesOf(name: string, table = name): Names {
  const queuePrefix = `${name}-`;
  const pair = (queue: string): QueueNames => ({
    live: queuePrefix + queue,
    dead: queuePrefix + (deadLetterQueue(queue) ?? queue),
  });
  return {
    table,
    queuePrefix,
    queues: {
      participation: pair(queueNames.participation),
      registration: pair(queueNames.registration),
      group: pair(queueNames.group),
      commands: pair(queueNames.commands),
    },
    edgeQueues: `${queuePrefix}commands-edge-*.fifo`,
    functionOf: (handler) => queuePrefix + handler,
    metricService: name,
  };
}
