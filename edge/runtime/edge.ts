/**
 * An edge: the machines, the sockets they speak through, and the reports, look-ups and commands that tie them to the functions. It is the
 * same on the embedded store and in the cloud; store and queue are passed in.
 */
import type { Logger } from 'pino';
import type { SqsBatchResponse, SqsEvent } from '../../shared/app/batch.ts';
import type { CommandMessage } from '../../shared/core/message.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import type { Flow, Target } from '../sip/effect.ts';
import type { SipMessage } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { AmongEdges } from './among-edges.ts';
import { type Addresses, type BuiltParts, buildMachines, trustOf } from './build.ts';
import { Carriers } from './carriers.ts';
import { nowMs } from './clock.ts';
import { CommandIntake } from './command-intake.ts';
import { coreOf, returnOf } from './core.ts';
import { countsOf, type EdgeCounts } from './edge-counts.ts';
import { Entrance } from './entrance.ts';
import type { Fence } from './fence.ts';
import { FrontDesk } from './front-desk.ts';
import { FunctionPorts } from './function-ports.ts';
import { Gate } from './gate.ts';
import { handOver } from './hand-over.ts';
import { sayLastWords } from './last-words.ts';
import { expireRegistrationsMs } from './limit.ts';
import { Machines, sides } from './machines.ts';
import type { Metrics } from './metrics.ts';
import { lateInput } from './msrp-carrier.ts';
import { MsrpSockets } from './msrp-sockets.ts';
import type { Neighbours } from './neighbours.ts';
import { Outbox } from './outbox.ts';
import { Peers } from './peers.ts';
import { Registrations } from './registrations.ts';
import { SipTransport } from './sip-transport.ts';
import { TimerWheel } from './timer-wheel.ts';

export type EdgeOptions = {
  readonly name: string;
  readonly settings: Settings;
  readonly users: readonly User[];
  readonly store: Store;
  readonly queue: Queue;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The other edges, where there may be any, and whether they may take this one for lost. */
  readonly neighbours?: Neighbours;
  readonly fence?: Fence;
};

export class Edge {
  readonly #options: EdgeOptions;
  /** To be opened when what earlier runs have left is handled. */
  readonly gate = new Gate();
  readonly #timers = new TimerWheel();
  readonly #sip: SipTransport;
  readonly #msrp: MsrpSockets;
  readonly #carriers: Carriers;
  readonly #outbox: Outbox;
  readonly #commands: CommandIntake;
  readonly #isTrusted: (flow: Flow) => boolean;
  readonly #peers: Peers;
  readonly #registrations: Registrations;
  readonly #among: AmongEdges | undefined;
  #entrance: Entrance | undefined;
  #parts: BuiltParts | undefined;
  #machines: Machines | undefined;

  constructor(options: EdgeOptions) {
    const { settings, store, queue, log, metrics } = options;
    this.#options = options;
    const isTrusted = trustOf(settings);
    this.#isTrusted = (flow) => isTrusted(flow) || options.neighbours?.isHost(flow.host) === true;
    const { domain } = settings;
    this.#peers = new Peers({ domain, isTrusted: this.#isTrusted, isUser: this.#isUser });
    if (options.neighbours !== undefined) this.#among = this.#amongEdges(options.neighbours);
    this.#outbox = new Outbox({
      queue,
      nowMs,
      ...(options.fence === undefined ? {} : { fence: options.fence }),
      failed: (error) => log.error({ err: error }, 'a report was not taken by the queue'),
    });
    this.#commands = new CommandIntake({
      edge: options.name,
      queue,
      homeOf: (user) => this.#among?.homeOf(user) ?? options.name,
      carryOut: (message) => this.#carryOut(message),
    });
    this.#registrations = new Registrations({
      edge: options.name,
      domain,
      users: options.users,
      store,
      nowMs,
      isAway: (user) => this.#parts?.participating.isAway(user) ?? false,
      ...coreOf(settings, this.#isTrusted),
      ...(this.#among && { elsewhere: this.#among.ways }),
    });
    this.#sip = new SipTransport({
      handler: {
        onMessage: (message, flow) => this.#received(message, flow),
        onRefused: (refusal) => metrics.sipRefused(refusal.reason),
        onFlowClosed: (flow) => this.#flowClosed(flow),
      },
    });
    this.#msrp = new MsrpSockets({
      // The sockets exist before the machines do.
      input: (side) => lateInput(() => this.#machines?.msrpInput(side)),
      keepAliveMs: settings.msrp.keepAliveMs,
      find: (session) => this.#parts?.places.find(session) ?? { kind: 'unknown' },
      ...(this.#among && { elsewhere: this.#among.msrp }),
    });
    this.#carriers = new Carriers(
      {
        sendSip: (bytes, target, onFailed) => this.#send(bytes, target, onFailed),
        msrp: this.#msrp.transports,
      },
      (refusal) => metrics.sipRefused(refusal.reason),
    );
  }

  /** Users have moved between the edges: what is known of those who are not at home here is forgotten. */
  rehome(): void {
    this.#registrations.forgetStrangers();
  }

  /** Nobody listens there any more: whoever waits for an answer from there is told at once. */
  unreachable(place: Pick<Target, 'host' | 'port'>): void {
    this.#among?.gone(place);
    this.#machines?.unreachable(place);
  }

  /** Binds the ports and starts the machines; answers the addresses. */
  async listen(): Promise<Addresses> {
    const { settings, name } = this.#options;
    const sipPort = await this.#sip.listen({
      setting: 'REJOIN_SIP_PORT (sip.port)',
      host: settings.host,
      port: settings.sip.port,
    });
    const msrpPort = await this.#msrp.listen({
      setting: 'REJOIN_MSRP_PORT (msrp.port)',
      host: settings.host,
      port: settings.msrp.port,
    });
    const addresses = { host: settings.host, sipPort, msrpPort };
    const gateway = this.#among?.settle(addresses);
    const identity = { name, isUser: this.#isUser, ...(gateway && { gateway }) };
    this.#start(buildMachines(settings, identity, addresses), addresses);
    this.#timers.every('registrations', expireRegistrationsMs, (atMs) =>
      this.#registrations.expire(atMs),
    );
    return addresses;
  }

  get counts(): EdgeCounts {
    return countsOf({
      registrations: this.#registrations,
      parts: this.#parts,
      sip: this.#sip,
      msrp: this.#msrp,
      outbox: this.#outbox,
    });
  }

  /** Takes other users from now on. */
  replaceUsers(users: readonly User[]): void {
    this.#registrations.replaceUsers(users);
  }

  /** Carries out a batch of commands, in the shape of the queue's events. */
  commands(event: SqsEvent): Promise<SqsBatchResponse> {
    return this.#commands.take(event);
  }

  /** Gives what is held to other edges, one by one. */
  async handOver(successorOf: (user: string) => string): Promise<void> {
    if (this.#parts === undefined) return;
    await handOver(this.#parts, successorOf, this.#step);
  }

  /** Takes no new sessions, hands over what is under way, then closes the listeners (design 7). */
  async close(): Promise<void> {
    if (this.#parts !== undefined) await sayLastWords(this.#parts, this.#step);
    await this.#outbox.settled();
    this.#machines?.stop();
    await this.#outbox.settled();
    await this.#sip.close();
    await this.#msrp.close();
    await this.#carriers.close();
    this.#timers.close();
  }

  readonly #step = (input: (nowMs: number) => void): void => this.#machines?.step(input);

  #carryOut(message: CommandMessage): void {
    if (message.command.kind === 'restore') this.#options.metrics.takenOver();
    this.#machines?.step((atMs) => this.#parts?.participating.command(atMs, message));
  }

  #start(parts: BuiltParts, addresses: Addresses): void {
    const { metrics, log, store } = this.#options;
    const functions = new FunctionPorts({
      store,
      outbox: this.#outbox,
      registrations: this.#registrations,
      gate: this.gate,
      metrics,
      log,
      edge: this.#options.name,
      parts,
      step: (input) => machines.step(input),
    });
    const desk = new FrontDesk({
      registrations: this.#registrations,
      participating: parts.participating,
      peers: this.#peers,
      respond: (atMs, handle, draft) => parts.agents.participating.respond(atMs, handle, draft),
      reportRegistration: (event, done) => functions.reportRegistration(event, done),
      step: (input) => machines.step(input),
      failed: (error) => log.error({ err: error }, 'a request could not be worked on'),
    });
    const machines: Machines = new Machines(parts, {
      nowMs,
      sendSip: (side, bytes, { target, onFailed }) =>
        this.#carriers.sendSip(side, bytes, target, onFailed),
      msrp: (side, effect) => this.#carriers.msrp(side, effect),
      setTimer: (name, atMs, then) => this.#timers.set(name, atMs, then),
      clearTimer: (name) => this.#timers.clear(name),
      participating: (effect) => functions.participating(effect),
      controlling: (effect) => functions.controlling(effect),
      newRequest: (atMs, event) => desk.take(atMs, event),
    });
    metrics.watchMsrp(() => sides.map((side) => parts.msrp[side].counts));
    this.#parts = parts;
    this.#machines = machines;
    for (const side of sides) this.#carriers.join(side, machines, addresses);
    this.#entrance = new Entrance({
      focus: parts.agents.controlling,
      peers: this.#peers,
      receive: (side, message, flow) => machines.receive(side, message, flow),
      ...this.#among?.elsewhere,
      ...returnOf(this.#options.settings, {
        ...addresses,
        isTrusted: this.#isTrusted,
        isEdge: (...place) => this.#options.neighbours?.isPlace(...place) === true,
        send: (bytes, target) => this.#sip.send(bytes, target, () => undefined),
      }),
    });
  }

  #flowClosed(flow: Flow): void {
    this.#registrations.flowClosed(flow.id);
    this.#among?.unreached(flow);
  }

  #received(message: SipMessage, flow: Flow): void {
    const method = message.kind === 'request' ? message.method : 'response';
    const status = message.kind === 'response' ? message.status : undefined;
    this.#options.metrics.sip('in', method, status);
    this.#entrance?.take(message, flow);
  }

  #send(bytes: Uint8Array, target: Target, onFailed: () => void): void {
    this.#options.metrics.sipSent(bytes);
    this.#sip.send(bytes, target, () => {
      this.#among?.unreached(target);
      onFailed();
    });
  }

  #amongEdges(neighbours: Neighbours): AmongEdges {
    const { name, settings, store, log } = this.#options;
    return new AmongEdges({
      edge: name,
      settings,
      store,
      neighbours,
      isUser: this.#isUser,
      isTrusted: this.#isTrusted,
      // The transport is made later; nothing goes anywhere before its ports are bound.
      sip: { send: (...sent) => this.#sip.send(...sent) },
      failed: (error) => log.error({ err: error }, 'whose a request is could not be found out'),
    });
  }

  readonly #isUser = (uri: string): boolean =>
    this.#registrations.isKnown(addressOfRecord(uri) ?? uri);
}
