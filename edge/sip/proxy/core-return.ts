/**
 * Requests of ours for a user that an IMS core brings back to us: its filter criteria see a request for the user, and can't tell that we
 * have made it (3GPP TS 24.229 5.4.3.3). As a proxy would, we send it on unchanged along the route that the core has given it (5.7.4), and
 * its answers back. Whatever else a core sends is not for this file.
 */

import { parseAddress } from '../address.ts';
import { nextHop, viaTransport } from '../agent/target.ts';
import type { Flow, Target } from '../effect.ts';
import { header, headerValues, withHeader } from '../header.ts';
import { returnedRequestsMax } from '../limit.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message.ts';
import { param } from '../params.ts';
import { toTag } from '../tags.ts';
import { parseVia, printVia, topVia, type Via } from '../via.ts';
import { flowToken, targetOfToken } from './flow-token.ts';

export type CoreReturnOptions = {
  /** Where other servers reach this edge. */
  readonly host: string;
  readonly port: number;
  /** An address that requests of ours come from: this edge's, or another's. */
  readonly isOurs: (host: string, port: number) => boolean;
  readonly isTrusted: (flow: Flow) => boolean;
};

export type Returned =
  | { readonly kind: 'passed'; readonly message: SipMessage; readonly target: Target }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

const wayBack = 'back';
const cookie = 'z9hG4bK';

export class CoreReturn {
  readonly #options: CoreReturnOptions;
  /** Where requests have gone on, by the branch that they came with; oldest first. */
  readonly #ways = new Map<string, Target>();

  constructor(options: CoreReturnOptions) {
    this.#options = options;
  }

  /** What becomes of a message that was brought back, or answers one; undefined for all others. */
  take(message: SipMessage, flow: Flow): Returned | undefined {
    if (message.kind === 'response') return this.#answer(message);
    if (!this.#options.isTrusted(flow)) return undefined;
    const branch = param(topVia(message)?.params ?? [], 'branch') ?? '';
    // RFC 3261 9.1, 17.1.1.3: the CANCEL, and the ACK of a refusal, have only the branch of their INVITE.
    const known = this.#ways.get(branch);
    if (known !== undefined) return this.#pass(message, flow, branch, known);
    if (!this.#isReturned(message)) return undefined;
    const target = this.#next(message, flow);
    if (target === undefined) return { kind: 'refused', status: 482, reason: 'Loop Detected' };
    this.#remember(branch, target);
    return this.#pass(message, flow, branch, target);
  }

  #isReturned(request: SipRequest): boolean {
    if (toTag(request) !== undefined) return false;
    return headerValues(request, 'Via')
      .slice(1)
      .some((value) => this.#isOurs(parseVia(value)));
  }

  /** Ours is what one of our agents has made; the way between edges has marked what only passed by. */
  #isOurs(via: Via | undefined): boolean {
    if (via === undefined || param(via.params, 'edge') !== undefined) return false;
    return this.#options.isOurs(via.host, via.port ?? 5060);
  }

  /** The hop behind us: without one it would come back for ever. */
  #next(request: SipRequest, { transport }: Flow): Target | undefined {
    const route = parseAddress(headerValues(request, 'Route')[1] ?? '');
    return route && nextHop({ transport, host: '', port: 0 }, route.uri);
  }

  #pass(request: SipRequest, flow: Flow, branch: string, target: Target): Returned {
    const hops = Number(header(request, 'Max-Forwards') ?? '70');
    if (hops <= 0) return { kind: 'refused', status: 483, reason: 'Too Many Hops' };
    const { host, port } = this.#options;
    const via = printVia({
      protocol: 'SIP/2.0',
      transport: viaTransport(target.transport),
      host,
      port,
      params: [
        { name: 'branch', value: `${cookie}-back-${branch.replace(cookie, '')}` },
        { name: wayBack, value: flowToken(flow) },
      ],
    });
    const routes = headerValues(request, 'Route').slice(1);
    const counted = withHeader(request, 'Max-Forwards', String(hops - 1));
    const routed = routes.length === 0 ? counted : withHeader(counted, 'Route', routes.join(', '));
    const headers = [{ name: 'Via', value: via }, ...routed.headers];
    return { kind: 'passed', message: { ...routed, headers }, target };
  }

  #answer(response: SipResponse): Returned | undefined {
    const via = topVia(response);
    const token = via && param(via.params, wayBack);
    const { host, port } = this.#options;
    const target = token === undefined ? undefined : targetOfToken(token);
    if (target === undefined || via?.host !== host || via.port !== port) return undefined;
    // Whom we have had a request from was trusted: whoever names somebody else has made the way up.
    if (!this.#options.isTrusted({ ...target, id: target.flow })) return undefined;
    const [, ...rest] = headerValues(response, 'Via');
    return { kind: 'passed', message: withHeader(response, 'Via', rest.join(', ')), target };
  }

  #remember(branch: string, target: Target): void {
    if (branch === '') return;
    this.#ways.set(branch, target);
    const [oldest] = this.#ways.keys();
    if (this.#ways.size > returnedRequestsMax && oldest !== undefined) this.#ways.delete(oldest);
  }
}
