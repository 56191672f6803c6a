/**
 * The server transactions of a user agent: opens one for each new request, recognises repetitions, and carries out what the
 * machines in `transaction/` ask for. Answers are made here of the owner's drafts.
 */
import type { Flow, ResponseDraft, Target } from '../effect.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { param } from '../params.ts';
import { printMessage } from '../print.ts';
import { toTag } from '../tags.ts';
import { topVia, type Via } from '../via.ts';
import { buildResponse } from './build.ts';
import { namesOf } from './names.ts';
import type { AgentSettings } from './options.ts';
import type { Outbox } from './outbox.ts';
import { isReliable, responseTarget } from './target.ts';
import type { ServerEffect, ServerEvent } from './transaction/effect.ts';
import {
  type InviteServer,
  openInviteServer,
  stepInviteServer,
} from './transaction/invite-server.ts';
import {
  type NonInviteServer,
  openNonInviteServer,
  stepNonInviteServer,
} from './transaction/non-invite-server.ts';
import type { TimerLetter, Timing } from './transaction/timer.ts';

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteServer }
  | { readonly kind: 'other'; readonly state: NonInviteServer };

export type ServerTransaction = {
  readonly handle: string;
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly target: Target;
  /** The tag that we put in To. */
  readonly localTag: string;
  /** The dialog that the request came in or makes. */
  usage: string | undefined;
  machine: Machine;
};

export class ServerTransactions {
  readonly #settings: AgentSettings;
  readonly #outbox: Outbox;
  readonly #byKey = new Map<string, ServerTransaction>();
  readonly #byHandle = new Map<string, ServerTransaction>();
  readonly #merging = new Map<string, string>();
  #opened = 0;

  constructor(settings: AgentSettings, outbox: Outbox) {
    this.#settings = settings;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.#byHandle.size;
  }

  get(handle: string): ServerTransaction | undefined {
    return this.#byHandle.get(handle);
  }

  /** The transaction of a request that has come before, and of the INVITE of an ACK. */
  find(request: SipRequest): ServerTransaction | undefined {
    const via = topVia(request);
    return via && this.#byKey.get(transactionKey(request, via));
  }

  /** The INVITE that a CANCEL is for. */
  findInvite(cancel: SipRequest): ServerTransaction | undefined {
    return this.find({ ...cancel, method: 'INVITE' });
  }

  /** Whether this very request is under way already under another branch (RFC 3261 8.2.2.2). */
  isMerged(transaction: ServerTransaction): boolean {
    const { mergeKey, handle } = transaction;
    return mergeKey !== undefined && this.#merging.get(mergeKey) !== handle;
  }

  /** The transaction of a new request. `tag` is for a CANCEL, which answers with the tag of its INVITE (RFC 3261 9.2). */
  open(request: SipRequest, via: Via, flow: Flow, tag?: string): ServerTransaction {
    const handle = `s${++this.#opened}`;
    const { machine, effects } = this.#machine(request, flow);
    const localTag = toTag(request) ?? tag ?? `${this.#settings.name}${this.#settings.newToken()}`;
    const transaction: ServerTransaction = {
      handle,
      key: transactionKey(request, via),
      mergeKey: mergeKey(request),
      request,
      flow,
      target: responseTarget(via, flow),
      localTag,
      usage: undefined,
      machine,
    };
    this.#byKey.set(transaction.key, transaction);
    this.#byHandle.set(handle, transaction);
    if (transaction.mergeKey !== undefined && !this.#merging.has(transaction.mergeKey)) {
      this.#merging.set(transaction.mergeKey, handle);
    }
    for (const effect of effects) this.#carryOut(transaction, effect);
    return transaction;
  }

  /** Answers a request, unless a final response has been sent. */
  respond(transaction: ServerTransaction, draft: ResponseDraft): SipResponse {
    const { request, localTag } = transaction;
    const response = buildResponse(request, draft, localTag, this.#settings);
    this.step(transaction, { kind: 'respond', response });
    return response;
  }

  /** Answers the request that a handle names, if it still waits. */
  respondTo(handle: string | undefined, draft: ResponseDraft): void {
    const transaction = handle === undefined ? undefined : this.#byHandle.get(handle);
    if (transaction !== undefined) this.respond(transaction, draft);
  }

  /** Answers a request that gets no transaction. */
  respondStateless(request: SipRequest, flow: Flow, draft: ResponseDraft): void {
    const via = topVia(request);
    if (via === undefined) return;
    const tag = `${this.#settings.name}${this.#settings.newToken()}`;
    const response = buildResponse(request, draft, tag, this.#settings);
    this.#outbox.send(printMessage(response), responseTarget(via, flow), '');
  }

  /** A timer; answers the transaction if it has waited too long for its user. */
  timer(handle: string, timer: TimerLetter): ServerTransaction | undefined {
    const transaction = this.#byHandle.get(handle);
    if (transaction === undefined) return undefined;
    const isExpired = isUnanswered(transaction) && timer === 'answer';
    this.step(transaction, { kind: 'timer', timer });
    return isExpired ? transaction : undefined;
  }

  /** Feeds the machine of a transaction. */
  step(transaction: ServerTransaction, event: ServerEvent): void {
    const effects = advance(transaction, event);
    if (transaction.machine.state.phase === 'terminated') this.#drop(transaction);
    for (const effect of effects) this.#carryOut(transaction, effect);
  }

  #drop(transaction: ServerTransaction): void {
    this.#byKey.delete(transaction.key);
    this.#byHandle.delete(transaction.handle);
    if (transaction.mergeKey !== undefined && !this.isMerged(transaction)) {
      this.#merging.delete(transaction.mergeKey);
    }
  }

  #machine(
    request: SipRequest,
    flow: Flow,
  ): { machine: Machine; effects: readonly ServerEffect[] } {
    const timing: Timing = { ...this.#settings.timers, isReliable: isReliable(flow.transport) };
    if (request.method !== 'INVITE') {
      const { state, effects } = openNonInviteServer(timing);
      return { machine: { kind: 'other', state }, effects };
    }
    const trying = buildResponse(request, { status: 100 }, '', this.#settings);
    const { state, effects } = openInviteServer(timing, trying);
    return { machine: { kind: 'invite', state }, effects };
  }

  #carryOut(transaction: ServerTransaction, effect: ServerEffect): void {
    const { handle, target } = transaction;
    if (effect.kind === 'send-response') {
      this.#outbox.send(printMessage(effect.response), target, handle);
    } else if (effect.kind === 'start-timer') {
      this.#outbox.setTimer(`${handle}/${effect.timer}`, effect.delayMs);
    } else {
      this.#outbox.clearTimer(`${handle}/${effect.timer}`);
    }
  }
}

/** Whether no final response has been sent. */
export function isUnanswered({ machine }: ServerTransaction): boolean {
  const { phase } = machine.state;
  return phase === 'proceeding' || phase === 'trying';
}

function advance(transaction: ServerTransaction, event: ServerEvent): readonly ServerEffect[] {
  const { machine } = transaction;
  if (machine.kind === 'invite') {
    const { state, effects } = stepInviteServer(machine.state, event);
    transaction.machine = { kind: 'invite', state };
    return effects;
  }
  const { state, effects } = stepNonInviteServer(machine.state, event);
  transaction.machine = { kind: 'other', state };
  return effects;
}

/** RFC 3261 8.1.1.7: what branches that are unique begin with. */
const cookie = 'z9hg4bk';

/** RFC 3261 17.2.3: branch, sent-by and method; an ACK counts as its INVITE. */
function transactionKey(request: SipRequest, via: Via): string {
  const method = request.method === 'ACK' ? 'INVITE' : request.method;
  const branch = param(via.params, 'branch') ?? '';
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  if (branch.length > cookie.length && branch.toLowerCase().startsWith(cookie)) {
    return `${branch}\n${sentBy}\n${method}`;
  }
  // RFC 3261 17.2.3: without the cookie the peer follows RFC 2543, whose branches name nothing; the cookie alone names nothing either.
  const { callId, fromTag, sequence } = namesOf(request);
  return [callId, fromTag, sequence, request.uri, branch, sentBy, method].join('\n');
}

function mergeKey(request: SipRequest): string | undefined {
  const { callId, fromTag, toTag, sequence } = namesOf(request);
  return toTag === '' ? [callId, fromTag, sequence, request.method].join('\n') : undefined;
}
