/** What a user's clients share: the name, the password, and what the application has of each group. */

import type { ClientCall } from './client-call.ts';
import type { Process } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { Network } from './network.ts';
import type { Simulation } from './simulation.ts';

export type DeviceSurroundings = {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly ledger: Ledger;
  /** The host of some edge. */
  readonly entry: () => string;
  /** The process that listens at a host. */
  readonly processAt: (host: string) => Process | undefined;
};

export class Account {
  readonly uri: string;
  readonly userName: string;
  readonly password = 'secret';
  /** Group Session Identities as the user's clients last heard of them, by Contribution-ID. */
  readonly identities = new Map<string, string>();
  /** Sessions that stand, of all clients. */
  readonly calls = new Set<ClientCall>();

  constructor(userName: string, domain: string) {
    this.userName = userName;
    this.uri = `sip:${userName}@${domain}`;
  }
}
