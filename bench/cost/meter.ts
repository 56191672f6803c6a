/**
 * Counts what is taken of table, queues and functions, where the services count it: write and read units as the table answers them, requests
 * to the queues by the bytes that they carry, calls of functions by their time. What happens whether or not somebody is away (heartbeats of
 * edges, looking into empty queues) is left out; it is part of an idle month.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../../test/kit/wait.ts';
import { nothing, sum, type Tally } from './tally.ts';

type Fields = Readonly<Record<string, unknown>>;
type Capacity = { readonly CapacityUnits?: number };
type Body = { readonly MessageBody?: string; readonly Body?: string };

const requestBytes = 64 * 1024;
/** Reports of progress and of what was found go on for a moment after the last message. */
const quietMs = 400;
const settledWithinMs = 60_000;

export class Meter {
  readonly #counted = new Map<string, Tally>();
  /** Records that were sent and not removed yet. */
  #waiting = 0;
  #changedMs = 0;

  /** Counts what a client takes of the table. */
  watchTable(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        const { ConsumedCapacity = [] } = result.output as {
          readonly ConsumedCapacity?: Capacity | readonly Capacity[];
        };
        const capacities = [ConsumedCapacity].flat() as readonly Capacity[];
        const units = capacities.reduce((total, one) => total + (one.CapacityUnits ?? 0), 0);
        this.#tableTaken(context.commandName ?? '', args.input as Fields, units);
        return result;
      },
      { step: 'initialize' },
    );
  }

  /** Counts the requests of a client to the queues. */
  watchQueues(client: SQSClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const input = args.input as Fields;
        if (context.commandName === 'SendMessageBatchCommand') this.#sent(input);
        const result = await next(args);
        this.#queueAsked(context.commandName ?? '', input, { ...result.output });
        return result;
      },
      { step: 'initialize' },
    );
  }

  /** Counts the calls of a function. */
  watchFunction<Event, Call, Answer>(
    name: string,
    handler: (event: Event, call: Call) => Promise<Answer>,
  ): (event: Event, call: Call) => Promise<Answer> {
    return async (event, call) => {
      const startedMs = performance.now();
      try {
        return await handler(event, call);
      } finally {
        // Billed by the whole millisecond.
        const callMs = Math.ceil(performance.now() - startedMs);
        this.#add(`call ${name}`, { calls: 1, callMs });
      }
    };
  }

  /** Resolves when everything that was sent has been taken, and nothing more comes. */
  async settled(): Promise<void> {
    await until(
      'the queues are empty',
      () => this.#waiting <= 0 && performance.now() - this.#changedMs > quietMs,
      settledWithinMs,
    );
  }

  /** Resolves when everything that was sent has been taken. */
  async emptied(): Promise<void> {
    await until('the queues are empty', () => this.#waiting <= 0, settledWithinMs);
  }

  /** What was counted since the last time, by what it was for. */
  take(): ReadonlyMap<string, Tally> {
    const counted = new Map(this.#counted);
    this.#counted.clear();
    return counted;
  }

  #tableTaken(command: string, input: Fields, units: number): void {
    const { partition, sort } = keyIn(input);
    if (partition === 'edges') return;
    const isRead = /^(Get|Query|Scan|BatchGet)/.test(command);
    const name = command.replace('ItemCommand', '').replace('Command', '').toLowerCase();
    const taken = isRead ? { readUnits: units } : { writeUnits: units };
    this.#add(`${name} ${whatIs(partition, sort)}`, taken);
  }

  #sent(input: Fields): void {
    this.#waiting += ((input.Entries ?? []) as readonly unknown[]).length;
  }

  #queueAsked(command: string, input: Fields, output: Fields): void {
    const queue = queueOf(String(input.QueueUrl ?? ''));
    const entries = (input.Entries ?? []) as readonly Body[];
    const records = (output.Messages ?? []) as readonly Body[];
    if (command === 'SendMessageBatchCommand') {
      this.#add(`send ${queue}: ${kindsOf(entries)}`, { requests: requestsOf(entries) });
    } else if (command === 'DeleteMessageBatchCommand') {
      this.#waiting -= entries.length;
      this.#add(`remove ${queue}`, { requests: 1 });
    } else if (command !== 'ReceiveMessageCommand') {
      this.#add(`${command.replace('Command', '')} ${queue}`, { requests: 1 });
    } else if (records.length > 0) {
      this.#add(`receive ${queue}`, { requests: requestsOf(records) });
    }
  }

  #add(what: string, taken: Partial<Tally>): void {
    this.#changedMs = performance.now();
    const before = this.#counted.get(what) ?? nothing;
    this.#counted.set(what, sum([before, { ...nothing, ...taken }]));
  }
}

function requestsOf(entries: readonly Body[]): number {
  const bytes = entries.reduce(
    (total, { MessageBody, Body }) => total + Buffer.byteLength(MessageBody ?? Body ?? ''),
    0,
  );
  return Math.max(1, Math.ceil(bytes / requestBytes));
}

/** What the entries of a request are: the events or commands in them. */
function kindsOf(entries: readonly Body[]): string {
  const kinds = entries.map(({ MessageBody = '{}' }) => {
    const { event, command } = JSON.parse(MessageBody) as {
      readonly event?: { readonly kind: string };
      readonly command?: { readonly kind: string };
    };
    return event?.kind ?? command?.kind ?? 'other';
  });
  return [...new Set(kinds)].join(', ');
}

/** The end of a queue's name; the queues of edges are one. */
function queueOf(url: string): string {
  const name = url.slice(url.lastIndexOf('/') + 1).replace(/\.fifo$/, '');
  if (/-commands(-.*)?$/.test(name)) return 'commands';
  return name.slice(name.lastIndexOf('-') + 1);
}

type Attribute = { readonly S?: string };
type Attributes = Readonly<Record<string, Attribute>>;

function keyIn(input: Fields): { readonly partition: string; readonly sort: string } {
  const { Key, Item, ExpressionAttributeValues } = input as Readonly<Record<string, Attributes>>;
  const key = Key ?? Item;
  const partition = key?.pk?.S ?? ExpressionAttributeValues?.[':pk']?.S ?? '';
  const sort = key?.sk?.S ?? ExpressionAttributeValues?.[':prefix']?.S ?? '';
  return { partition, sort };
}

function whatIs(partition: string, sort: string): string {
  if (partition.startsWith('segments#')) return 'segments';
  return sort.split('#')[0] || partition.split('#')[0] || 'other';
}
