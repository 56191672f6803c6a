/**
 * A registration was reported: keep it, then tell every participation whose client is away. The item is written before the
 * participations are read, so that a deferral that begins meanwhile sees the registration, or is seen here (design 4).
 */
import { participationPrefix, registrationKey, userPartition } from '../core/key.ts';
import type { ParticipationRecord } from '../core/participation/fold.ts';
import type { Participation } from '../core/participation/state.ts';
import {
  decideRegistration,
  instancesAt,
  type Registration,
  type RegistrationEvent,
} from '../core/registration.ts';
import type { QueueEntry } from '../ports/queue.ts';
import type { Ports } from './handle-participation.ts';
import { participationGroup, queueNames } from './queue-names.ts';

const conflictsMax = 20;
const pageItemsMax = 100;
const awayPhases = new Set(['buffering', 'reinviting', 'inactive', 'draining']);

/** Applies the reports of one user; the last one counts. */
export async function handleRegistration(
  ports: Ports,
  events: readonly RegistrationEvent[],
): Promise<void> {
  const last = events.at(-1);
  if (last === undefined) return;
  const registration = await keep(ports, last);
  if (instancesAt(registration, ports.nowMs()).length === 0) return;
  await tellParticipations(ports, registration);
}

async function keep(ports: Ports, event: RegistrationEvent): Promise<Registration> {
  const key = registrationKey(event.user);
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await ports.store.read(key.partition, key.sort);
    const before = item?.data as Registration | undefined;
    const after = decideRegistration(before, event);
    if (after === before) return after;
    const lastMs = Math.max(...after.bindings.map((binding) => binding.expiresAtMs), event.atMs);
    const outcome = await ports.store.commit({
      ...key,
      version: (item?.version ?? 0) + 1,
      data: after,
      expiresAtS: Math.ceil(lastMs / 1000) + 1,
    });
    if (outcome.kind === 'committed') return after;
  }
  throw new Error(`the registration was changed by others ${conflictsMax} times in a row`);
}

async function tellParticipations(ports: Ports, registration: Registration): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const items = await ports.store.list(userPartition(registration.user), participationPrefix, {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    const away = items
      .map((item) => (item.data as ParticipationRecord).state)
      .filter((state) => awayPhases.has(state.phase));
    if (away.length > 0) {
      await ports.queue.send(away.map((state) => available(ports, registration, state)));
    }
    after = items.at(-1)?.sort;
    if (items.length < pageItemsMax) return;
  }
}

function available(ports: Ports, registration: Registration, state: Participation): QueueEntry {
  const atMs = ports.nowMs();
  const name = { user: state.user, contributionId: state.contributionId };
  const event = {
    kind: 'client-available',
    instances: instancesAt(registration, atMs),
    registeredAtMs: registration.atMs,
    atMs,
  };
  return {
    queue: queueNames.participation,
    group: participationGroup(name),
    deduplicationId: `${participationGroup(name)}/available/${registration.atMs}`,
    body: JSON.stringify({ name, event }),
  };
}
