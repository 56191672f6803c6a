/** A user's registration: the bindings as the registrar last knew them. The newest report wins. */
export type StoredBinding = {
  readonly instance?: string;
  /** An IMS core reaches the user's devices; without an instance it may be any of them. */
  readonly isByCore?: true;
  readonly expiresAtMs: number;
};

/** Stands for every device of a user. */
export const anyInstance = '*';

export type RegistrationEvent = {
  readonly kind: 'registration';
  readonly user: string;
  /** All bindings of the user; what more they hold is the registrar's business. */
  readonly bindings: readonly StoredBinding[];
  readonly atMs: number;
};

export type Registration = {
  readonly user: string;
  readonly bindings: readonly StoredBinding[];
  readonly atMs: number;
};

/**
 * The registration after a report; the same object if the report is a repetition or too late. Times tell registrations apart, so a
 * second report of the same millisecond counts as a moment later.
 */
export function decideRegistration(
  state: Registration | undefined,
  event: RegistrationEvent,
): Registration {
  const { user, bindings, atMs } = event;
  if (state === undefined || atMs > state.atMs) return { user, bindings, atMs };
  const isOther = JSON.stringify(bindings) !== JSON.stringify(state.bindings);
  return atMs === state.atMs && isOther ? { user, bindings, atMs: atMs + 1 } : state;
}

/** Instances of the clients that are registered at a time; a client without an instance counts as '', or as all devices behind a core. */
export function instancesAt(registration: Registration, nowMs: number): readonly string[] {
  return registration.bindings
    .filter((binding) => binding.expiresAtMs > nowMs)
    .map(({ instance, isByCore }) => instance ?? (isByCore === true ? anyInstance : ''));
}
