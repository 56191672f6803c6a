/**
 * What the observer knows of an edge from its outside: which answers of clients it has heard, and which users have left it. It listens at
 * the doors of the machines and changes nothing.
 */
import type { MachineParts } from '../../edge/runtime/machines.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { header } from '../../edge/sip/header.ts';
import type { SipRequest } from '../../edge/sip/message.ts';
import { segmentKey } from '../../shared/core/key.ts';
import type { EdgeProcess } from './edge-process.ts';
import { domain } from './hosts.ts';
import type { Ledger } from './ledger.ts';
import type { Simulation } from './simulation.ts';

export type Left = (key: string) => void;

const declined = 603;
/** Reports of a session of the focus that goes on. */
const running: ReadonlySet<string> = new Set(['opened', 'focus-joined', 'restarted']);
/** Reports after which nobody waits for the session to be left. */
const settling: ReadonlySet<string> = new Set(['opened', 'client-joined', 'focus-ended']);

type Told = { readonly kind: string; readonly status?: number };

/** Listens to an edge. */
export function watchEdge(
  simulation: Simulation,
  edge: Pick<EdgeProcess, 'parts' | 'process'>,
  ledger: Ledger,
  left: Left,
): void {
  watchMedia(simulation, edge, ledger);
  watchCalls(edge.parts, left);
  watchDeclining(edge, ledger);
}

function watchMedia(
  simulation: Simulation,
  { parts, process }: Pick<EdgeProcess, 'parts' | 'process'>,
  ledger: Ledger,
): void {
  const { participating } = parts;
  const msrp = parts.msrp.participating;
  /** Message-IDs by session and reference. */
  const sent = new Map<string, string>();
  const send = msrp.send.bind(msrp);
  msrp.send = (nowMs, session, message) => {
    simulation.trace(
      () =>
        `${process.name} sends ${message.messageId} over ${session.slice(0, 6)} as ${message.reference}`,
    );
    sent.set(`${session} ${message.reference}`, message.messageId);
    ledger.passed(message.messageId);
    return send(nowMs, session, message);
  };
  const heard = participating.msrp.bind(participating);
  participating.msrp = (nowMs, event) => {
    if (event.kind === 'delivered') {
      const id = sent.get(`${event.session} ${event.reference}`);
      if (id !== undefined) ledger.heard(id, process);
    }
    return heard(nowMs, event);
  };
}

/** A user who has declined is out when the edge has left the focus's session, which the functions have to decide, or the focus has ended it. */
function watchDeclining(
  { parts, process }: Pick<EdgeProcess, 'parts' | 'process'>,
  ledger: Ledger,
): void {
  const { participating } = parts;
  const command = participating.command.bind(participating);
  participating.command = (nowMs, message) => {
    if (message.command.kind === 'release') ledger.settled(segmentKey(message.name));
    command(nowMs, message);
  };
  /** Sessions that the focus has ended. */
  const ended = new Set<string>();
  const told = (key: string, event: Told): void => {
    if (settling.has(event.kind)) ledger.settled(key);
    if (running.has(event.kind)) ended.delete(key);
    if (event.kind === 'focus-ended') ended.add(key);
    if (event.status === declined && !ended.has(key)) ledger.declined(key, process);
  };
  const drain = participating.drain.bind(participating);
  participating.drain = () => {
    const effects = drain();
    for (const effect of effects) {
      if (effect.kind === 'report') told(segmentKey(effect.name), effect.event);
    }
    return effects;
  };
}

/** A dialog with a client that nobody has given up yet. */
type Standing = {
  readonly key: string;
  readonly isCalled: boolean;
  /** Counts all dialogs. */
  readonly number: number;
  /** A re-join is accepted, though the focus may still be asked: how many dialogs there were then. */
  chosenAt: number;
};

function watchCalls(parts: MachineParts, left: Left): void {
  const standing = watchDialogs(parts);
  const { participating } = parts;
  const sip = participating.sip.bind(participating);
  participating.sip = (nowMs, event) => {
    const dialog = ('dialog' in event && event.dialog) || '';
    const { key, number = 0 } = standing.get(dialog) ?? {};
    if (event.kind === 'bye' || event.kind === 'cancelled') standing.delete(dialog);
    if (key !== undefined && isLeaving(event)) {
      // Who drops a delivery beside a session of their own choice has not left (decision O-12).
      const others = [...standing].filter(([other, one]) => other !== dialog && one.key === key);
      if (!others.some(([, { chosenAt }]) => chosenAt > number)) left(key);
    }
    return sip(nowMs, event);
  };
}

function isUnchosen({ chosenAt }: Standing): boolean {
  return chosenAt === 0;
}

function watchDialogs(parts: MachineParts): Map<string, Standing> {
  const { participating } = parts;
  const agent = parts.agents.participating;
  const standing = new Map<string, Standing>();
  const invited = new Map<string, Standing>();
  let count = 0;
  const stand = (dialog: string): void => {
    const invitation = invited.get(dialog);
    if (invitation !== undefined) standing.set(dialog, invitation);
  };
  const invite = agent.invite.bind(agent);
  agent.invite = (nowMs, draft, target) => {
    const dialog = invite(nowMs, draft, target);
    const of = (name: string): string =>
      draft.headers.find((one) => one.name === name)?.value.replace(/[<>]/g, '') ?? '';
    if (of('To').endsWith(domain)) {
      const key = `${of('To')}#${of('Contribution-ID')}`;
      invited.set(dialog, { key, isCalled: false, number: ++count, chosenAt: 0 });
      stand(dialog);
    }
    return dialog;
  };
  const cancel = agent.cancel.bind(agent);
  agent.cancel = (nowMs, dialog, headers) => {
    standing.delete(dialog);
    cancel(nowMs, dialog, headers);
  };
  const bye = agent.bye.bind(agent);
  agent.bye = (nowMs, dialog, headers) => {
    standing.delete(dialog);
    return bye(nowMs, dialog, headers);
  };
  const respond = agent.respond.bind(agent);
  agent.respond = (nowMs, handle, draft) => {
    const called = standing.get(handle);
    if (called !== undefined && draft.status >= 300) standing.delete(handle);
    else if (called?.isCalled === true && draft.status >= 200) called.chosenAt = count + 1;
    respond(nowMs, handle, draft);
  };
  const command = participating.command.bind(participating);
  participating.command = (nowMs, message) => {
    const key = segmentKey(message.name);
    const called = [...standing.values()].filter((one) => one.isCalled && one.key === key);
    const open = called.filter(isUnchosen);
    command(nowMs, message);
    // One that is not answered at once waits for the focus.
    const isWaiting = message.command.kind === 'accept-rejoin' && open.every(isUnchosen);
    for (const one of isWaiting ? open : []) one.chosenAt = count + 1;
  };
  const called = participating.invitedByClient.bind(participating);
  participating.invitedByClient = (nowMs, event, user) => {
    const key = `${user}#${header(event.request, 'Contribution-ID') ?? ''}`;
    standing.set(event.dialog, { key, isCalled: true, number: ++count, chosenAt: 0 });
    called(nowMs, event, user);
  };
  const sip = participating.sip.bind(participating);
  participating.sip = (nowMs, event) => {
    // Who accepts although the INVITE was given up may be taken all the same.
    if (event.kind === 'answered') stand(event.dialog);
    if (event.kind === 'dialog-lost') standing.delete(event.dialog);
    return sip(nowMs, event);
  };
  return standing;
}

function isLeaving(event: SipEvent): boolean {
  if (event.kind === 'refused') return event.status === declined;
  return event.kind === 'bye' && isVoluntary(event.request);
}

function isVoluntary(request: SipRequest): boolean {
  return /SIP\s*;.*cause=200\b/i.test(header(request, 'Reason') ?? '');
}
