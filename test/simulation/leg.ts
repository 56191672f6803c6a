/** The simulated focus's leg to one member: what was sent and not answered goes again, in order, when new media are up. */
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import type { Group } from './group.ts';
import type { Ledger } from './ledger.ts';
import type { Peer } from './peer.ts';
import type { Simulation } from './simulation.ts';

type Outstanding = { readonly id: string; readonly body: Uint8Array };

export type LegSurroundings = {
  readonly simulation: Simulation;
  readonly ledger: Ledger;
  readonly peer: Peer;
  readonly group: Group;
  readonly user: string;
};

const outstandingMax = 300;

export class Leg {
  readonly group: Group;
  readonly user: string;
  /** As the segments of the participation are named. */
  readonly key: string;
  dialog = '';
  session = '';
  /** The re-INVITE that is under way. */
  renewing = '';
  isUp = false;
  isOver = false;
  readonly #around: LegSurroundings;
  readonly #outstanding = new Map<number, Outstanding>();
  #count = 0;

  constructor(around: LegSurroundings) {
    this.#around = around;
    this.group = around.group;
    this.user = around.user;
    this.key = `${around.user}#${around.group.contributionId}`;
  }

  get outstanding(): number {
    return this.#outstanding.size;
  }

  say(id: string, body: Uint8Array): void {
    if (this.#outstanding.size >= outstandingMax) return;
    this.#count++;
    this.#outstanding.set(this.#count, { id, body });
    if (this.isUp) this.#send(this.#count);
  }

  /** What an older leg of the member could not bring to an end. */
  takeOver(before: Leg): void {
    for (const one of before.#outstanding.values()) this.#outstanding.set(++this.#count, one);
    before.#outstanding.clear();
  }

  renewed(session: string): void {
    this.session = session;
    this.isUp = false;
  }

  msrp(event: MsrpEvent): void {
    if (event.kind === 'bound') {
      this.isUp = true;
      for (const reference of [...this.#outstanding.keys()]) this.#send(reference);
    } else if (event.kind === 'delivered') this.#answered(event.reference, 200);
    else if (event.kind === 'failed') this.#answered(event.reference, event.status);
  }

  #answered(reference: number, status: number): void {
    const one = this.#outstanding.get(reference);
    this.#outstanding.delete(reference);
    if (one === undefined) return;
    this.#around.simulation.trace(() => `focus hears ${status} for ${one.id}`);
    if (status === 200) this.#around.ledger.told(one.id);
  }

  #send(reference: number): void {
    const one = this.#outstanding.get(reference);
    if (one === undefined) return;
    const { peer, ledger, simulation } = this.#around;
    ledger.sending(one.id);
    simulation.trace(() => `focus sends ${one.id} over ${this.session.slice(0, 6)}`);
    peer.msrp.send(peer.nowMs, this.session, {
      reference,
      messageId: one.id,
      contentType: 'message/cpim',
      body: one.body,
      isSuccessReportWanted: false,
      failureReport: 'yes',
    });
  }
}
