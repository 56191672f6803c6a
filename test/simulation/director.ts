/**
 * What happens to a world: people speak, leave and come back, phones lose their coverage, processes die, groups end. It draws one happening
 * after the other, close enough together that they meet.
 */
import type { ClientCall } from './client-call.ts';
import type { Device } from './device.ts';
import type { Group } from './group.ts';
import { deviceHost } from './hosts.ts';
import type { Simulation } from './simulation.ts';
import type { World } from './world.ts';

type Happening = { readonly weight: number; readonly run: () => void };

export class Director {
  readonly #world: World;
  readonly #simulation: Simulation;
  readonly #happenings: readonly Happening[];
  readonly #total: number;
  readonly #pauseMs: number;
  #isOver = false;
  #moves = 0;

  constructor(world: World) {
    this.#world = world;
    this.#simulation = world.simulation;
    const { random } = this.#simulation;
    this.#pauseMs = random.pick([20, 100, 500, 2000]);
    // A world of its own each: what is never drawn here does not stand in the way of the rest.
    this.#happenings = this.#all().map(({ weight, run }) => ({
      weight: random.chance(0.3) ? 0 : weight * random.spread(1, 10),
      run,
    }));
    this.#total = this.#happenings.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Everybody registers, the groups start, and then things happen. */
  start(): void {
    const { devices, focus } = this.#world;
    const { random } = this.#simulation;
    for (const device of devices) {
      if (random.chance(0.8)) device.registration.start(this.#lifetimeS());
    }
    this.#simulation.after(this.#simulation.world, random.between(0, 2000), () => {
      for (const group of focus.groups) focus.start(group);
    });
    this.#next();
  }

  stop(): void {
    this.#isOver = true;
  }

  #next(): void {
    const { random, world } = this.#simulation;
    this.#simulation.after(world, random.spread(1, this.#pauseMs * 10), () => {
      if (this.#isOver) return;
      this.#draw();
      this.#next();
    });
  }

  #draw(): void {
    let left = this.#simulation.random.next() * this.#total;
    for (const { weight, run } of this.#happenings) {
      left -= weight;
      if (left < 0) {
        run();
        return;
      }
    }
  }

  #all(): readonly Happening[] {
    const { focus, edges, network } = this.#world;
    const { random } = this.#simulation;
    const group = (): Group => random.pick(focus.groups);
    const device = (): Device => random.pick(this.#world.devices);
    return [
      { weight: 30, run: () => this.#speak(group()) },
      { weight: 5, run: () => this.#reply(device()) },
      { weight: 3, run: () => device().registration.start(this.#lifetimeS()) },
      { weight: 0.5, run: () => device().registration.start(0) },
      { weight: 4, run: () => device().rejoin(group().contributionId) },
      { weight: 1, run: () => this.#hangUp(device(), 'SIP;cause=200;text="Call completed"') },
      { weight: 3, run: () => this.#hangUp(device(), random.pick([undefined, 'SIP;cause=480'])) },
      { weight: 3, run: () => this.#loseCoverage(device()) },
      { weight: 2, run: () => this.#restart(device()) },
      { weight: 1, run: () => this.#withCall(device(), (one, call) => one.renew(call)) },
      { weight: 2, run: () => network.streams.cut(device().peer.host, 20_000) },
      { weight: 1, run: () => network.streams.cut(focus.peer.host, 5000) },
      { weight: 1, run: () => random.pick(edges).die(random.chance(0.7)) },
      { weight: 2, run: () => this.#endOrStart(group()) },
      { weight: 3, run: () => this.#inviteAbsent(group()) },
      { weight: 1, run: () => this.#renewLeg(group()) },
      { weight: 0.3, run: () => this.#waitLong() },
    ];
  }

  #lifetimeS(): number {
    return this.#simulation.random.pick([60, 600, 3600]);
  }

  #speak(group: Group): void {
    const { random, rates } = this.#simulation;
    const count = random.chance(0.05) ? random.between(50, 150) : random.between(1, 6);
    const isLarge = random.chance(rates.large);
    for (let number = 0; number < (isLarge ? 1 : count); number++) {
      this.#world.focus.say(group, isLarge ? 300_000 : 100);
    }
  }

  #withCall(device: Device, run: (device: Device, call: ClientCall) => void): void {
    const calls = device.agreed;
    if (calls.length > 0) run(device, this.#simulation.random.pick(calls));
  }

  #reply(device: Device): void {
    this.#withCall(device, (one, call) => {
      if (call.isUp) one.say(call);
    });
  }

  #hangUp(device: Device, reason: string | undefined): void {
    this.#withCall(device, (one, call) => one.bye(call, reason));
  }

  #loseCoverage(device: Device): void {
    const { network } = this.#world;
    const { random, world } = this.#simulation;
    const { host } = device.peer;
    this.#simulation.trace(() => `${host} loses its coverage`);
    network.disconnect(host);
    this.#simulation.after(world, random.spread(500, 120_000), () => {
      this.#simulation.trace(() => `${host} has coverage again`);
      network.reconnect(host);
      const present = this.#world.devices.find((one) => one.peer.host === host);
      if (random.chance(0.8)) present?.registration.start(this.#lifetimeS());
    });
  }

  /** Switched off and on again, perhaps somewhere else. */
  #restart(device: Device): void {
    const { random, world } = this.#simulation;
    if (device.peer.process.isDead) return;
    this.#simulation.trace(() => `${device.peer.host} is switched off`);
    device.die(random.chance(0.5));
    const host = random.chance(0.3) ? deviceHost(100 + this.#moves++) : device.peer.host;
    this.#simulation.after(world, random.spread(100, 60_000), () => {
      if (!this.#world.devices.includes(device)) return;
      this.#world.replace(device, host).registration.start(this.#lifetimeS());
    });
  }

  #endOrStart(group: Group): void {
    const { focus } = this.#world;
    if (group.isRunning) focus.end(group);
    else focus.start(group);
  }

  #inviteAbsent(group: Group): void {
    const absent = group.users.filter((user) => !group.legs.has(user));
    if (!group.isRunning || absent.length === 0) return;
    this.#world.focus.invite(group, this.#simulation.random.pick(absent));
  }

  #renewLeg(group: Group): void {
    const legs = [...group.legs.values()].filter(({ isUp }) => isUp);
    if (legs.length > 0) this.#world.focus.renew(this.#simulation.random.pick(legs));
  }

  /** Nothing happens for long: lifetimes end. */
  #waitLong(): void {
    const { random, world } = this.#simulation;
    this.#isOver = true;
    this.#simulation.after(world, random.spread(30_000, 4_000_000), () => {
      if (this.#isCalm) return;
      this.#isOver = false;
      this.#next();
    });
  }

  #isCalm = false;

  /** Nothing is drawn any more. */
  calm(): void {
    this.#isCalm = true;
    this.#isOver = true;
  }
}
