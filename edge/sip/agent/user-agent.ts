/**
 * The SIP user agent of one function: transactions, dialogs and session timers without I/O. It is given messages, timers and the
 * owner's wishes with the present time, and everything that has to happen is drained from it. This file is only the front: what is
 * done for each wish stands in the files beside it. Every request of the owner that has a handle gets exactly one `response`.
 */
import type {
  DialogState,
  Flow,
  RequestDraft,
  ResponseDraft,
  SipEffect,
  Target,
} from '../effect.ts';
import type { Header, SipMessage, SipRequest } from '../message.ts';
import {
  type Core,
  type DraftWithin,
  emitResponse,
  forget,
  hasDialogRoom,
  newCore,
} from './core.ts';
import { withoutConnection } from './dialog.ts';
import { onRequest } from './dispatch.ts';
import { giveUp, sayGoodbye } from './ending.ts';
import { settingsOf, type UserAgentOptions } from './options.ts';
import { startCall } from './outgoing-call.ts';
import { type ReinviteDraft, startReinvite } from './reinvite.ts';
import { onReport } from './reports.ts';
import { startRequest, startRequestWithin } from './requests.ts';
import { answerRequest } from './respond.ts';
import { acceptSubscription, startSubscription } from './subscriptions.ts';
import { stampVia } from './target.ts';
import { onTimer } from './timers.ts';
import { newCall } from './usage.ts';

export type { UserAgentOptions } from './options.ts';

export class UserAgent {
  readonly #core: Core;

  constructor(options: UserAgentOptions) {
    this.#core = newCore(settingsOf(options));
  }

  /** Transactions and dialogs at present. */
  get counts(): { readonly transactions: number; readonly dialogs: number } {
    const { clients, servers, dialogs } = this.#core;
    return { transactions: clients.size + servers.size, dialogs: dialogs.size };
  }

  /** A message from the network. */
  receive(_nowMs: number, message: SipMessage, flow: Flow): void {
    if (message.kind === 'request') onRequest(this.#core, stampVia(message, flow), flow);
    else onReport(this.#core, this.#core.clients.receive(message));
  }

  /** A timer that was set has run out. */
  timer(nowMs: number, timer: string): void {
    onTimer(this.#core, nowMs, timer);
  }

  /** The bytes of a `send-sip` could not be sent. */
  sendFailed(_nowMs: number, transaction: string): void {
    const { clients, servers } = this.#core;
    const server = servers.get(transaction);
    if (server === undefined) onReport(this.#core, clients.sendFailed(transaction));
    else servers.step(server, { kind: 'send-failed' });
  }

  /** Nobody listens there any more: what waits for an answer from there has failed (RFC 3261 8.1.3.1). */
  unreachable({ host, port }: Pick<Target, 'host' | 'port'>): void {
    for (const report of this.#core.clients.unreachable(host, port)) {
      onReport(this.#core, report);
    }
  }

  /** What has to happen since the last call, in order. */
  drain(): readonly SipEffect[] {
    return this.#core.outbox.drain();
  }

  /** Answers a request by its transaction, or the INVITE of a call by its dialog. Answers that come too late do nothing. */
  respond(nowMs: number, handle: string, draft: ResponseDraft): void {
    answerRequest(this.#core, nowMs, handle, draft);
  }

  /** Calls somebody; answers the dialog. News: `progress`, `answered`, `answered-again`, `refused`. */
  invite(_nowMs: number, draft: RequestDraft, target: Target): string {
    return startCall(this.#core, draft, target);
  }

  /** Gives an INVITE up, once RFC 3261 9.1 allows. A 2xx that crosses the CANCEL still comes as `answered`. */
  cancel(_nowMs: number, dialog: string, headers: readonly Header[] = []): void {
    const call = this.#core.dialogs.call(dialog);
    if (call !== undefined) giveUp(this.#core, call, headers, false);
  }

  /** Sends a request outside a dialog; answers the transaction of its `response`. */
  request(_nowMs: number, draft: RequestDraft, target: Target): string {
    return startRequest(this.#core, draft, target);
  }

  /** Sends a SUBSCRIBE; answers the dialog, which its `response` and the NOTIFYs name. */
  subscribe(_nowMs: number, draft: RequestDraft, target: Target): string {
    return startSubscription(this.#core, draft, target);
  }

  /** Answers a SUBSCRIBE with a 2xx; answers the dialog for NOTIFYs. */
  acceptSubscription(_nowMs: number, transaction: string, draft: ResponseDraft): string {
    return acceptSubscription(this.#core, this.#core.servers.get(transaction), draft);
  }

  /** Sends a request in a dialog; answers the transaction of its `response`. */
  requestInDialog(_nowMs: number, dialog: string, draft: DraftWithin): string {
    return startRequestWithin(this.#core, dialog, this.#core.dialogs.get(dialog), draft);
  }

  /** Sends a re-INVITE, when its turn has come; answers the transaction of its `response`. */
  reinvite(_nowMs: number, dialog: string, draft: ReinviteDraft): string {
    const core = this.#core;
    const call = core.dialogs.call(dialog);
    const owner = core.newOwner();
    const hasDialog = call?.phase === 'confirmed' || call?.phase === 'answered';
    if (!hasDialog) emitResponse(core, owner, { status: 481, dialog });
    else if (!startReinvite(core, call, draft, owner)) {
      emitResponse(core, owner, { status: 491, dialog });
    }
    return owner;
  }

  /**
   * Ends a call at whatever stage it is; from then on there is no news of it. Answers the transaction of the BYE's `response`, or
   * undefined where there is no BYE: before an answer a CANCEL or a refusal takes its place.
   */
  bye(_nowMs: number, dialog: string, headers: readonly Header[] = []): string | undefined {
    const usage = this.#core.dialogs.get(dialog);
    return usage && sayGoodbye(this.#core, usage, headers);
  }

  /** Forgets a dialog without a message. */
  end(_nowMs: number, dialog: string): void {
    const usage = this.#core.dialogs.get(dialog);
    if (usage !== undefined) forget(this.#core, usage);
  }

  /** The dialog as it can be kept elsewhere. */
  dialogState(dialog: string): DialogState | undefined {
    return this.#core.dialogs.get(dialog)?.dialog;
  }

  /** Takes up a call that was kept elsewhere; answers its dialog. Its connection is forgotten: see `redirect`. */
  restore(state: DialogState): string {
    const { dialogs } = this.#core;
    const known = dialogs.of(state);
    if (known !== undefined) return known.handle;
    const call = newCall(dialogs.newHandle(), 'confirmed');
    if (!hasDialogRoom(this.#core)) return call.handle;
    dialogs.add(call);
    dialogs.settle(call, withoutConnection(state));
    return call.handle;
  }

  /** Whether a request belongs to a dialog of this agent. */
  hasDialog(message: SipRequest): boolean {
    return this.#core.dialogs.find(message) !== undefined;
  }

  /** Whether a response, an ACK, a CANCEL or a repeated request belongs to a transaction of this agent. */
  hasTransaction(message: SipMessage): boolean {
    const { clients, servers } = this.#core;
    if (message.kind === 'response') return clients.has(message);
    const isCancel = message.method === 'CANCEL' && servers.findInvite(message) !== undefined;
    return isCancel || servers.find(message) !== undefined;
  }

  /** The other side is reached another way from now on. */
  redirect(dialog: string, way: Partial<Pick<DialogState, 'target' | 'routes'>>): void {
    const usage = this.#core.dialogs.get(dialog);
    if (usage?.dialog !== undefined) usage.dialog = { ...usage.dialog, ...way };
  }
}
