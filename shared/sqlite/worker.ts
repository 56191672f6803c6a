/**
 * The thread that owns the file of the embedded store. It runs one batch at a time, so a flush of the disk never stalls the thread
 * with the sockets.
 */
import { flushCompileCache } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { BatchRunner } from './batch-runner.ts';
import { Bell } from './bell.ts';
import { faultOf } from './fault.ts';
import { batchOf } from './flat-sends.ts';
import { openFile } from './open-file.ts';
import type { Answer, FromWorker, ToWorker, WorkerData } from './operation.ts';

type Bells = { readonly bell: Bell; readonly sent: Bell };
type Opened = { readonly db: DatabaseSync; readonly runner: BatchRunner };

function start(port: MessagePort, data: WorkerData): void {
  const opened = open(port, data);
  if (opened !== undefined) {
    serve(port, { bell: new Bell(data.bell), sent: new Bell(data.sent) }, opened);
  }
  port.close();
}

/** Opens the file, or tells what is wrong with it. */
function open(port: MessagePort, data: WorkerData): Opened | undefined {
  try {
    const db = openFile(data.file, data.bytesMax);
    return { db, runner: new BatchRunner(db, data) };
  } catch (error) {
    tell(port, { kind: 'refused', fault: faultOf(data.file, error) });
    return undefined;
  }
}

function serve(port: MessagePort, { bell, sent }: Bells, { db, runner }: Opened): void {
  tell(port, { kind: 'opened' });
  // The thread's own files; main.ts keeps the others.
  flushCompileCache();
  for (const message of messagesOf(port, bell)) {
    if ('kind' in message && message.kind === 'close') break;
    if ('kind' in message) {
      const answers = runner.run(message.batch);
      tell(port, { kind: 'answers', of: 'others', answers }, buffersOf(answers));
    } else {
      const answers = runner.run(batchOf(message));
      if (answers.every(({ isDone }) => isDone)) sent.ring();
      else tell(port, { kind: 'answers', of: 'sends', answers });
    }
  }
  // Closing copies the log to its place and removes it.
  db.close();
}

function tell(port: MessagePort, message: FromWorker, transferred: ArrayBuffer[] = []): void {
  port.postMessage(message, transferred);
}

/** The messages as they come; in between the thread sleeps. */
function* messagesOf(port: MessagePort, bell: Bell): Generator<ToWorker> {
  for (;;) {
    // Before looking: what comes after it has rung once more.
    const { rings } = bell;
    const received = receiveMessageOnPort(port) as { readonly message: ToWorker } | undefined;
    if (received === undefined) bell.sleep(rings);
    else yield received.message;
  }
}

/** The bytes of segments change hands instead of being copied. */
function buffersOf(answers: readonly Answer[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const answer of answers) {
    if (!answer.isDone || !Array.isArray(answer.value)) continue;
    for (const row of answer.value) {
      if ('bytes' in row && row.bytes.buffer instanceof ArrayBuffer) buffers.push(row.bytes.buffer);
    }
  }
  return buffers;
}

if (parentPort !== null) start(parentPort, workerData as WorkerData);
