/**
 * A process of the edge in a virtual world: the real Participating Function, front desk and registrar, joined as the runtime joins them,
 * with reports and look-ups that take a moment and can be held back or made to fail. It has a name of its own each time it is started, and
 * takes over what earlier processes have left.
 */

import type { ParticipatingOptions } from '../../../edge/participating/desk.ts';
import type { ParticipatingEffect } from '../../../edge/participating/effect.ts';
import { Participating } from '../../../edge/participating/participating.ts';
import { DoneCommands } from '../../../edge/runtime/done-commands.ts';
import { FrontDesk } from '../../../edge/runtime/front-desk.ts';
import { type Lookup, lookUp } from '../../../edge/runtime/lookups.ts';
import { Peers } from '../../../edge/runtime/peers.ts';
import { policyOf } from '../../../edge/runtime/policy.ts';
import { participationEntry, registrationEntry } from '../../../edge/runtime/queue-report.ts';
import { Registrations } from '../../../edge/runtime/registrations.ts';
import type { SipEvent, Target } from '../../../edge/sip/effect.ts';
import { parseUri } from '../../../edge/sip/uri.ts';
import { announceEdge, takeOver } from '../../../shared/app/recover.ts';
import type { CommandMessage } from '../../../shared/core/message.ts';
import type { QueueEntry } from '../../../shared/ports/queue.ts';
import { loadSettings, type Settings } from '../../../shared/settings.ts';
import type { User } from '../../../shared/users.ts';
import type { Functions } from './functions.ts';
import type { Network } from './network.ts';
import { Node } from './node.ts';

export type EdgeSurroundings = {
  readonly network: Network;
  readonly functions: Functions;
  readonly newToken: () => string;
  readonly users: readonly User[];
  readonly domain: string;
  /** Whose P-Asserted-Identity is believed, and who gets what is for no other host. */
  readonly peer: string;
  readonly options?: Partial<ParticipatingOptions>;
};

type Waiting = {
  readonly entry: QueueEntry;
  /** Given back if it is not taken in time. */
  readonly isUrgent: boolean;
  readonly atMs: number;
  readonly done: (isStored: boolean) => void;
};

const host = 'pf.test';
const latencyMs = 1;
const answerMs = 10_000;
const againMs = 100;

export class EdgeNode {
  readonly name: string;
  readonly node: Node;
  readonly participating: Participating;
  /** What look-ups find: what is there, that the store fails, or nothing until they are released. */
  lookups: 'answer' | 'fault' | 'hold' = 'answer';
  /** Messages that were kept or delivered, as told to the metrics. */
  readonly counted: Record<'deferred' | 'delivered' | 'relayed', number>;
  readonly #around: EdgeSurroundings;
  readonly #registrations: Registrations;
  readonly #desk: FrontDesk;
  readonly #done = new DoneCommands(1000);
  #held: (() => void)[] = [];
  #waiting: Waiting[] = [];
  #isHandingOver = false;

  constructor(around: EdgeSurroundings, name: string) {
    this.#around = around;
    this.name = name;
    this.counted = { deferred: 0, delivered: 0, relayed: 0 };
    const { network, newToken } = around;
    this.node = new Node(
      { network, host, newToken, serverHeader: 'CPM-serv/OMA2.0 rejoin', sessionExpiresS: 0 },
      {
        sip: (nowMs, event) => this.#sip(nowMs, event),
        msrp: (nowMs, event) => void this.participating.msrp(nowMs, event),
        settle: (nowMs) => this.#settle(nowMs),
      },
    );
    this.participating = new Participating({ ...this.#defaults(), ...around.options });
    this.#registrations = new Registrations({
      edge: name,
      domain: around.domain,
      users: around.users,
      store: around.functions.store,
      nowMs: () => network.clock.nowMs,
      isAway: (user) => this.participating.isAway(user),
    });
    this.#desk = this.#newDesk();
    const command = (message: CommandMessage, group: string): void => this.#command(message, group);
    around.functions.edges.push({ name, life: this.node.life, command });
  }

  /** Takes over what earlier processes have left. */
  async start(): Promise<void> {
    const { functions } = this.#around;
    for (const other of await announceEdge(functions.ports, this.name)) {
      await takeOver(functions.ports, other, this.name);
    }
    functions.wake();
  }

  /** Gives everything to another process. */
  handOver(successor: string): void {
    this.#step((nowMs) => this.participating.handOver(nowMs, () => successor));
  }

  /** Is about to end, and nobody is there to go on. */
  stop(): void {
    this.#step((nowMs) => this.participating.stop(nowMs));
  }

  /** Ends the process: nothing more is said or written. */
  kill(): void {
    this.#around.network.kill(host);
  }

  /** Goes on with the look-ups that were held. */
  release(): void {
    for (const one of this.#held.splice(0)) one();
  }

  #defaults(): ParticipatingOptions {
    const { domain, peer, newToken } = this.#around;
    return {
      agent: this.node.agent,
      msrp: this.node.msrp,
      edge: this.name,
      domain,
      factoryUser: 'conference-factory',
      host,
      sipPort: 5060,
      msrpHost: host,
      msrpPort: 2855,
      uriParams: '',
      newToken,
      isElsewhere: () => false,
      resolve: (uri) => this.#resolve(uri),
      isTrusted: (flow) => flow.host === peer || flow.host === host,
      ...policyOf(defaultSettings()),
    };
  }

  #resolve(uri: string): Target {
    const { domain, peer } = this.#around;
    const named = parseUri(uri)?.host ?? domain;
    if (this.#registrations.isKnown(uri)) return { transport: 'tcp', host, port: 5060 };
    return { transport: 'tcp', host: named === domain ? peer : named, port: 5060 };
  }

  #newDesk(): FrontDesk {
    const { peer, functions } = this.#around;
    return new FrontDesk({
      registrations: this.#registrations,
      participating: this.participating,
      peers: new Peers({
        domain: this.#around.domain,
        isTrusted: (flow) => flow.host === peer || flow.host === host,
        isUser: (uri) => this.#registrations.isKnown(uri),
      }),
      respond: (nowMs, handle, draft) => this.node.agent.respond(nowMs, handle, draft),
      reportRegistration: (event, done) =>
        this.#handOver(registrationEntry(this.name, event), true, done),
      step: (input) => this.#step(input),
      failed: (error) => void functions.problems.push(`front desk: ${String(error)}`),
    });
  }

  #step(input: (nowMs: number) => void): void {
    if (!this.node.life.isOver) this.node.do(() => input(this.node.nowMs));
  }

  #sip(nowMs: number, event: SipEvent): void {
    if (!this.participating.sip(nowMs, event)) this.#desk.take(nowMs, event);
  }

  #command(message: CommandMessage, group: string): void {
    if (!this.#done.isNew(`${group}/${message.id}`)) return;
    this.#step((nowMs) => this.participating.command(nowMs, message));
  }

  #settle(nowMs: number): boolean {
    this.participating.endStep(nowMs);
    const effects = this.participating.drain();
    for (const effect of effects) this.#effect(effect);
    return effects.length > 0;
  }

  #effect(effect: ParticipatingEffect): void {
    const { node, participating } = this;
    switch (effect.kind) {
      case 'set-timer':
        node.setTimer(effect.timer, effect.delayMs, () =>
          participating.timer(node.nowMs, effect.timer),
        );
        return;
      case 'clear-timer':
        node.clearTimer(effect.timer);
        return;
      case 'count':
        this.counted[effect.what] += effect.messages;
        return;
      case 'report': {
        if (effect.source !== undefined) this.#registrations.reported(effect.name, effect.source);
        const isUrgent = effect.event.kind === 'messages' || effect.event.kind === 'rejoin';
        this.#handOver(participationEntry(effect), isUrgent, (isStored) =>
          this.#step((nowMs) => participating.reported(nowMs, effect.report, isStored)),
        );
        return;
      }
      default:
        this.#lookUp(effect);
    }
  }

  #lookUp(lookup: Lookup): void {
    const { node, participating } = this;
    const answer = (): void => {
      const { store } = this.#around.functions;
      const found =
        this.lookups === 'fault'
          ? Promise.resolve({ kind: 'fault' } as const)
          : lookUp(store, this.#registrations, lookup);
      void found.then((result) =>
        this.#step((nowMs) => participating.found(nowMs, lookup.lookup, result)),
      );
    };
    if (this.lookups === 'hold') this.#held.push(answer);
    else node.later(latencyMs, answer);
  }

  #handOver(entry: QueueEntry, isUrgent: boolean, done: (isStored: boolean) => void): void {
    this.#waiting.push({ entry, isUrgent, atMs: this.node.nowMs, done });
    this.#handOverIn(latencyMs);
  }

  #handOverIn(delayMs: number): void {
    if (this.#isHandingOver) return;
    this.#isHandingOver = true;
    this.node.later(delayMs, () => void this.#handOverNow());
  }

  /** All at once and in order; what the queue doesn't take waits, or is given back when its time is over. */
  async #handOverNow(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#around.functions.send(batch.map(({ entry }) => entry));
      this.#isHandingOver = false;
      for (const { done } of batch) done(true);
    } catch {
      // Decided here, as in the runtime: another attempt, for what is still wanted.
      this.#isHandingOver = false;
      const isLate = ({ isUrgent, atMs }: Waiting): boolean =>
        isUrgent && this.node.nowMs - atMs >= answerMs;
      this.#waiting = [...batch.filter((one) => !isLate(one)), ...this.#waiting];
      for (const { done } of batch.filter(isLate)) done(false);
      if (this.#waiting.length > 0) this.#handOverIn(againMs);
    }
    if (this.#waiting.length > 0) this.#handOverIn(latencyMs);
  }
}

function defaultSettings(): Settings {
  const loaded = loadSettings({ env: {}, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return loaded.settings;
}
