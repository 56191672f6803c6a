/**
 * The thread that owns the file of the embedded store. It runs one batch at a time, so a flush of the disk never stalls the thread
 * with the sockets.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { BatchRunner } from './batch-runner.ts';
import { faultOf } from './fault.ts';
import { openFile } from './open-file.ts';
import type { Answer, FromWorker, ToWorker, WorkerData } from './operation.ts';

function start(port: MessagePort, data: WorkerData): void {
  const post = (message: FromWorker, transferred: ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred);
  try {
    const db = openFile(data.file, data.bytesMax);
    const runner = new BatchRunner(db, data);
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'close') {
        // Closing copies the log to its place and removes it.
        db.close();
        port.close();
        return;
      }
      const answers = runner.run(message.batch);
      post({ kind: 'answers', answers }, buffersOf(answers));
    });
    post({ kind: 'opened' });
  } catch (error) {
    post({ kind: 'refused', fault: faultOf(data.file, error) });
    port.close();
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
