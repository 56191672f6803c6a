/**
 * Given events, when an event, then phase and effects. Events are folded one at a time, each record goes through JSON as it would
 * through a store, and an edge numbers its events as the real one does, so that a test only says what it is about.
 */
import type {
  AvailabilityEvent,
  GroupInfo,
  LegEvent,
  ParticipationEvent,
  Source,
} from '../../../../shared/core/participation/event.ts';
import {
  type Envelope,
  type Folded,
  fold,
  type ParticipationRecord,
} from '../../../../shared/core/participation/fold.ts';
import type {
  Participation,
  ParticipationEffect,
  ParticipationName,
} from '../../../../shared/core/participation/state.ts';
import { epochStart } from '../../../../shared/core/position.ts';

export const name: ParticipationName = { user: 'sip:bob@rejoin.test', contributionId: 'c-1' };
export const phone = '<urn:uuid:phone>';
export const tablet = '<urn:uuid:tablet>';
export const [alice, bob, carol] = ['sip:alice@a.test', 'sip:bob@a.test', 'sip:carol@a.test'];

export const group: GroupInfo = {
  identity: 'sip:g1@focus.test',
  headers: [{ name: 'Contribution-ID', value: 'c-1' }],
  from: '<sip:alice@a.test>',
  acceptTypes: ['message/cpim'],
  acceptWrappedTypes: ['*'],
};

/** An event of an edge: `a` in the present epoch unless said otherwise. */
export type LegStep = {
  readonly event: LegEvent;
  readonly by?: Partial<Source>;
  readonly atMs?: number;
};
/** An event of another function. */
export type OutsideStep = {
  readonly event: AvailabilityEvent | Extract<LegEvent, { kind: 'rejoin' }>;
  readonly isOutside: true;
  readonly atMs?: number;
};
export type Step = LegStep | OutsideStep;

/** The `count`-th position of an epoch. */
export function position(count: number, epoch = 1): number {
  return epochStart(epoch) + count;
}

// --- events of an edge

type Opened = Extract<LegEvent, { kind: 'opened' }>;

export function opened(more: Partial<Opened> = {}): LegStep {
  const focus = { callId: 'focus-1' };
  const roster = [alice, carol] as string[];
  return { event: { kind: 'opened', group, focus, roster, instance: phone, ...more } };
}

/** The client could not be asked in: no device has accepted. */
export function openedAway(more: Partial<Opened> = {}): LegStep {
  const { instance: _instance, ...event } = { ...opened().event } as Opened;
  return { event: { ...event, trigger: 'unreachable', ...more } };
}

export function lost(last = 0, more: { readonly sinceMs?: number } = {}): LegStep {
  return { event: { kind: 'client-lost', trigger: 'msrp-lost', last, ...more } };
}

export function refused(status: number): LegStep {
  return { event: { kind: 'client-refused', status } };
}

export function joined(instance?: string): LegStep {
  return { event: { kind: 'client-joined', ...(instance === undefined ? {} : { instance }) } };
}

export const left: LegStep = { event: { kind: 'client-left' } };
export const drained: LegStep = { event: { kind: 'drained' } };

export function progress(cursor: number): LegStep {
  return { event: { kind: 'progress', cursor } };
}

export function focusEnded(last: number): LegStep {
  return { event: { kind: 'focus-ended', last } };
}

export function focusJoined(identity = 'sip:g2@focus.test'): LegStep {
  return { event: { kind: 'focus-joined', identity, focus: { callId: 'focus-2' } } };
}

export function restarted(identity = 'sip:g3@focus.test'): LegStep {
  return { event: { kind: 'restarted', identity, focus: { callId: 'focus-3' } } };
}

export function restartFailed(status = 403): LegStep {
  return { event: { kind: 'restart-failed', status } };
}

export function roster(...users: readonly string[]): LegStep {
  return { event: { kind: 'roster', users } };
}

/** The same event from another edge, epoch or count. */
export function by(source: Partial<Source>, step: LegStep): LegStep {
  return { ...step, by: source };
}

// --- events from elsewhere

export function available(registeredAtMs: number, ...instances: readonly string[]): OutsideStep {
  const known = instances.length === 0 ? [phone] : instances;
  const event = { kind: 'client-available', instances: known, registeredAtMs } as const;
  return { event, isOutside: true };
}

export function edgeLost(edge = 'a', successor = 'b'): OutsideStep {
  return { event: { kind: 'edge-lost', edge, successor }, isOutside: true };
}

export function handedOver(client?: string, last = 0, successor = 'b'): LegStep {
  const dialog = client === undefined ? {} : { client: { callId: client } };
  return { event: { kind: 'handed-over', successor, last, ...dialog } };
}

export function rejoin(call = 'a/7', instance?: string): OutsideStep {
  const device = instance === undefined ? {} : { instance };
  return { event: { kind: 'rejoin', call, ...device }, isOutside: true };
}

// --- given, when, then

export type Outcome = {
  readonly phase: string;
  readonly effects: readonly string[];
  readonly state: Participation | undefined;
  readonly before: Participation | undefined;
  readonly folded: Folded;
};

export class Spec {
  #record: ParticipationRecord | undefined;
  #nowMs = 100;

  /** Applies the events, each in a write of its own. */
  given(...steps: readonly Step[]): this {
    for (const step of steps) this.when(step);
    return this;
  }

  get state(): Participation | undefined {
    return this.#record?.state;
  }

  /** What events do, in one write. Time goes on by 10 ms an event. */
  when(...steps: readonly Step[]): Outcome {
    const batch: Envelope[] = [];
    for (const step of steps) batch.push(this.envelope(step, batch));
    return this.take(...batch);
  }

  /** What events do as they come out of the queue, in one write. */
  take(...batch: readonly Envelope[]): Outcome {
    const before = this.state;
    const folded = fold(this.#record, batch);
    if (folded.isChanged) this.#record = throughJson(folded.record);
    const { state } = this;
    const effects = folded.effects.map(printEffect);
    return { phase: state?.phase ?? 'none', effects, state, before, folded };
  }

  /** The event as it comes out of the queue. */
  envelope(step: Step, ahead: readonly Envelope[] = []): Envelope {
    this.#nowMs += 10;
    const event: ParticipationEvent = { ...step.event, atMs: step.atMs ?? this.#nowMs };
    if ('isOutside' in step) return { name, event };
    const last = ahead.findLast((envelope) => envelope.source !== undefined)?.source;
    const opensAnew = step.event.kind === 'opened' && this.state?.phase === 'gone';
    const epoch = last?.epoch ?? (this.state?.epoch ?? 1) + (opensAnew ? 1 : 0);
    const isNew = (step.by?.epoch ?? epoch) !== this.state?.epoch;
    const counter = (last?.counter ?? (isNew ? 0 : (this.state?.counter ?? 0))) + 1;
    const edge = last?.edge ?? this.state?.edge ?? 'a';
    return { name, source: { edge, epoch, counter, ...step.by }, event };
  }
}

export function given(...steps: readonly Step[]): Spec {
  return new Spec().given(...steps);
}

/** An effect in a few words. */
export function printEffect(effect: ParticipationEffect): string {
  if (effect.kind === 'discard') return 'discard';
  if (effect.kind === 'find-registration') return `find-registration since ${effect.sinceMs}`;
  const { command } = effect;
  switch (command.kind) {
    case 'refuse-rejoin':
      return `refuse ${command.call} ${command.status}`;
    case 'accept-rejoin':
      return `accept ${command.call}`;
    case 'relay-rejoin':
      return `relay ${command.call}`;
    case 'release':
      return `release ${command.cause}`;
    default:
      return command.kind;
  }
}

function throughJson(record: ParticipationRecord | undefined): ParticipationRecord | undefined {
  return record && (JSON.parse(JSON.stringify(record)) as ParticipationRecord);
}

// --- the phases, each by the shortest way

const waiting = position(3);

export const phases = {
  none: [],
  joined: [opened()],
  buffering: [opened(), lost()],
  reinviting: [opened(), lost(), available(1000)],
  inactive: [opened(), lost(), focusEnded(waiting)],
  draining: [opened(), lost(), available(1000), focusEnded(waiting)],
  restarting: [opened(), lost(), focusEnded(waiting), rejoin()],
  gone: [opened(), left],
} as const satisfies Readonly<Record<string, readonly Step[]>>;

export type PhaseName = keyof typeof phases;
