/**
 * One process of the edge: the real machines, front desk, registrar, outbox and look-ups, joined as the runtime joins them, over the
 * simulated network and over ports whose calls are steps. It can die at any of them.
 */

import { buildMachines, trustOf } from '../../edge/runtime/build.ts';
import { DoneCommands } from '../../edge/runtime/done-commands.ts';
import { FrontDesk } from '../../edge/runtime/front-desk.ts';
import { FunctionPorts } from '../../edge/runtime/function-ports.ts';
import { Gate } from '../../edge/runtime/gate.ts';
import { type MachineParts, Machines } from '../../edge/runtime/machines.ts';
import type { MsrpIo } from '../../edge/runtime/msrp-carrier.ts';
import { Outbox } from '../../edge/runtime/outbox.ts';
import { Peers } from '../../edge/runtime/peers.ts';
import { Registrations } from '../../edge/runtime/registrations.ts';
import { parseMessage } from '../../edge/sip/parse.ts';
import { commandQueue } from '../../shared/app/queue-names.ts';
import { readCommandMessage } from '../../shared/core/message.ts';
import type { Queue, QueueRecord } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import type { Process, Task } from './clock.ts';
import type { Network, Station } from './network.ts';
import type { Simulation } from './simulation.ts';
import { stepped } from './stepped-ports.ts';

export type EdgeSurroundings = {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly store: Store;
  readonly queue: Queue;
  readonly settings: Settings;
  readonly users: readonly User[];
  /** Told what is logged. */
  readonly logged: (details: unknown, text: string) => void;
  readonly died: (edge: EdgeProcess) => void;
};

const doneCommandsMax = 1000;

export class EdgeProcess {
  readonly name: string;
  readonly host: string;
  readonly process: Process;
  readonly parts: MachineParts;
  readonly outbox: Outbox;
  readonly gate: Gate;
  /** Store and queue as this process has them. */
  readonly store: Store;
  readonly queue: Queue;
  readonly #around: EdgeSurroundings;
  readonly #station: Station;
  readonly #machines: Machines;
  readonly #timers = new Map<string, Task>();
  readonly #done = new DoneCommands(doneCommandsMax);

  constructor(around: EdgeSurroundings, name: string, host: string) {
    const { simulation, network, settings } = around;
    this.#around = around;
    this.name = name;
    this.host = host;
    this.process = { name, isDead: false };
    const dying = {
      process: this.process,
      die: () => this.die(true),
      deathRate: () => simulation.rates.edgeDeath,
    };
    this.store = stepped(simulation, around.store, dying);
    this.queue = stepped(simulation, around.queue, dying);
    const addresses = { host, sipPort: 5060, msrpPort: 2855 };
    const token = (): string => simulation.random.token();
    const isUser = (uri: string): boolean => around.users.some((user) => user.uri === uri);
    this.parts = buildMachines(settings, { name, isUser }, addresses, token);
    this.outbox = new Outbox({
      queue: this.queue,
      nowMs: () => simulation.nowMs,
      failed: (error) => around.logged(error, 'a report was not taken by the queue'),
      pause: (ms) => this.pause(ms),
    });
    this.gate = new Gate((ms) => this.pause(ms));
    this.#machines = this.#wire();
    this.#station = this.#newStation();
    network.join(this.#station);
  }

  /** The process ends here and now; `isNoticed`: its system closes its connections. */
  die(isNoticed: boolean): void {
    if (this.process.isDead) return;
    this.process.isDead = true;
    this.#around.simulation.trace(() => `${this.name} dies`);
    this.#around.network.streams.died(this.#station, isNoticed);
    this.#around.died(this);
  }

  /** The queue of its own commands. */
  get commandQueue(): string {
    return commandQueue(this.name);
  }

  /** Carries out commands; each once, however often it comes. */
  commands(records: readonly QueueRecord[]): void {
    for (const record of records) {
      const message = readCommandMessage(record.body);
      const key = `${record.group ?? ''}/${message?.id ?? ''}`;
      if (message === undefined || !this.#done.isNew(key)) continue;
      this.#around.simulation.trace(() => `${this.name} command ${short(message)}`);
      this.#machines.step((nowMs) => this.parts.participating.command(nowMs, message));
    }
  }

  #wire(): Machines {
    const { simulation, settings, users, logged, network } = this.#around;
    const { parts } = this;
    const nowMs = (): number => simulation.nowMs;
    const step = (input: (atMs: number) => void): void => {
      if (!this.process.isDead) machines.step(input);
    };
    const registrations = new Registrations({
      edge: this.name,
      domain: settings.domain,
      users,
      store: this.store,
      nowMs,
      isAway: (user) => parts.participating.isAway(user),
    });
    const functions = new FunctionPorts({
      store: this.store,
      outbox: this.outbox,
      registrations,
      gate: this.gate,
      metrics: { deferred: () => {}, segments: () => {}, delivered: () => {} },
      log: { error: (details: unknown, text?: string) => logged(details, text ?? '') },
      edge: this.name,
      parts,
      step,
    });
    const desk = new FrontDesk({
      registrations,
      participating: parts.participating,
      peers: new Peers({
        domain: settings.domain,
        isTrusted: trustOf(settings),
        isUser: (uri) => registrations.isKnown(uri),
      }),
      respond: (atMs, handle, draft) => parts.agents.participating.respond(atMs, handle, draft),
      reportRegistration: (event, done) => functions.reportRegistration(event, done),
      step,
      failed: (error) => logged(error, 'a request could not be worked on'),
    });
    const machines: Machines = new Machines(parts, {
      nowMs,
      sendSip: (_side, bytes, to) => network.sendSip(this.#station, bytes, to),
      msrp: (_side, effect) => this.#msrp(effect),
      setTimer: (timer, atMs, then) => this.#setTimer(timer, atMs, then),
      clearTimer: (timer) => this.#clearTimer(timer),
      participating: (effect) => {
        if (effect.kind === 'report') {
          simulation.trace(() => `${this.name} reports ${short(effect)}`);
        }
        simulation.isStirred = true;
        functions.participating(effect);
      },
      controlling: () => {},
      newRequest: (atMs, event) => {
        simulation.isStirred = true;
        desk.take(atMs, event);
      },
    });
    return machines;
  }

  #newStation(): Station {
    const input = this.#machines.msrpInput('participating');
    return {
      ...input,
      host: this.host,
      process: this.process,
      sip: (bytes, flow) => {
        const parsed = parseMessage(bytes);
        if (parsed.kind !== 'message') return;
        this.#machines.receive('participating', parsed.message, flow);
      },
    };
  }

  #msrp(effect: MsrpIo): void {
    const { streams } = this.#around.network;
    switch (effect.kind) {
      case 'connect':
        streams.connect(this.#station, effect.connection, effect.host);
        return;
      case 'write':
        streams.write(this.#station, effect.connection, effect.parts);
        return;
      case 'close':
        streams.close(this.#station, effect.connection);
        return;
      case 'pause':
        streams.pause(this.#station, effect.connection);
        return;
      case 'resume':
        streams.resume(this.#station, effect.connection);
    }
  }

  #setTimer(name: string, atMs: number, then: () => void): void {
    this.#clearTimer(name);
    const { simulation } = this.#around;
    const task = simulation.after(this.process, atMs - simulation.nowMs, () => {
      this.#timers.delete(name);
      then();
    });
    this.#timers.set(name, task);
  }

  #clearTimer(name: string): void {
    const task = this.#timers.get(name);
    if (task !== undefined) task.isCancelled = true;
    this.#timers.delete(name);
  }

  /** Waits in the world's time. */
  pause(ms: number): Promise<void> {
    const { simulation } = this.#around;
    return new Promise((resolve) => {
      simulation.after(this.process, ms, () => {
        simulation.isStirred = true;
        resolve();
      });
    });
  }
}

/** A report or a command in a few words. */
function short(value: { readonly name: { readonly user: string } } & object): string {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key === 'group' || key === 'focus' || key === 'bytes' || key === 'roster' ? undefined : inner,
  );
  return text.slice(0, 400);
}
