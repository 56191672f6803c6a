/**
 * Goes on with the session of a client that another edge has handed over: a re-INVITE within its dialog gives it a new path for its media.
 * A client that can't be reached so is lost, and invited at its present registration like any other.
 */
import type { StoredDialog } from '../../shared/core/participation/event.ts';
import { parseAddress } from '../sip/address.ts';
import type { DialogState } from '../sip/effect.ts';
import { param } from '../sip/params.ts';
import { parseUri } from '../sip/uri.ts';
import { clientContact } from './contact.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { mediaOf, sdpType } from './invitation-text.ts';
import { rereadMaxMs, restoreAnswerMs, sequenceGap } from './limit.ts';
import type { Participant } from './participant.ts';

/** Takes a client's session up; `client` is its dialog as the other edge had it. */
export function restoreClient(
  desk: Desk,
  participant: Participant,
  client: StoredDialog,
  nowMs: number,
): void {
  const state = client as DialogState;
  const leg = participant.client.newLeg();
  const contact = clientContact(desk, participant);
  const dialog = desk.agent.restore({
    ...state,
    localSequence: state.localSequence + sequenceGap,
  });
  participant.clientJoined(nowMs, { dialog, leg, contact, instance: participant.instance });
  participant.departure.isAwaited = true;
  const isCurrent = (): boolean => participant.client.leg === leg;
  const lost = (atMs: number): void => {
    if (!isCurrent()) return;
    participant.client.hangUp(atMs, [], () => {});
    participant.departure.lost(atMs, 'unreachable');
  };
  const reinvite = (atMs: number, binding: Binding): void => {
    desk.agent.redirect(dialog, { routes: restoredRoutes(state, binding), target: binding.target });
    const transaction = desk.agent.reinvite(atMs, dialog, {
      headers: [contact, { name: 'Content-Type', value: sdpType }],
      body: leg.offer('sendrecv', participant.group),
    });
    const timer = `restored/${desk.nextNumber()}`;
    desk.setTimer(timer, restoreAnswerMs, lost);
    desk.onResponse(transaction, (laterMs, { status, response }) => {
      desk.clearTimer(timer);
      const answer = response && status < 300 ? mediaOf(response) : undefined;
      if (answer?.kind !== 'media' || !isCurrent()) lost(laterMs);
      else leg.complete(laterMs, answer.media);
    });
  };
  const find = (): void =>
    desk.findClients(participant.name.user, (atMs, found) => {
      if (!isCurrent()) return;
      if (found === undefined) {
        desk.setTimer(`restore/${desk.nextNumber()}`, rereadMaxMs, find);
        return;
      }
      const known = participant.eligible(found.bindings);
      const binding = known.find(({ contact: uri }) => uri === state.remoteTarget) ?? known[0];
      if (binding === undefined) lost(atMs);
      else reinvite(atMs, binding);
    });
  find();
}

/** The way to the client: over the edge that it is connected to now, and on by the proxies that have recorded themselves. */
export function restoredRoutes(
  { routes }: Pick<DialogState, 'routes'>,
  { path = [] }: Pick<Binding, 'path'>,
): readonly string[] {
  const edges = path.filter(isEdge).map((uri) => `<${uri}>`);
  return [...edges, ...routes.filter((route) => !isEdge(parseAddress(route)?.uri ?? ''))];
}

function isEdge(uri: string): boolean {
  const parsed = parseUri(uri);
  return parsed !== undefined && param(parsed.params, 'edge') !== undefined;
}
