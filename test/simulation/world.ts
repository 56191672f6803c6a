/**
 * A simulated world: edges, functions, store and queue, a focus with its groups, users with their clients, and the observer. It takes one
 * step after the other; everything in it follows from the seed. At the end it is calmed, and what was promised must come true.
 */

import type { Ports } from '../../shared/app/handle-participation.ts';
import { announceEdge, isHandled, takeOver } from '../../shared/app/recover.ts';
import { loadSettings, type Settings } from '../../shared/settings.ts';
import { Account, type DeviceSurroundings } from './account.ts';
import { Device } from './device.ts';
import { EdgeProcess } from './edge-process.ts';
import { watchEdge } from './edge-watch.ts';
import { Focus } from './focus.ts';
import { Functions } from './functions.ts';
import { deviceHost, domain, edgeHost, focusHost } from './hosts.ts';
import { Ledger } from './ledger.ts';
import { Network } from './network.ts';
import type { Simulation } from './simulation.ts';
import { type WatchedCloud, watchedCloud } from './watched-cloud.ts';

/** How often it is looked whether everything is handled. */
const gatePollMs = 200;
const names = ['ann', 'bob', 'cyd'];

export class World {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly cloud: WatchedCloud;
  readonly functions: Functions;
  readonly focus: Focus;
  readonly accounts: readonly Account[];
  readonly devices: Device[] = [];
  /** Processes of the edge, one a place; a dead one until it is replaced. */
  readonly edges: EdgeProcess[] = [];
  readonly settings: Settings;
  #edgeCount = 0;

  constructor(simulation: Simulation) {
    const { random } = simulation;
    this.simulation = simulation;
    this.settings = settingsOf(simulation);
    this.network = new Network(simulation);
    this.ledger = new Ledger(simulation);
    this.cloud = watchedCloud(simulation, this.ledger, (queue) => this.functions.wake(queue));
    this.functions = new Functions({
      simulation,
      ...this.cloud,
      deferredLifetimeS: this.settings.deferredLifetimeS,
      edges: () => this.living,
      logged: (details, text) => this.logged(details, text),
      parked: (reason) => simulation.fail(7, `a record was parked: ${reason}`),
    });
    this.accounts = names.slice(0, random.between(1, 3)).map((name) => new Account(name, domain));
    const places = simulation.places ?? 1;
    for (let place = 0; place < places; place++) this.boot(place);
    const users = this.accounts.map(({ uri }) => uri);
    const groups = random.chance(0.6) ? [users] : [users, users.slice(0, 2)];
    this.focus = new Focus(this.#around(), groups);
    for (const [index, account] of this.accounts.entries()) {
      const count = random.chance(0.3) ? 2 : 1;
      for (let number = 0; number < count; number++) this.#addDevice(account, index * 2 + number);
    }
  }

  /** Edges that live. */
  get living(): readonly EdgeProcess[] {
    return this.edges.filter(({ process }) => !process.isDead);
  }

  /** One step: the next thing that is due. False if there is nothing. */
  async step(untilMs?: number): Promise<boolean> {
    const { simulation } = this;
    const task = simulation.clock.next(untilMs);
    if (task === undefined) return false;
    task.run();
    if (simulation.isStirred) {
      simulation.isStirred = false;
      await settled();
    }
    return true;
  }

  /** Starts a process of the edge at a place, which takes over what dead ones have left. */
  boot(place: number): void {
    const { simulation, network, cloud, settings } = this;
    const name = `e${++this.#edgeCount}`;
    const edge = new EdgeProcess(
      {
        simulation,
        network,
        ...cloud,
        settings,
        users: this.accounts.map(({ uri, password }) => ({ uri, password })),
        logged: (details, text) => this.logged(details, text),
        died: () => {
          const delayMs = simulation.random.spread(100, 20_000);
          simulation.after(simulation.world, delayMs, () => this.boot(place));
        },
      },
      name,
      edgeHost(place + 1),
    );
    simulation.trace(() => `${name} starts at ${edge.host}`);
    watchEdge(simulation, edge, this.ledger, (key) => this.#left(edge, key));
    this.edges[place] = edge;
    this.#takeOver(edge);
    for (const queue of ['participation.fifo', 'registration.fifo', 'commands.fifo']) {
      this.functions.wake(queue);
    }
  }

  /** Exchanges a client for a new one at a place of the network. */
  replace(device: Device, host: string): Device {
    const at = this.devices.indexOf(device);
    const { instance } = device.place;
    const next = new Device(this.#around(), device.account, { host, instance });
    this.devices[at] = next;
    return next;
  }

  logged(details: unknown, text: string): void {
    const error = details instanceof Error ? details.message : JSON.stringify(details);
    this.simulation.trace(() => `log: ${text} ${error}`);
    if (/secret|ann@|bob@|cyd@/.test(`${text} ${error}`)) {
      this.simulation.fail(10, `a log line tells something personal: ${text} ${error}`);
    }
  }

  #around(): DeviceSurroundings {
    const { simulation, network, ledger } = this;
    return {
      simulation,
      network,
      ledger,
      entry: () => simulation.random.pick(this.living.length > 0 ? this.living : this.edges).host,
      processAt: (host) => network.at(host)?.process,
    };
  }

  #addDevice(account: Account, number: number): void {
    const place = { host: deviceHost(number + 1), instance: `<urn:uuid:${number + 1}>` };
    this.devices.push(new Device(this.#around(), account, place));
  }

  #takeOver(edge: EdgeProcess): void {
    const { simulation } = this;
    const ports: Ports = {
      store: edge.store,
      queue: edge.queue,
      nowMs: () => simulation.nowMs,
      deferredLifetimeS: this.settings.deferredLifetimeS,
    };
    const work = async (): Promise<void> => {
      const others = await announceEdge(ports, edge.name);
      const living = new Set(this.living.map(({ name }) => name));
      for (const other of others) {
        if (!living.has(other)) await takeOver(ports, other, edge.name);
      }
      const takenOverMs = simulation.nowMs;
      while (!(await isHandled(ports, takenOverMs))) await edge.pause(gatePollMs);
      edge.gate.open();
    };
    work().catch(() => {
      simulation.after(edge.process, 1000, () => this.#takeOver(edge));
    });
  }

  /** A user has left; that is certain once the edge has reported it. */
  #left(edge: EdgeProcess, key: string): void {
    const { simulation, ledger } = this;
    simulation.trace(() => `${edge.name}: ${key} has left`);
    const sentMs = simulation.nowMs;
    ledger.left(key);
    const check = (): void => {
      if (edge.outbox.size === 0) ledger.forbid(key, sentMs);
      else simulation.after(edge.process, 20, check);
    };
    simulation.after(edge.process, 20, check);
  }
}

function settingsOf({ random }: Simulation): Settings {
  const loaded = loadSettings({
    env: {
      REJOIN_HOST: '10.0.1.1',
      REJOIN_DOMAIN: domain,
      REJOIN_TRUSTED_PEERS: focusHost,
      REJOIN_ADMIN_TOKEN: 'not-needed-here',
      REJOIN_SIP_SESSION_EXPIRES_S: String(random.pick([0, 90, 600, 1800])),
      REJOIN_DELIVERY_GROUP_RETRY: String(random.pick([0, 0, 2])),
      REJOIN_USERS_FILE: 'users.json',
    },
    readFile: () => '[]',
  });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return loaded.settings;
}

/** Everything that promises had to do is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
