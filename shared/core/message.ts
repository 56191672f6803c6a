/**
 * What travels through the queues: JSON texts. `events` go to the functions, `commands` to the edges. Decoding answers
 * undefined for what is no such message, so that the handler can park it with its reason. Bodies are our own: it is told what they
 * are, not whether each field is right.
 */
import type { GroupEvent } from './group.ts';
import type { MessagesEvent, ParticipationEvent, Source } from './participation/event.ts';
import type { Command, ParticipationName } from './participation/state.ts';
import type { RegistrationEvent } from './registration.ts';

export type ParticipationMessage = {
  readonly name: ParticipationName;
  readonly source?: Source;
  readonly event: ParticipationEvent | MessagesEvent;
};

export type RegistrationMessage = { readonly event: RegistrationEvent };

export type GroupMessage = { readonly event: GroupEvent };

export type CommandMessage = {
  /** The call that is answered, or the write and the index of the effect: an edge ignores what it has done. */
  readonly id: string;
  readonly name: ParticipationName;
  readonly command: Command;
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function hasName(value: Record<string, unknown>): boolean {
  const { name } = value;
  return isObject(name) && typeof name.user === 'string' && typeof name.contributionId === 'string';
}

function hasKind(value: unknown): boolean {
  return isObject(value) && typeof value.kind === 'string';
}

/** All kinds of events that a participation knows. */
const participationKinds: Readonly<Record<ParticipationMessage['event']['kind'], true>> = {
  opened: true,
  'focus-joined': true,
  'client-joined': true,
  'client-lost': true,
  'client-refused': true,
  'client-left': true,
  roster: true,
  progress: true,
  rejoin: true,
  'focus-ended': true,
  pending: true,
  deferred: true,
  drained: true,
  'handed-over': true,
  restarted: true,
  'restart-failed': true,
  'client-available': true,
  'edge-lost': true,
  messages: true,
};

function isParticipationEvent(event: unknown): boolean {
  return isObject(event) && Object.hasOwn(participationKinds, String(event.kind));
}

function isRegistrationEvent(event: unknown): boolean {
  if (!isObject(event) || event.kind !== 'registration') return false;
  return typeof event.user === 'string' && Array.isArray(event.bindings);
}

/** Reads a participation's event. */
export function readParticipationMessage(body: string): ParticipationMessage | undefined {
  const value = parse(body);
  return value !== undefined && hasName(value) && isParticipationEvent(value.event)
    ? (value as ParticipationMessage)
    : undefined;
}

/** Reads a registration's event. */
export function readRegistrationMessage(body: string): RegistrationMessage | undefined {
  const value = parse(body);
  return value !== undefined && isRegistrationEvent(value.event)
    ? (value as RegistrationMessage)
    : undefined;
}

/** Reads a group's event. */
export function readGroupMessage(body: string): GroupMessage | undefined {
  const value = parse(body);
  return value !== undefined && hasKind(value.event) ? (value as GroupMessage) : undefined;
}

/** Reads a command for an edge. */
export function readCommandMessage(body: string): CommandMessage | undefined {
  const value = parse(body);
  return value !== undefined && hasName(value) && hasKind(value.command)
    ? (value as CommandMessage)
    : undefined;
}
