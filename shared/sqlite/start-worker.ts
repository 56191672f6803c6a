/** Starts the thread that owns the file of the embedded store, as the main thread sees it. */
import { type Transferable, Worker } from 'node:worker_threads';
import { Bell } from './bell.ts';
import { errorOf } from './fault.ts';
import type { FromWorker, ToWorker, WorkerData } from './operation.ts';

type StoreData = Omit<WorkerData, 'bell' | 'sent'>;

/**
 * The thread sleeps without looking at its messages, so each comes with a ring. The other way, a batch of sends that is done rings without a
 * message, which becomes the event `sent`.
 */
class StoreWorker extends Worker {
  readonly #bell: Bell;
  readonly #sent: Bell;
  #hasEnded = false;

  constructor(data: StoreData) {
    const bell = new Bell();
    const sent = new Bell();
    super(new URL('./worker.ts', import.meta.url), {
      workerData: { ...data, bell: bell.memory, sent: sent.memory } satisfies WorkerData,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#bell = bell;
    this.#sent = sent;
    this.once('exit', () => {
      this.#hasEnded = true;
      sent.ring();
    });
    void this.#listen();
  }

  override postMessage(message: ToWorker, transferred: readonly Transferable[] = []): void {
    super.postMessage(message, transferred);
    this.#bell.ring();
  }

  async #listen(): Promise<void> {
    for (let heard = 0; ; heard++) {
      await this.#sent.rung(heard);
      if (this.#hasEnded) return;
      this.emit('sent');
    }
  }
}

/** Starts the thread; resolves once it has the file open, or rejects with what is wrong with the file. */
export async function startWorker(data: StoreData): Promise<Worker> {
  const worker = new StoreWorker(data);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', reject);
      if (message.kind === 'refused') reject(errorOf(message.fault));
      else resolve(worker);
    });
  });
}
