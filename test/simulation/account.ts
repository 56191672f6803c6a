/** What a user's clients share: the name, the password, and what the application has of each group. */

import { parseAddress } from '../../edge/sip/address.ts';
import { header } from '../../edge/sip/header.ts';
import type { SipMessage } from '../../edge/sip/message.ts';
import type { ClientCall } from './client-call.ts';
import type { Process } from './clock.ts';
import { focusHost } from './hosts.ts';
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

/** A BYE that gets lost is repeated for 32 s. */
const settleMs = 45_000;

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

  /** Promise 4: however a session came about, after a while there is one of a user in a group. */
  agreed(simulation: Simulation, call: ClientCall): void {
    this.calls.add(call);
    const others = [...this.calls].filter(({ key }) => key === call.key);
    if (others.length > 1) this.#lookLater(simulation, others);
  }

  #lookLater(simulation: Simulation, calls: readonly ClientCall[]): void {
    simulation.after(simulation.world, settleMs, () => {
      const standing = calls.filter(
        (one) => this.calls.has(one) && one.isUp && one.edge?.isDead === false,
      );
      if (standing.length < 2) return;
      // Decision O-12: a delivery beside a re-joined session lasts as long as its client takes to answer.
      const isOwed = standing.some((one) => one.owesUntilMs > simulation.nowMs - settleMs);
      if (isOwed) this.#lookLater(simulation, standing);
      else simulation.fail(4, `${standing.length} sessions for ${standing[0]?.key}`);
    });
  }

  /** Keeps the Group Session Identity that a message names. */
  note(contributionId: string, message: SipMessage): void {
    const address = parseAddress(header(message, 'Contact') ?? '');
    if (address?.uri.includes(focusHost)) this.identities.set(contributionId, address.uri);
  }
}
