/**
 * What a trusted peer may say (contract: Trust): a request of a trusted address is believed only with P-Asserted-Identity. It is the peer's
 * own, or one that an IMS core passes on for a client of ours, and the peer's own may be for the focus. Others are clients'.
 */
import type { Flow } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import { originatingUser } from '../sip/identity.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import { toTag } from '../sip/tags.ts';
import { parseUri } from '../sip/uri.ts';

export type PeersOptions = {
  readonly domain: string;
  readonly isTrusted: (flow: Flow) => boolean;
  readonly isUser: (uri: string) => boolean;
};

/** What the focus is asked outside dialogs. */
const focusMethods = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

export class Peers {
  readonly #options: PeersOptions;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Whether what a request asserts is believed. */
  isBelieved(request: SipRequest, flow: Flow): boolean {
    return this.#options.isTrusted(flow) && header(request, 'P-Asserted-Identity') !== undefined;
  }

  /** A request of a peer's own: what it asserts is believed, another edge's word too. */
  isPeer(request: SipRequest, flow: Flow): boolean {
    return this.isBelieved(request, flow) && originatingUser(request) === undefined;
  }

  /** Whether a request is for the focus here: of a peer, outside dialogs, for no user of ours. */
  isForFocus(message: SipMessage, flow: Flow): boolean {
    const { domain, isUser } = this.#options;
    if (message.kind !== 'request' || toTag(message) !== undefined) return false;
    if (!focusMethods.has(message.method) || !this.isPeer(message, flow)) return false;
    const isOurs = parseUri(message.uri)?.host.toLowerCase() === domain.toLowerCase();
    return isOurs && !isUser(message.uri);
  }
}
