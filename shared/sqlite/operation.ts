/**
 * What the two threads of the embedded store say to each other: operations in batches, and their answers in the same order.
 * Plain data, cheap to clone; bytes are transferred.
 */
import type { PeekedRecord, QueueDepth, QueueEntry, QueueRecord } from '../ports/queue.ts';
import type { Segment, Waiting } from '../ports/store.ts';
import type { Fault } from './fault.ts';
import type { FlatSends } from './flat-sends.ts';

export type ItemRow = {
  readonly partition: string;
  readonly sort: string;
  readonly version: number;
  readonly owner: string | null;
  readonly expiresAtS: number | null;
  readonly json: string;
};

export type ItemOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'conflict'; readonly current: ItemRow | undefined };

export type Received = {
  readonly records: readonly QueueRecord[];
  /** When the next record becomes visible by itself. */
  readonly nextAtMs: number | undefined;
};

/** What each kind of operation is given. */
export type Given = {
  readonly read: { readonly partition: string; readonly sort: string };
  readonly list: {
    readonly partition: string;
    readonly prefix: string;
    readonly after: string | undefined;
    readonly limit: number;
  };
  readonly owned: {
    readonly owner: string;
    readonly after: readonly [partition: string, sort: string] | undefined;
    readonly limit: number;
  };
  readonly scan: {
    readonly partition: string;
    readonly sort: string;
    readonly after: readonly [partition: string, sort: string] | undefined;
    readonly limit: number;
  };
  readonly commit: ItemRow;
  readonly removeItem: {
    readonly partition: string;
    readonly sort: string;
    readonly version: number;
  };
  readonly append: { readonly segments: readonly Segment[] };
  readonly segments: { readonly key: string; readonly after: number; readonly bytesMax: number };
  readonly tail: { readonly key: string; readonly messagesMax: number };
  readonly waiting: { readonly key: string; readonly after: number };
  readonly discard: { readonly key: string; readonly through: number };
  readonly expire: { readonly nowS: number };
  readonly send: { readonly entries: readonly QueueEntry[] };
  readonly receive: {
    readonly queue: string;
    readonly max: number;
    readonly visibilityMs: number;
  };
  readonly removeRecords: { readonly queue: string; readonly receipts: readonly string[] };
  readonly release: {
    readonly queue: string;
    readonly receipts: readonly string[];
    readonly delayMs: number;
  };
  readonly depth: { readonly queue: string };
  readonly peek: {
    readonly queue: string;
    readonly after: string | undefined;
    readonly limit: number;
  };
  readonly receiveThese: {
    readonly queue: string;
    readonly ids: readonly string[];
    readonly visibilityMs: number;
  };
  readonly names: undefined;
};

/** What each kind of operation answers. */
export type Answers = {
  readonly read: ItemRow | undefined;
  readonly list: readonly ItemRow[];
  readonly owned: readonly ItemRow[];
  readonly scan: readonly ItemRow[];
  readonly commit: ItemOutcome;
  readonly removeItem: ItemOutcome;
  readonly append: number;
  readonly segments: readonly Segment[];
  readonly tail: readonly Segment[];
  readonly waiting: Waiting;
  /** How many rows went; there may be more if it's `removedRowsMax`. */
  readonly discard: number;
  readonly expire: number;
  readonly send: undefined;
  readonly receive: Received;
  readonly removeRecords: undefined;
  readonly release: undefined;
  readonly depth: QueueDepth;
  readonly peek: readonly PeekedRecord[];
  readonly receiveThese: readonly QueueRecord[];
  readonly names: { readonly names: readonly string[] };
};

export type Kind = keyof Given;

export type Operation<K extends Kind = Kind> = {
  [Each in K]: { readonly kind: Each; readonly given: Given[Each] };
}[K];

export type Handlers = { readonly [Each in Kind]: (given: Given[Each]) => Answers[Each] };

export type Batch = { readonly nowMs: number; readonly operations: readonly Operation[] };

export type Answer =
  | { readonly isDone: true; readonly value: Answers[Kind] }
  | { readonly isDone: false; readonly fault: Fault };

/** A batch of sends is a list of its own form. */
export type ToWorker =
  | FlatSends
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'close' };

/** That all sends of a batch are done is no message: it is what the second bell rings for. */
export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | {
      readonly kind: 'answers';
      readonly of: 'sends' | 'others';
      readonly answers: readonly Answer[];
    };

export type WorkerData = {
  readonly file: string;
  readonly nowMs: number;
  readonly receivesMax: number;
  readonly bytesMax: number | undefined;
  /** The bell that rings when there is a message. */
  readonly bell: SharedArrayBuffer;
  /** The bell that rings when a batch of sends is done. */
  readonly sent: SharedArrayBuffer;
};
