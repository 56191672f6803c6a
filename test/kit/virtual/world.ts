/**
 * A virtual world: a Participating Function at pf.test with its functions, a focus at cf.test, and as many clients as a test wants, each
 * at a host of its own name. Tokens count, time is virtual, so what passes is the same each time. A caller that wants faults gives the
 * network a fate, takes hosts offline, ends processes and starts others.
 */
import type { ParticipatingOptions } from '../../../edge/participating/desk.ts';
import type { Participation } from '../../../shared/core/participation/state.ts';
import { Client, type ClientOptions } from './client.ts';
import { Clock } from './clock.ts';
import { EdgeNode } from './edge-node.ts';
import { Focus } from './focus.ts';
import { Functions } from './functions.ts';
import { Network } from './network.ts';

export const domain = 'rejoin.test';

/** A user's address. */
export function userUri(name: string): string {
  return `sip:${name}@${domain}`;
}

export class World {
  readonly clock = new Clock();
  readonly network = new Network(this.clock);
  readonly functions = new Functions(this.clock);
  readonly focus: Focus;
  edge: EdgeNode;
  readonly #options: Partial<ParticipatingOptions>;
  #tokens = 0;
  #edges = 0;

  constructor(options: Partial<ParticipatingOptions> = {}) {
    this.#options = options;
    this.focus = new Focus({ network: this.network, name: 'cf', newToken: this.newToken });
    this.edge = this.#newEdge();
    void this.edge.start();
  }

  readonly newToken = (): string => {
    this.#tokens++;
    return `token${String(this.#tokens).padStart(12, '0')}abc`;
  };

  get nowMs(): number {
    return this.clock.nowMs;
  }

  /** A client of a user, at a host of the device's name. */
  client(device: string, user: string, more: Partial<ClientOptions> = {}): Client {
    return new Client({
      network: this.network,
      name: device,
      newToken: this.newToken,
      uri: userUri(user),
      password: 'secret',
      domain,
      ...more,
    });
  }

  async run(forMs = 1000): Promise<void> {
    await this.clock.run(forMs);
  }

  /** Ends the edge's process, and starts another one. */
  async restartEdge(): Promise<void> {
    this.edge.kill();
    await this.startEdge();
  }

  /** Asks the edge's process to end: what it holds goes to the next one, which begins a while later. */
  async handOver(forMs = 100): Promise<void> {
    this.edge.handOver(`edge-${this.#edges + 1}`);
    await this.run(forMs);
    this.edge.kill();
    await this.startEdge();
  }

  /** Starts another process of the edge, which takes over what earlier ones have left. */
  async startEdge(): Promise<void> {
    this.edge = this.#newEdge();
    await this.edge.start();
  }

  async state(user: string, contributionId: string): Promise<Participation | undefined> {
    return await this.functions.state({ user: userUri(user), contributionId });
  }

  #newEdge(): EdgeNode {
    this.#edges++;
    const users = ['alice', 'bob', 'carol'].map((name) => ({
      uri: userUri(name),
      password: 'secret',
    }));
    return new EdgeNode(
      {
        network: this.network,
        functions: this.functions,
        newToken: this.newToken,
        users,
        domain,
        peer: 'cf.test',
        options: this.#options,
      },
      `edge-${this.#edges}`,
    );
  }
}
