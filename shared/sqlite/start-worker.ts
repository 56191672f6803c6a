/** Starts the thread that owns the file of the embedded store, as the main thread sees it. */
import { type Transferable, Worker } from 'node:worker_threads';
import { Bell } from './bell.ts';
import { errorOf } from './fault.ts';
import { allDone, type FromWorker, type ToWorker, type WorkerData } from './operation.ts';

/** The thread sleeps without looking at its messages, so each comes with a ring. */
class StoreWorker extends Worker {
  readonly #bell: Bell;

  constructor(data: Omit<WorkerData, 'bell'>) {
    const bell = new Bell();
    super(new URL('./worker.ts', import.meta.url), {
      workerData: { ...data, bell: bell.memory } satisfies WorkerData,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#bell = bell;
  }

  override postMessage(message: ToWorker, transferred: readonly Transferable[] = []): void {
    super.postMessage(message, transferred);
    this.#bell.ring();
  }
}

/** Starts the thread; resolves once it has the file open, or rejects with what is wrong with the file. */
export async function startWorker(data: Omit<WorkerData, 'bell'>): Promise<Worker> {
  const worker = new StoreWorker(data);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', reject);
      if (message !== allDone && message.kind === 'refused') reject(errorOf(message.fault));
      else resolve(worker);
    });
  });
}
