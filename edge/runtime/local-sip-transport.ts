/**
 * SIP between functions of this process: the same bytes as on a wire, printed by one side and parsed by the other, handed over a turn
 * of the event loop later and in order. So neither function sees that the other is near, and either can be put elsewhere.
 */
import type { Flow, Target } from '../sip/effect.ts';
import { parseMessage } from '../sip/parse.ts';
import { localMessagesMax } from './limit.ts';
import { refusalBytes } from './refusal-response.ts';
import type { SipCarrier, SipHandler } from './sip-carrier.ts';

export type LocalAddress = { readonly host: string; readonly port: number };

/** Either bytes for an address, or a failure to be told. */
type Errand =
  | { readonly bytes: Uint8Array; readonly from: LocalAddress; readonly to: LocalAddress }
  | { readonly onFailed: () => void };

export class LocalSipTransport {
  readonly #handlers = new Map<string, SipHandler>();
  readonly #messagesMax: number;
  #errands: Errand[] = [];
  #isScheduled = false;

  constructor(messagesMax: number = localMessagesMax) {
    this.#messagesMax = messagesMax;
  }

  /** Joins a function under an address; what it sends over the carrier comes from there. */
  join(address: LocalAddress, handler: SipHandler): SipCarrier {
    const key = keyOf(address);
    if (this.#handlers.has(key)) throw new Error(`Two functions have the local address ${key}.`);
    this.#handlers.set(key, handler);
    return {
      send: (bytes, target, onFailed) => this.#send(bytes, address, { target, onFailed }),
      close: async () => {
        this.#handlers.delete(key);
      },
    };
  }

  #send(
    bytes: Uint8Array,
    from: LocalAddress,
    { target, onFailed }: { readonly target: Target; readonly onFailed: () => void },
  ): void {
    const isKnown = this.#handlers.has(keyOf(target));
    // A function that can't keep up looks to its peer like a network that loses messages.
    const isLost = !isKnown || this.#errands.length >= this.#messagesMax;
    this.#add(isLost ? { onFailed } : { bytes, from, to: target });
  }

  #add(errand: Errand): void {
    this.#errands.push(errand);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#run());
  }

  /** What is sent meanwhile waits for the next turn, so that sockets get theirs. */
  #run(): void {
    const errands = this.#errands;
    this.#errands = [];
    this.#isScheduled = false;
    for (const errand of errands) {
      if ('onFailed' in errand) errand.onFailed();
      else this.#deliver(errand.bytes, errand.from, errand.to);
    }
  }

  #deliver(bytes: Uint8Array, from: LocalAddress, to: LocalAddress): void {
    const handler = this.#handlers.get(keyOf(to));
    if (handler === undefined) return;
    const { host, port } = from;
    const flow: Flow = { id: `local:${keyOf(from)}`, transport: 'local', host, port };
    const parsed = parseMessage(bytes);
    if (parsed.kind === 'message') {
      handler.onMessage(parsed.message, flow);
      return;
    }
    const answer = refusalBytes(parsed);
    if (answer !== undefined) this.#add({ bytes: answer, from: to, to: from });
    handler.onRefused(parsed, flow);
  }
}

function keyOf({ host, port }: LocalAddress): string {
  return `${host}:${port}`;
}
