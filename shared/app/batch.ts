/**
 * The rule of FIFO batches: records of one group are handled in order by one call; a group that fails comes back whole, the
 * others are done, and a record that will never work is parked alone (design 4). In the shape of Lambda's SQS events, so that the handlers are the same everywhere.
 */
import { BrokenInvariant } from '../core/broken-invariant.ts';

export type SqsRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly MessageGroupId?: string };
};

export type SqsEvent = { readonly Records: readonly SqsRecord[] };

export type SqsBatchResponse = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
};

export type BatchOptions<Message> = {
  /** Undefined for a body that can't be decoded. */
  readonly read: (body: string) => Message | undefined;
  readonly handle: (messages: readonly Message[]) => Promise<void>;
  /** Takes a record that will never be understood out of the way, with its reason. */
  readonly park: (record: SqsRecord, reason: string) => Promise<void>;
  readonly failed: (group: string, error: unknown) => void;
};

/** Handles a batch, group by group, the groups side by side. */
export async function handleBatch<Message>(
  event: SqsEvent,
  options: BatchOptions<Message>,
): Promise<SqsBatchResponse> {
  const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? '');
  const outcomes = await Promise.all(
    [...groups].map(([group, records]) => handleGroup(group, records, options)),
  );
  return { batchItemFailures: outcomes.flat() };
}

async function handleGroup<Message>(
  group: string,
  records: readonly SqsRecord[],
  options: BatchOptions<Message>,
): Promise<SqsBatchResponse['batchItemFailures']> {
  try {
    const read: Read<Message>[] = [];
    for (const record of records) {
      const message = options.read(record.body);
      if (message === undefined) await options.park(record, 'it can not be decoded');
      else read.push({ record, message });
    }
    await handleRead(read, options);
    return [];
  } catch (error) {
    // The whole group comes back: its order holds, and what was done already is recognised as a replay.
    options.failed(group, error);
    return records.map((record) => ({ itemIdentifier: record.messageId }));
  }
}

type Read<Message> = { readonly record: SqsRecord; readonly message: Message };

/** All at once; if that breaks an invariant, one by one, so that only what breaks it is parked. */
async function handleRead<Message>(
  read: readonly Read<Message>[],
  options: BatchOptions<Message>,
): Promise<void> {
  try {
    await options.handle(read.map(({ message }) => message));
  } catch (error) {
    if (!(error instanceof BrokenInvariant)) throw error;
    const [only, ...others] = read;
    if (only !== undefined && others.length === 0) await options.park(only.record, error.message);
    else for (const one of read) await handleRead([one], options);
  }
}
