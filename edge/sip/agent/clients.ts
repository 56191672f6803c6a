/**
 * The client transactions of a user agent: starts them, feeds the machines in `transaction/` and carries out what these ask for. What
 * a machine has for its user comes back as a `ClientReport`. A transaction is named by its branch, which no one else can know.
 */
import { cseq } from '../cseq.ts';
import type { Target } from '../effect.ts';
import { headerValues } from '../header.ts';
import type { Header, SipRequest, SipResponse } from '../message.ts';
import { param } from '../params.ts';
import { printMessage } from '../print.ts';
import { topVia } from '../via.ts';
import { ackOfRefusal, cancelOf } from './build.ts';
import { datagramBytesMax } from './limit.ts';
import type { AgentSettings } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { Purpose } from './purpose.ts';
import { isReliable, viaTransport } from './target.ts';
import type { ClientEffect, ClientEvent } from './transaction/effect.ts';
import {
  type InviteClient,
  newInviteClient,
  stepInviteClient,
} from './transaction/invite-client.ts';
import {
  type NonInviteClient,
  newNonInviteClient,
  stepNonInviteClient,
} from './transaction/non-invite-client.ts';
import type { TimerLetter } from './transaction/timer.ts';

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteClient }
  | { readonly kind: 'other'; readonly state: NonInviteClient };

export type ClientTransaction = {
  readonly handle: string;
  readonly purpose: Purpose;
  /** With its Via. */
  request: SipRequest;
  bytes: Uint8Array;
  target: Target;
  /** Where to try again if the transport that was chosen for the size of the request can't be had. */
  fallback: Target | undefined;
  machine: Machine;
};

/** Where the other side is meant to be reached: TCP that was taken only for the size of one request says nothing of that. */
export function intendedTarget({ fallback, target }: ClientTransaction): Target {
  return fallback ?? target;
}

export type ClientReport = {
  readonly transaction: ClientTransaction;
  readonly outcome:
    | { readonly kind: 'response'; readonly response: SipResponse }
    | { readonly kind: 'failed'; readonly status: 408 | 503 };
};

export class ClientTransactions {
  readonly #settings: AgentSettings;
  readonly #outbox: Outbox;
  readonly #byHandle = new Map<string, ClientTransaction>();

  constructor(settings: AgentSettings, outbox: Outbox) {
    this.#settings = settings;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.#byHandle.size;
  }

  has(response: SipResponse): boolean {
    return this.#find(response) !== undefined;
  }

  /** Starts the transaction of a request without Via; answers its handle. */
  start(request: SipRequest, target: Target, purpose: Purpose): string {
    const branch = this.#newBranch();
    const chosen = this.#chooseTransport(request, branch, target);
    this.#open(branch, purpose, chosen);
    return branch;
  }

  /** RFC 3261 9.1: cancels an INVITE, over its own Via. */
  cancel(handle: string, headers: readonly Header[]): void {
    const invite = this.#byHandle.get(handle);
    if (invite === undefined) return;
    const request = cancelOf(invite.request, headers);
    const carried = { request, bytes: printMessage(request), target: invite.target };
    this.#open(`${handle}/CANCEL`, { kind: 'silent' }, { ...carried, fallback: undefined });
  }

  /** Sends an ACK for a 2xx, which has a branch but no transaction (RFC 3261 13.2.2.4). Answers it with its Via. */
  acknowledge(request: SipRequest, target: Target): SipRequest {
    const ack = this.#withVia(request, this.#newBranch(), target);
    this.#outbox.send(printMessage(ack), target, '');
    return ack;
  }

  /** Forgets a transaction without a word to its user. */
  drop(handle: string): void {
    this.#byHandle.delete(handle);
  }

  /** A response; undefined if it belongs to no transaction, or tells its user nothing. */
  receive(response: SipResponse): ClientReport | undefined {
    const transaction = this.#find(response);
    // RFC 3261 8.1.3.3: a response with more than one Via has been misrouted.
    if (transaction === undefined || headerValues(response, 'Via').length > 1) return undefined;
    return this.#step(transaction, { kind: 'response', response });
  }

  /** A timer of a transaction. */
  timer(handle: string, timer: TimerLetter): ClientReport | undefined {
    const transaction = this.#byHandle.get(handle);
    return transaction && this.#step(transaction, { kind: 'timer', timer });
  }

  /** Nobody listens there any more; answers what that means to the users of the transactions whose requests went there. */
  unreachable(host: string, port: number): readonly ClientReport[] {
    return [...this.#byHandle.values()]
      .filter(({ target }) => target.host === host && target.port === port)
      .flatMap((transaction) => this.#step(transaction, { kind: 'unreachable' }) ?? []);
  }

  /** The request could not be sent. */
  sendFailed(handle: string): ClientReport | undefined {
    const transaction = this.#byHandle.get(handle);
    if (transaction === undefined) return undefined;
    const { fallback, machine } = transaction;
    if (fallback === undefined || !isWaiting(machine)) {
      return this.#step(transaction, { kind: 'send-failed' });
    }
    // RFC 3261 18.1.1: an attempt over TCP that was made only for the size is followed by one over UDP.
    for (const letter of ['B', 'F']) this.#outbox.clearTimer(`${handle}/${letter}`);
    const request = this.#withVia(withoutTopVia(transaction.request), handle, fallback);
    const carried = { request, bytes: printMessage(request), target: fallback };
    this.#open(handle, transaction.purpose, { ...carried, fallback: undefined });
    return undefined;
  }

  #open(
    handle: string,
    purpose: Purpose,
    carried: Pick<ClientTransaction, 'request' | 'bytes' | 'target' | 'fallback'>,
  ): void {
    const timing = {
      ...this.#settings.timers,
      isReliable: isReliable(carried.target.transport),
    };
    const machine: Machine =
      carried.request.method === 'INVITE'
        ? { kind: 'invite', state: newInviteClient(timing) }
        : { kind: 'other', state: newNonInviteClient(timing) };
    const transaction = { ...carried, handle, purpose, machine };
    this.#byHandle.set(handle, transaction);
    this.#step(transaction, { kind: 'start' });
  }

  #step(transaction: ClientTransaction, event: ClientEvent): ClientReport | undefined {
    const effects = advance(transaction, event);
    if (transaction.machine.state.phase === 'terminated') this.drop(transaction.handle);
    let report: ClientReport | undefined;
    for (const effect of effects) report = this.#carryOut(transaction, effect) ?? report;
    return report;
  }

  #carryOut(transaction: ClientTransaction, effect: ClientEffect): ClientReport | undefined {
    const { handle, target, request } = transaction;
    switch (effect.kind) {
      case 'send-request':
        this.#outbox.send(transaction.bytes, target, handle);
        return undefined;
      case 'send-ack':
        this.#outbox.send(printMessage(ackOfRefusal(request, effect.response)), target, handle);
        return undefined;
      case 'start-timer':
        this.#outbox.setTimer(`${handle}/${effect.timer}`, effect.delayMs);
        return undefined;
      case 'stop-timer':
        this.#outbox.clearTimer(`${handle}/${effect.timer}`);
        return undefined;
      case 'pass-response':
        return { transaction, outcome: { kind: 'response', response: effect.response } };
      case 'pass-failure':
        return { transaction, outcome: { kind: 'failed', status: effect.status } };
    }
  }

  /** RFC 3261 18.1.1: what is too long for a datagram goes over TCP to the same place. */
  #chooseTransport(
    request: SipRequest,
    branch: string,
    target: Target,
  ): Pick<ClientTransaction, 'request' | 'bytes' | 'target' | 'fallback'> {
    const carried = this.#withVia(request, branch, target);
    const bytes = printMessage(carried);
    if (target.transport !== 'udp' || bytes.length <= datagramBytesMax) {
      return { request: carried, bytes, target, fallback: undefined };
    }
    const stream: Target = { transport: 'tcp', host: target.host, port: target.port };
    const again = this.#withVia(request, branch, stream);
    return { request: again, bytes: printMessage(again), target: stream, fallback: target };
  }

  #withVia(request: SipRequest, branch: string, target: Target): SipRequest {
    const sentBy = this.#settings.sentBy(target.transport);
    const value = `SIP/2.0/${viaTransport(target.transport)} ${sentBy};branch=${branch};rport`;
    return { ...request, headers: [{ name: 'Via', value }, ...request.headers] };
  }

  #newBranch(): string {
    return `z9hG4bK${this.#settings.name}-${this.#settings.newToken()}`;
  }

  /** RFC 3261 17.1.3: by the branch of the top Via and the method in CSeq. */
  #find(response: SipResponse): ClientTransaction | undefined {
    const branch = param(topVia(response)?.params ?? [], 'branch');
    const method = cseq(response)?.method;
    if (branch === undefined || method === undefined) return undefined;
    const found = this.#byHandle.get(method === 'CANCEL' ? `${branch}/CANCEL` : branch);
    return found?.request.method === method ? found : undefined;
  }
}

function advance(transaction: ClientTransaction, event: ClientEvent): readonly ClientEffect[] {
  const { machine } = transaction;
  if (machine.kind === 'invite') {
    const { state, effects } = stepInviteClient(machine.state, event);
    transaction.machine = { kind: 'invite', state };
    return effects;
  }
  const { state, effects } = stepNonInviteClient(machine.state, event);
  transaction.machine = { kind: 'other', state };
  return effects;
}

function isWaiting(machine: Machine): boolean {
  return machine.state.phase === 'calling' || machine.state.phase === 'trying';
}

function withoutTopVia(request: SipRequest): SipRequest {
  return { ...request, headers: request.headers.slice(1) };
}
