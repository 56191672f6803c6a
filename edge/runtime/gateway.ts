/**
 * The way between edges: what comes in for another one goes on to it, what comes back or is for a client of this one goes out over its
 * connection (`edge/sip/proxy` says which). The rest is this edge's own.
 */
import type { Flow, Target } from '../sip/effect.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import { printMessage } from '../sip/print.ts';
import {
  type EdgeProxyOptions,
  isForOwner,
  routeRequest,
  routeResponse,
  routeToOwner,
} from '../sip/proxy/edge-proxy.ts';
import { addressOfRecord, parseUri } from '../sip/uri.ts';
import type { Addresses } from './build.ts';
import type { Neighbours } from './neighbours.ts';
import { refusalBytes } from './refusal-response.ts';
import type { SipCarrier } from './sip-carrier.ts';

export type GatewayOptions = {
  readonly edge: string;
  readonly domain: string;
  readonly addresses: Addresses;
  readonly neighbours: Neighbours;
  readonly isTrusted: (flow: Flow) => boolean;
  readonly isUser: (uri: string) => boolean;
  /** An IMS core registers the users. */
  readonly isByCore: boolean;
  readonly sip: Pick<SipCarrier, 'send'>;
};

export const factoryUser = 'conference-factory';

/** Between a group's token and the edge that its focus is at. */
const groupMark = '.at.';

/** Whether the user part of an address of our domain is a group's. */
export function isGroupUser(user: string): boolean {
  return /^[0-9a-f]{24}(\.at\..+)?$/.test(user);
}

/** A Group Session Identity's user part that tells where the focus is. */
export function groupToken(token: string, edge: string): string {
  return `${token}${groupMark}${edge}`;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #routing: EdgeProxyOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { edge, domain, addresses, isTrusted, isUser, neighbours } = options;
    this.#routing = {
      edge,
      domain,
      host: addresses.host,
      port: addresses.sipPort,
      isTrusted,
      isUser,
      isAlive: (other) => neighbours.isAlive(other),
      homeOf: (address, contributionId) => this.homeOf(address, contributionId),
    };
  }

  /** The edge that serves a user, or where the focus of a group is. Factories share the groups by their Contribution-IDs. */
  homeOf(address: string, contributionId?: string): string {
    const { neighbours } = this.#options;
    const user = parseUri(address)?.user ?? '';
    if (user === factoryUser) return neighbours.homeOf(`${address} ${contributionId ?? ''}`);
    const named = user.split(groupMark)[1];
    if (named !== undefined && neighbours.isStaying(named)) return named;
    return neighbours.homeOf(address);
  }

  /** Where another edge was reached last, though it may be doubted; undefined for one that is not there. */
  placeOf(edge: string): Addresses | undefined {
    return this.#options.neighbours.lastPlaceOf(edge);
  }

  /** Where requests for a URI of our domain go; undefined if that is here. */
  targetOf(uri: string, contributionId?: string): Target | undefined {
    const { edge, domain, neighbours } = this.#options;
    if (parseUri(uri)?.host.toLowerCase() !== domain.toLowerCase()) return undefined;
    const home = this.homeOf(addressOfRecord(uri) ?? uri, contributionId);
    const place = home === edge ? undefined : neighbours.placeOf(home);
    return place && { transport: 'tcp', host: place.host, port: place.sipPort };
  }

  /** Passes a message on; answers it, as it is to be taken, if it is for this edge. */
  take(message: SipMessage, flow: Flow): SipMessage | undefined {
    if (this.#isStrangersRegister(message, flow)) return message;
    const routed =
      message.kind === 'request'
        ? routeRequest(message, flow, this.#routing)
        : routeResponse(message, flow, this.#routing);
    switch (routed.kind) {
      case 'local':
        return routed.message;
      case 'flow':
        this.#sendToClient(routed.message, routed.target, { message, flow });
        return undefined;
      case 'edge':
        // Gone as well: this edge knows as much as any.
        return this.#sendTo(routed.edge, routed.message) ? undefined : message;
      default:
        this.#refuse(message.kind === 'request' ? message : undefined, flow, routed);
        return undefined;
    }
  }

  /** A request that came to its user's home may be about what another edge has. */
  mayBeOthers(request: SipRequest, flow: Flow): boolean {
    return !isForOwner(request, flow, this.#routing);
  }

  /** Passes a request on to the edge that has what it is about; false if that edge is not there. */
  giveToOwner(request: SipRequest, flow: Flow, owner: string): boolean {
    if (!this.#options.neighbours.isAlive(owner)) return false;
    const routed = routeToOwner(request, flow, owner, this.#routing);
    if (routed.kind === 'edge') return this.#sendTo(routed.edge, routed.message);
    if (routed.kind === 'refused') this.#refuse(request, flow, routed);
    return true;
  }

  /** Who asks may ask again. */
  refuse(request: SipRequest, flow: Flow): void {
    this.#refuse(request, flow, { status: 503, reason: 'Service Unavailable' });
  }

  /** Passed on, it would come to the user's home from us, as if from a core. */
  #isStrangersRegister(message: SipMessage, flow: Flow): boolean {
    const isRegister = message.kind === 'request' && message.method === 'REGISTER';
    return this.#options.isByCore && isRegister && !this.#options.isTrusted(flow);
  }

  #refuse(
    request: SipRequest | undefined,
    flow: Flow,
    refusal: { readonly status: number; readonly reason: string },
  ): void {
    const bytes = refusalBytes({ ...refusal, ...(request && { request }) });
    if (bytes !== undefined) this.#sendBytes(bytes, flowTarget(flow));
  }

  /** RFC 5626 5.3.1: whoever asks a client whose connection is gone is told at once, and need not wait for it. */
  #sendToClient(
    message: SipMessage,
    target: Target,
    from: { readonly message: SipMessage; readonly flow: Flow },
  ): void {
    this.#options.sip.send(printMessage(message), target, () => {
      this.#options.neighbours.unreached(target);
      const request = from.message.kind === 'request' ? from.message : undefined;
      this.#refuse(request, from.flow, { status: 430, reason: 'Flow Failed' });
    });
  }

  /** False if that edge is not there. */
  #sendTo(edge: string, message: SipMessage): boolean {
    const place = this.#options.neighbours.placeOf(edge);
    if (place === undefined) return false;
    this.#send(message, { transport: 'tcp', host: place.host, port: place.sipPort });
    return true;
  }

  #send(message: SipMessage, target: Target): void {
    this.#sendBytes(printMessage(message), target);
  }

  /** What can't be sent is sent again by whoever waits for an answer. */
  #sendBytes(bytes: Uint8Array, target: Target): void {
    this.#options.sip.send(bytes, target, () => this.#options.neighbours.unreached(target));
  }
}

/** The way back over the connection that something came by. */
export function flowTarget({ transport, host, port, id }: Flow): Target {
  return { transport, host, port, flow: id };
}
