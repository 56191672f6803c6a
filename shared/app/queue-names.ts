/** The queues of the system: what each holds and how its records are grouped. */

import { segmentKey } from '../core/key.ts';
import type { ParticipationName } from '../core/participation/state.ts';

export const queueNames = {
  participation: 'participation.fifo',
  registration: 'registration.fifo',
  group: 'group.fifo',
  /** Commands for participations that no edge owns. */
  commands: 'commands.fifo',
} as const;

/** The queue of one edge's own commands. */
export function commandQueue(edge: string | undefined): string {
  return edge === undefined ? queueNames.commands : `commands-${edge}.fifo`;
}

/** The FIFO group of a participation's events and commands. */
export function participationGroup(name: ParticipationName): string {
  return segmentKey(name);
}
