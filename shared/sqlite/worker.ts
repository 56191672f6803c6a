/**
 * The thread that owns the file of the embedded store. It runs one batch at a time, so a flush of the disk never stalls the thread
 * with the sockets.
 */
import { flushCompileCache } from 'node:module';
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { BatchRunner } from './batch-runner.ts';
import { faultOf } from './fault.ts';
import { awakeMs } from './limit.ts';
import { openFile } from './open-file.ts';
import type { Answer, FromWorker, ToWorker, WorkerData } from './operation.ts';

function start(port: MessagePort, data: WorkerData): void {
  const post = (message: FromWorker, transferred: ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred);
  try {
    const db = openFile(data.file, data.bytesMax);
    const runner = new BatchRunner(db, data);
    const work = (message: ToWorker): void => {
      if (message.kind === 'close') {
        // Closing copies the log to its place and removes it.
        db.close();
        port.close();
        return;
      }
      const answers = runner.run(message.batch);
      post({ kind: 'answers', answers }, buffersOf(answers));
    };
    port.on('message', (message: ToWorker) => {
      work(message);
      for (let next = awaitNext(port); next !== undefined; next = awaitNext(port)) work(next);
    });
    post({ kind: 'opened' });
    // The thread's own files; main.ts keeps the others.
    flushCompileCache();
  } catch (error) {
    post({ kind: 'refused', fault: faultOf(data.file, error) });
    port.close();
  }
}

/**
 * Stays awake for a moment after a batch: a writer that waits for each answer sends the next batch right then, and waking a thread
 * that sleeps costs about as much as the flush. An idle store sleeps.
 */
function awaitNext(port: MessagePort): ToWorker | undefined {
  const untilMs = performance.now() + awakeMs;
  do {
    const received = receiveMessageOnPort(port) as { readonly message: ToWorker } | undefined;
    if (received !== undefined) return received.message;
  } while (performance.now() < untilMs);
  return undefined;
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
