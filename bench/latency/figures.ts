/**
 * The figures of a run. The emulator's share of a way is the sum of the medians of its bare calls on it, in their order: what is left
 * is ours, and the two processes'.
 */
import type { Bare, BareCall } from './bare.ts';
import type { Returns } from './paths.ts';
import { rounded, type Times, timesOf } from './quantile.ts';

export type Figure = Times & {
  readonly name: string;
  readonly unit: 'ms';
  /** Sum of the medians of the emulator's bare calls on this way. */
  readonly emulator?: number;
};

/**
 * From REGISTER to INVITE: the edge looks at the user and reports; a function reads and writes the registration and looks for participations;
 * another reads and writes the participation; the command goes to the edge.
 */
const inviteWay: readonly BareCall[] = [
  ...(['list', 'function', 'read', 'list'] as const),
  ...(['function', 'read', 'hop'] as const),
];
/** The client hears 200 once the report is in the queue. */
const registeredWay: readonly BareCall[] = ['list', 'send'];
const sendWay: readonly BareCall[] = ['send'];

/** All figures: the ways, and the bare calls. */
export function figuresOf(measured: {
  readonly sent: readonly number[];
  readonly returned: Returns;
  readonly bare: Bare;
}): readonly Figure[] {
  const { sent, returned, bare } = measured;
  const share = (way: readonly BareCall[]): number =>
    rounded(way.reduce((sum, call) => sum + timesOf(bare[call]).p50, 0));
  const unit = 'ms';
  return [
    { name: 'send-to-200', unit, ...timesOf(sent), emulator: share(sendWay) },
    { name: 'register-to-invite', unit, ...timesOf(returned.toInvite), emulator: share(inviteWay) },
    {
      name: 'register-to-200',
      unit,
      ...timesOf(returned.toRegistered),
      emulator: share(registeredWay),
    },
    { name: 'register-to-message', unit, ...timesOf(returned.toMessage) },
    ...Object.entries(bare).map(([call, samples]) => ({
      name: `emulator-${call}`,
      unit: 'ms' as const,
      ...timesOf(samples),
    })),
  ];
}
