/** The operator's tool as tests run it: with its own environment, its output kept, and a process's HTTP side to ask. */

import { runRejoin } from '../../cli/run.ts';
import { createHttp, type HttpServer } from '../../edge/runtime/http.ts';
import { makeOperator } from '../../edge/runtime/operator.ts';
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../shared/memory/memory-store.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';

export type Ran = { readonly code: number; readonly out: string; readonly error: string };

export type Surrounding = {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
};

/** Runs a command line. */
export async function run(argv: readonly string[], surrounding: Surrounding = {}): Promise<Ran> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runRejoin({
    argv,
    env: surrounding.env ?? {},
    readInput: async () => surrounding.input ?? '',
    print: (text) => out.push(text),
    printError: (text) => error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

export type Running = {
  readonly http: HttpServer;
  readonly port: number;
  readonly url: string;
  readonly store: Store;
  readonly queue: Queue;
};

/** What the tool sees of a process that runs. */
export async function startProcess(
  more: { readonly adminToken?: string; readonly reasons?: readonly string[] } = {},
): Promise<Running> {
  const { adminToken, reasons = [] } = more;
  const store = memoryStore();
  const queue = memoryQueue({ nowMs: Date.now });
  const http = createHttp({
    ...(adminToken === undefined ? {} : { adminToken }),
    readiness: () => ({ isReady: reasons.length === 0, reasons }),
    metrics: { contentType: 'text/plain', text: async () => '' },
    participations: async () => [],
    operator: makeOperator({ store, queue, served: ['events.fifo'], mask: () => 'user-1' }),
    status: () => Promise.reject(new Error('not asked for')),
    onFault: () => undefined,
  });
  const port = await http.listen({ host: '127.0.0.1', port: 0, setting: 'REJOIN_HTTP_PORT' });
  return { http, port, url: `http://127.0.0.1:${port}/`, store, queue };
}
