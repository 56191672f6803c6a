/** A balancer of connections, as stands before edges: each goes to the next of those that take it, and ends with them. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Place = { readonly host: string; readonly port: number };

export class Balancer {
  readonly #places: () => readonly Place[];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #turn = 0;
  /** Connections that have come so far. */
  taken = 0;

  /** `places` are those that connections may go to at the moment. */
  constructor(places: () => readonly Place[]) {
    this.#places = places;
    this.#server = createServer((socket) => this.#pass(socket));
  }

  async open(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  get place(): Place {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #pass(client: Socket): void {
    const places = this.#places();
    this.taken++;
    this.#turn++;
    const place = places[this.#turn % places.length];
    if (place === undefined) {
      client.destroy();
      return;
    }
    const edge = connect(place);
    for (const [one, other] of [[client, edge] as const, [edge, client] as const]) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
