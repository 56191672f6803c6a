/** The functions as Lambda calls them, over stores and queues in memory. */
import type { FunctionContext } from '../../lambdas/context.ts';
import type { SqsRecord } from '../../shared/app/batch.ts';
import { callOf } from '../../shared/app/sqs-event.ts';
import { World } from '../shared/app/world.ts';

export type Bench = {
  readonly world: World;
  readonly context: FunctionContext;
  /** What the functions told of, in words. */
  readonly failed: readonly string[];
  readonly parked: readonly string[];
};

/** A fresh context for functions. */
export function bench(): Bench {
  const world = new World();
  const failed: string[] = [];
  const parked: string[] = [];
  const context: FunctionContext = {
    ports: world.ports,
    failed: (handler, group, error) =>
      failed.push(`${handler} ${group}: ${(error as Error).message}`),
    parked: (handler, reason) => parked.push(`${handler}: ${reason}`),
  };
  return { world, context, failed, parked };
}

export const call = callOf('participation.fifo', '1', () => 1000) as never;

/** A record of a queue. */
export function record(messageId: string, group: string | undefined, body: unknown): SqsRecord {
  const attributes = group === undefined ? {} : { MessageGroupId: group };
  return { messageId, attributes, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** What stands among dead letters. */
export async function dead(world: World, queue: string) {
  const records = await world.queue.receive(queue, { max: 10, waitMs: 0, visibilityMs: 1e6 });
  return records.map(({ group, body }) => ({ group, ...(JSON.parse(body) as object) }));
}
