/** Opens the store and the queues that the settings name. What only one kind of store needs is loaded for that kind only. */
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../shared/memory/memory-store.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Settings } from '../../shared/settings.ts';
import { openSqlite } from '../../shared/sqlite/open-sqlite.ts';
import type { SqsQueue } from '../../shared/sqs/sqs-queue.ts';

export type Opened = {
  readonly store: Store;
  readonly queue: Queue;
  readonly close: () => Promise<void>;
};

export type OpenedCloud = Opened & { readonly queue: SqsQueue };

/** Opens an embedded store; a file that can't be had is told with the setting to change. */
export async function openEmbedded(setting: string): Promise<Opened> {
  if (setting.startsWith('sqlite:')) {
    return await openSqlite({ file: setting.slice(7) }).catch((error: Error) => {
      throw new Error(`REJOIN_STORE (store): ${error.message}`, { cause: error });
    });
  }
  const store = memoryStore();
  const queue = memoryQueue({ nowMs: Date.now });
  return { store, queue, close: () => store.close() };
}

/** Opens table and queues in the cloud; a table that isn't there, or isn't ours to read, is told with the setting to change. */
export async function openCloud({ aws }: Settings): Promise<OpenedCloud> {
  const { cloudStore } = await import('../../shared/cloud-store.ts');
  const { sqsQueue } = await import('../../shared/sqs/sqs-queue.ts');
  const store = cloudStore(aws);
  const queue = sqsQueue({ prefix: aws.queuePrefix });
  try {
    await store.read('probe', 'probe');
    await queue.depth('participation.fifo');
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `REJOIN_STORE (store): aws: can't be used (${reason}). Check REJOIN_AWS_TABLE (${aws.table}), REJOIN_AWS_QUEUE_PREFIX (${aws.queuePrefix}), AWS_REGION, AWS_ENDPOINT_URL and the credentials.`,
      { cause: error },
    );
  }
  return {
    store,
    queue,
    close: async () => {
      await store.close();
      queue.close();
    },
  };
}
