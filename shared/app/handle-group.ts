/** Load, decide, commit, name: the loop for groups of our own focus. A replayed event names its group again, which is harmless. */
import { decideGroup, type GroupEffect, type GroupEvent, type GroupState } from '../core/group.ts';
import { groupKey, groupNameKey } from '../core/key.ts';
import type { Item } from '../ports/store.ts';
import type { Ports } from './handle-participation.ts';

const conflictsMax = 20;

/** Applies the events of one group, in their order. */
export async function handleGroup(ports: Ports, events: readonly GroupEvent[]): Promise<void> {
  const first = events[0];
  if (first === undefined) return;
  const key = groupKey(first.contributionId);
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await ports.store.read(key.partition, key.sort);
    const folded = fold(item?.data as GroupState | undefined, events);
    if (folded.state !== undefined && folded.isChanged) {
      const next: Item = {
        ...key,
        version: (item?.version ?? 0) + 1,
        data: folded.state,
        expiresAtS: expiry(ports),
      };
      const outcome = await ports.store.commit(next);
      if (outcome.kind === 'conflict') continue;
    }
    for (const effect of folded.effects) await name(ports, effect);
    return;
  }
  throw new Error(`the group was changed by others ${conflictsMax} times in a row`);
}

function fold(before: GroupState | undefined, events: readonly GroupEvent[]) {
  let state = before;
  const effects: GroupEffect[] = [];
  for (const event of events) {
    const decision = decideGroup(state, event);
    state = decision.state;
    effects.push(...decision.effects);
  }
  return { state, effects, isChanged: state !== before };
}

async function name(ports: Ports, effect: GroupEffect): Promise<void> {
  const key = groupNameKey(effect.identity);
  // An identity names one group for ever: that it is there already is the same outcome.
  await ports.store.commit({
    ...key,
    version: 1,
    data: { contributionId: effect.contributionId },
    expiresAtS: expiry(ports),
  });
}

function expiry(ports: Ports): number {
  return Math.ceil(ports.nowMs() / 1000) + ports.deferredLifetimeS;
}
