/** Whether the process can serve: every listener is bound and the store answers (`/readyz`). */
import type { Store } from '../../shared/ports/store.ts';
import type { Readiness } from './http.ts';
import { readinessMs } from './limit.ts';

/** Asks the store for an item that need not be there; silence counts as no answer. */
export async function readinessOf(
  isServing: boolean,
  store: Pick<Store, 'read'>,
  answerMs: number = readinessMs,
): Promise<Readiness> {
  const reasons = [
    ...(isServing ? [] : ['starting or draining']),
    ...((await answers(store, answerMs)) ? [] : ['the store does not answer']),
  ];
  return { isReady: reasons.length === 0, reasons };
}

function answers(store: Pick<Store, 'read'>, answerMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), answerMs);
    store
      .read('readiness', 'readiness')
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
