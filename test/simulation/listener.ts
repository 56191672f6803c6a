/** How a simulated client takes messages: at once, late, out of order, with a refusal, or never. */
import type { InboundMessage } from '../../edge/msrp/effect.ts';
import type { DeviceSurroundings } from './account.ts';
import type { ClientCall } from './client-call.ts';
import type { Peer } from './peer.ts';

export class Listener {
  readonly #around: DeviceSurroundings;
  readonly #peer: Peer;

  constructor(around: DeviceSurroundings, peer: Peer) {
    this.#around = around;
    this.#peer = peer;
  }

  heard(call: ClientCall, message: InboundMessage): void {
    const { simulation, ledger } = this.#around;
    const { random, rates } = simulation;
    const isChat = message.contentType === 'message/cpim';
    if (isChat) {
      simulation.trace(() => `${this.#peer.host} hears ${message.messageId}`);
      ledger.received(call.hearing, message.messageId);
    }
    const status = isChat && random.chance(rates.badAnswer) ? 415 : 200;
    if (!random.chance(rates.slowAnswer)) this.#answer(message, status);
    else if (random.chance(0.95)) {
      const delayMs = random.spread(10, 29_000);
      call.owesUntilMs = Math.max(call.owesUntilMs, this.#peer.nowMs + delayMs);
      this.#peer.later(delayMs, () => this.#answer(message, status));
    }
  }

  #answer({ inbound, messageId }: InboundMessage, status: number): void {
    this.#around.ledger.answered(messageId, status);
    this.#peer.msrp.answer(this.#peer.nowMs, inbound, status);
  }
}
