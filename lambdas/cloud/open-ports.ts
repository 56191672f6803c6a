/**
 * Opens the table and the queues that the environment names, for a function's process in the cloud. Wrong settings end it at its start.
 */
import type { Ports } from '../../shared/app/handle-participation.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import { loadSettings, type Settings } from '../../shared/settings.ts';

export type Opened = { readonly store: Store; readonly queue: Queue };

export type Environment = Readonly<Record<string, string | undefined>>;

/** The ports of a function, by its environment. */
export function openPorts(env: Environment, open: (aws: Settings['aws']) => Opened): Ports {
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  const { aws, deferredLifetimeS, imdnLifetimeS, delivery } = loaded.settings;
  const policy = { discardCodes: delivery.discardCodes };
  return {
    ...open(aws),
    nowMs: Date.now,
    deferredLifetimeS,
    imdnLifetimeS,
    policy,
    leavesDelivered: true,
  };
}
