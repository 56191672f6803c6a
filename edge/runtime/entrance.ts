/**
 * Where SIP comes in. With several edges a message may be another one's: the one that a route names, the user's home, or the one that has
 * what the request is about. What is for this edge goes to the focus if its transactions or dialogs know it, or a peer asks
 * the focus for something new, or else to the Participating Function.
 */
import type { UserAgent } from '../sip/agent/user-agent.ts';
import { cseq } from '../sip/cseq.ts';
import type { Flow } from '../sip/effect.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import { callId, fromTag, toTag } from '../sip/tags.ts';
import type { Gateway } from './gateway.ts';
import { decidedRequestsMax } from './limit.ts';
import type { Side } from './machines.ts';
import type { OwnerSearch } from './owner-search.ts';
import type { Peers } from './peers.ts';

export type EntranceOptions = {
  readonly focus: Pick<UserAgent, 'hasTransaction' | 'hasDialog'>;
  readonly peers: Pick<Peers, 'isPeer' | 'isForFocus'>;
  /** Takes what an IMS core has brought back of our own requests, where there is a core. */
  readonly returned?: (message: SipMessage, flow: Flow) => boolean;
  readonly receive: (side: Side, message: SipMessage, flow: Flow) => void;
  /** The way to other edges, where there may be any. */
  readonly elsewhere?: {
    readonly gateway: Gateway;
    readonly owners: Pick<OwnerSearch, 'find'>;
    readonly failed: (error: unknown) => void;
  };
};

/** Requests that begin something. */
const searched = new Set(['INVITE', 'SUBSCRIBE', 'MESSAGE']);

export class Entrance {
  readonly #options: EntranceOptions;
  /** Who has got a request, so that its CANCEL and repetitions go the same way; oldest first. */
  readonly #decided = new Map<string, Promise<string | undefined>>();

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  take(received: SipMessage, flow: Flow): void {
    const { elsewhere, returned } = this.#options;
    if (returned?.(received, flow) === true) return;
    const message = elsewhere === undefined ? received : elsewhere.gateway.take(received, flow);
    if (message === undefined) return;
    const isSearched = message.kind === 'request' && this.#isSearched(message, flow);
    if (isSearched) void this.#search(message, flow);
    else this.#give(message, flow);
  }

  #isSearched(request: SipRequest, flow: Flow): boolean {
    const { elsewhere, peers } = this.#options;
    const gateway = elsewhere?.gateway;
    if (gateway === undefined) return false;
    // A CANCEL says too little to be searched for: what it calls off came here before it, or never.
    const isBegun = request.method === 'CANCEL' && this.#decided.has(keyOf(request));
    if (!isBegun && !searched.has(request.method)) return false;
    if (toTag(request) !== undefined || peers.isForFocus(request, flow)) return false;
    return gateway.mayBeOthers(request, flow);
  }

  async #search(request: SipRequest, flow: Flow): Promise<void> {
    const { elsewhere, peers } = this.#options;
    if (elsewhere === undefined) return;
    const { gateway, owners, failed } = elsewhere;
    const key = keyOf(request);
    try {
      const known = this.#decided.get(key);
      const search = known ?? owners.find(request, peers.isPeer(request, flow));
      if (known === undefined) this.#remember(key, search);
      const owner = await search;
      if (owner === undefined || !gateway.giveToOwner(request, flow, owner)) {
        this.#give(request, flow);
      }
    } catch (error) {
      this.#decided.delete(key);
      failed(error);
      gateway.refuse(request, flow);
    }
  }

  #remember(key: string, decision: Promise<string | undefined>): void {
    this.#decided.set(key, decision);
    const [oldest] = this.#decided.keys();
    if (this.#decided.size > decidedRequestsMax && oldest !== undefined) {
      this.#decided.delete(oldest);
    }
  }

  /** Transactions and dialogs know what is theirs; a new request that is not for the focus is the Participating Function's to look at. */
  #give(message: SipMessage, flow: Flow): void {
    const { focus, receive, peers } = this.#options;
    const isFocus =
      focus.hasTransaction(message) ||
      (message.kind === 'request' && focus.hasDialog(message)) ||
      peers.isForFocus(message, flow);
    receive(isFocus ? 'controlling' : 'participating', message, flow);
  }
}

/** The same for a request, its repetitions and its CANCEL; another one for what comes later in the same call (RFC 3261 9.1, 17.2.3). */
function keyOf(request: SipRequest): string {
  const method = request.method === 'CANCEL' ? 'INVITE' : request.method;
  return [method, callId(request), fromTag(request), cseq(request)?.number].join(' ');
}
