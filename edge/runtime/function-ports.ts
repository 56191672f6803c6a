/** Carries out what the functions of an edge ask for: reports into the queues, look-ups in the store, figures into the metrics. */
import type { Logger } from 'pino';
import type { RegistrationEvent } from '../../shared/core/registration.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { ControllingEffect } from '../controlling/effect.ts';
import type { LookupResult, ParticipatingEffect, Report } from '../participating/effect.ts';
import type { Gate } from './gate.ts';
import { findGroup, groupEntry } from './group-report.ts';
import { type Lookup, lookUp } from './lookups.ts';
import type { MachineParts } from './machines.ts';
import type { Metrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import { participationEntry, registrationEntry } from './queue-report.ts';
import type { Registrations } from './registrations.ts';

export type FunctionPortsOptions = {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly registrations: Registrations;
  readonly gate: Gate;
  readonly metrics: Pick<Metrics, 'deferred' | 'segments' | 'delivered'>;
  readonly log: Pick<Logger, 'error'>;
  readonly edge: string;
  readonly parts: MachineParts;
  readonly step: (input: (nowMs: number) => void) => void;
};

export class FunctionPorts {
  readonly #options: FunctionPortsOptions;

  constructor(options: FunctionPortsOptions) {
    this.#options = options;
  }

  participating(effect: ParticipatingEffect): void {
    switch (effect.kind) {
      case 'report':
        this.#report(effect);
        return;
      case 'find-clients':
      case 'find-user':
      case 'read-segments':
      case 'read-tail':
        void this.#lookUp(effect);
        return;
      case 'count':
        this.#count(effect.what, effect.messages);
        return;
      default:
    }
  }

  controlling(effect: ControllingEffect): void {
    const { outbox, parts, step } = this.#options;
    if (effect.kind === 'report') {
      outbox.send(groupEntry(effect), false, (isStored) =>
        step((nowMs) => parts.controlling.reported(nowMs, effect.report, isStored)),
      );
    } else if (effect.kind === 'find-group') void this.#findGroup(effect);
  }

  /** Reports a user's bindings; `done` hears whether that is durable. */
  reportRegistration(event: RegistrationEvent, done: (isStored: boolean) => void): void {
    this.#options.outbox.send(registrationEntry(this.#options.edge, event), true, done);
  }

  #report(effect: Report): void {
    const { outbox, parts, registrations, step } = this.#options;
    const { source } = effect;
    if (source !== undefined) registrations.reported(effect.name, source);
    const isUrgent = effect.event.kind === 'messages' || effect.event.kind === 'rejoin';
    outbox.send(participationEntry(effect), isUrgent, (isStored) =>
      step((nowMs) => parts.participating.reported(nowMs, effect.report, isStored)),
    );
  }

  async #lookUp(lookup: Lookup): Promise<void> {
    const { store, registrations, gate, parts, log, step } = this.#options;
    let result: LookupResult;
    try {
      const isOfUser = lookup.kind === 'find-clients' || lookup.kind === 'find-user';
      if (isOfUser) await gate.pass();
      result = await lookUp(store, registrations, lookup);
    } catch (error) {
      // Whoever asked decides what a store that doesn't answer means.
      log.error({ err: error, lookup: lookup.kind }, 'the store did not answer');
      result = { kind: 'fault' };
    }
    step((nowMs) => parts.participating.found(nowMs, lookup.lookup, result));
  }

  async #findGroup(
    effect: Extract<ControllingEffect, { readonly kind: 'find-group' }>,
  ): Promise<void> {
    const { store, parts, log, step } = this.#options;
    try {
      const group = await findGroup(store, effect);
      step((nowMs) => parts.controlling.groupFound(nowMs, effect.lookup, group));
    } catch (error) {
      // Whoever asked decides what a store that doesn't answer means: a known group must not look new.
      log.error({ err: error }, 'the store did not answer for a group');
      step((nowMs) => parts.controlling.groupFound(nowMs, effect.lookup, 'fault'));
    }
  }

  #count(what: 'deferred' | 'delivered' | 'relayed', messages: number): void {
    if (what === 'deferred') {
      this.#options.metrics.deferred(messages);
      this.#options.metrics.segments(1);
    } else if (what === 'delivered') this.#options.metrics.delivered(messages);
  }
}
