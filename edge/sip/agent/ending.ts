/**
 * How calls end from our side: BYE where there is a dialog, CANCEL or a refusal before that, and BYE only after the ACK
 * (RFC 3261 15). After `bye` the owner hears nothing more of the dialog but the answer to the BYE.
 */
import type { DialogLoss, DialogState } from '../effect.ts';
import type { Header } from '../message.ts';
import { type Core, emit, forget, sendWithin, startTimer, stopTimer } from './core.ts';
import { timeoutMs } from './transaction/timer.ts';
import type { Call, Usage } from './usage.ts';

/** The owner is done with a dialog. Answers the handle that the BYE's response will have, if there is a BYE. */
export function sayGoodbye(
  core: Core,
  usage: Usage,
  headers: readonly Header[],
): string | undefined {
  if (usage.kind !== 'call') {
    forget(core, usage);
    return undefined;
  }
  switch (usage.phase) {
    case 'inviting':
      giveUp(core, usage, headers, true);
      return undefined;
    case 'offered':
      refuseOffer(core, usage, headers);
      return undefined;
    case 'answered':
      // RFC 3261 15: no BYE before the ACK of our 2xx, or before it is clear that none will come.
      usage.bye ??= { owner: core.newOwner(), headers };
      return usage.bye.owner;
    default:
      return endByBye(core, usage, headers, core.newOwner());
  }
}

/** RFC 3261 9.1: cancels an INVITE of ours, but not before a provisional has come. */
export function giveUp(
  core: Core,
  call: Call,
  headers: readonly Header[],
  isAbandoned: boolean,
): void {
  const { outgoing } = call;
  if (outgoing === undefined) return;
  const isFirst = outgoing.cancel === undefined;
  call.outgoing = {
    ...outgoing,
    cancel: outgoing.cancel ?? headers,
    isAbandoned: outgoing.isAbandoned || isAbandoned,
  };
  if (isFirst && outgoing.hasProvisional) sendCancel(core, call, outgoing.transaction, headers);
}

/** Sends the CANCEL of an INVITE. */
export function sendCancel(
  core: Core,
  call: Call,
  transaction: string,
  headers: readonly Header[],
): void {
  stopTimer(core, call, 'ringing');
  core.clients.cancel(transaction, headers);
  // RFC 3261 9.1: without a final answer in 64*T1 the INVITE counts as cancelled.
  startTimer(core, call, 'cancel', timeoutMs(core.settings.timers));
}

/** A callee can't send BYE in an early dialog (RFC 3261 15): the INVITE is refused. */
function refuseOffer(core: Core, call: Call, headers: readonly Header[]): void {
  core.servers.respondTo(call.incoming, { status: 480, headers });
  forget(core, call);
}

/** Sends the BYE of a dialog and forgets it. `owner` waits for the answer, if somebody does. */
export function endByBye(
  core: Core,
  call: Call,
  headers: readonly Header[],
  owner: string | undefined,
): string | undefined {
  sendWithin(core, call, { method: 'BYE', headers }, () =>
    owner === undefined ? { kind: 'silent' } : { kind: 'owner', owner, dialog: call.handle },
  );
  forget(core, call);
  return owner;
}

/** A dialog is over without anybody's BYE; a call gets ours. The owner of a BYE that waits needs no news but its answer. */
export function lose(core: Core, usage: Usage, loss: DialogLoss): void {
  if (usage.kind === 'call' && sendWaitingBye(core, usage)) return;
  if (usage.kind === 'call') endByBye(core, usage, [], undefined);
  else forget(core, usage);
  emit(core, { kind: 'dialog-lost', dialog: usage.handle, loss });
}

/** Sends the BYE that has waited for an ACK, if there is one. */
export function sendWaitingBye(core: Core, call: Call): boolean {
  const { bye } = call;
  if (bye === undefined) return false;
  call.bye = undefined;
  endByBye(core, call, bye.headers, bye.owner);
  return true;
}

/** BYE for a dialog that nobody keeps: the 2xx of a fork that isn't wanted. */
export function byeUnwanted(core: Core, call: Call, dialog: DialogState): void {
  call.dialog = dialog;
  endByBye(core, call, [], undefined);
}
