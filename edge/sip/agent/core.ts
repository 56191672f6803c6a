/** What the parts of a user agent share, and the small steps that all of them take. */
import type { DialogState, SipEvent } from '../effect.ts';
import { emptyBody, type Header, type SipRequest, type SipResponse } from '../message.ts';
import { fieldValue, withDefaults } from './build.ts';
import { ClientTransactions } from './clients.ts';
import { isTargetRefresh, requestWithin } from './dialog.ts';
import { Dialogs } from './dialogs.ts';
import type { AgentSettings } from './options.ts';
import { Outbox } from './outbox.ts';
import type { Purpose } from './purpose.ts';
import { ServerTransactions } from './servers.ts';
import type { Call, Usage } from './usage.ts';

export type Core = {
  readonly settings: AgentSettings;
  readonly outbox: Outbox;
  readonly clients: ClientTransactions;
  readonly servers: ServerTransactions;
  readonly dialogs: Dialogs;
  readonly newOwner: () => string;
};

export type DraftWithin = {
  readonly method: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
};

/** The parts of an agent that has nothing yet. */
export function newCore(settings: AgentSettings): Core {
  const outbox = new Outbox();
  let owners = 0;
  return {
    settings,
    outbox,
    clients: new ClientTransactions(settings, outbox),
    servers: new ServerTransactions(settings, outbox),
    dialogs: new Dialogs(),
    newOwner: () => `q${++owners}`,
  };
}

/** Whether another transaction has room. */
export function hasRoom({ settings, clients, servers }: Core): boolean {
  return clients.size + servers.size < settings.limits.transactionsMax;
}

/** Whether another dialog has room. */
export function hasDialogRoom(core: Core): boolean {
  return core.dialogs.size < core.settings.limits.dialogsMax;
}

/** News for the owner. */
export function emit(core: Core, event: SipEvent): void {
  core.outbox.emit(event);
}

/** The final answer to a request of the owner. */
export function emitResponse(
  core: Core,
  owner: string | undefined,
  outcome: { readonly status: number; readonly response?: SipResponse; readonly dialog?: string },
): void {
  if (owner !== undefined) emit(core, { kind: 'response', transaction: owner, ...outcome });
}

/** Sets a timer of a usage, in place of one of the same name. */
export function startTimer(core: Core, usage: Usage, name: string, delayMs: number): void {
  usage.timers.add(name);
  core.outbox.setTimer(`${usage.handle}/${name}`, delayMs);
}

/** Clears a timer of a usage if it is running. */
export function stopTimer(core: Core, usage: Usage, name: string): void {
  if (usage.timers.delete(name)) core.outbox.clearTimer(`${usage.handle}/${name}`);
}

/** Forgets a usage: its timers, its name, and, with 487, what waits for an answer in a call (RFC 3261 15.1.2). */
export function forget(core: Core, usage: Usage): void {
  for (const name of usage.timers) core.outbox.clearTimer(`${usage.handle}/${name}`);
  usage.timers.clear();
  core.dialogs.remove(usage);
  if (usage.kind === 'call') forgetCall(core, usage);
}

function forgetCall(core: Core, call: Call): void {
  const { handle: dialog, bye, reinvite, incoming, pending } = call;
  for (const waiting of [...pending, incoming]) core.servers.respondTo(waiting, { status: 487 });
  // Nothing will answer a BYE that waits for its ACK, or a re-INVITE that waits for its turn.
  if (bye !== undefined) emitResponse(core, bye.owner, { status: 481, dialog });
  if (reinvite !== undefined && reinvite.transaction === undefined) {
    emitResponse(core, reinvite.owner, { status: 481, dialog });
  }
  call.bye = undefined;
  call.reinvite = undefined;
}

/** Sends the next request of a dialog; answers its transaction, or undefined if there is no dialog yet. */
export function sendWithin(
  core: Core,
  usage: Usage,
  draft: DraftWithin,
  purposeOf: (dialog: DialogState) => Purpose,
): string | undefined {
  if (usage.dialog === undefined) return undefined;
  const contact = fieldValue(draft.headers, 'Contact');
  const dialog: DialogState = {
    ...usage.dialog,
    localSequence: usage.dialog.localSequence + 1,
    localContact: contact ?? usage.dialog.localContact,
  };
  usage.dialog = dialog;
  const request = buildWithin(core, dialog, draft);
  return core.clients.start(request, dialog.target, purposeOf(dialog));
}

/** A request of a dialog at its present sequence number, without Via. */
export function buildWithin(core: Core, dialog: DialogState, draft: DraftWithin): SipRequest {
  const { method } = draft;
  const { uri, headers } = requestWithin(dialog, method, dialog.localSequence);
  const own = [...headers, ...(draft.headers ?? [])];
  if (isTargetRefresh(method) && fieldValue(own, 'Contact') === undefined) {
    own.push({ name: 'Contact', value: dialog.localContact });
  }
  return {
    kind: 'request',
    method,
    uri,
    headers: withDefaults(own, method, core.settings),
    body: draft.body ?? emptyBody,
  };
}
