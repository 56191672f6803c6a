/**
 * The re-start of an ended group session, in parallel with the delivery of what was missed (001 8.3.2.9.1.3, decision D-15): an
 * INVITE with the same Contribution-ID and the last known participants, to the conference factory for groups of our own, to the
 * host of the last Group Session Identity for others.
 */
import type { Desk } from './desk.ts';
import type { FocusInvite } from './focus-link.ts';
import { restartBody } from './invitation-text.ts';
import { bodyOfClient, type ClientCall } from './origination.ts';
import type { Participant } from './participant.ts';

/** Asks the focus; the outcome is reported, and the ending is told. */
export function restartGroup(desk: Desk, participant: Participant, nowMs: number): void {
  restart(participant, nowMs, restartInvite(desk, participant));
}

/** The INVITE that re-starts a group. */
export function restartInvite(desk: Desk, { group, roster }: Participant): FocusInvite {
  return {
    uri: restartUri(group.identity, desk.options.factoryUser),
    body: (sdp) => restartBody(sdp, roster, desk.options.newToken()),
  };
}

/** A user for whom something waits has called its sender: what waits comes first, and the sender is called in parallel. */
export function callPeer(
  desk: Desk,
  participant: Participant,
  { request }: ClientCall,
  nowMs: number,
): void {
  restart(participant, nowMs, {
    uri: request.uri,
    body: (sdp) => bodyOfClient(desk, request, sdp),
  });
}

function restart(participant: Participant, nowMs: number, invite: FocusInvite): void {
  const { group, ending } = participant;
  const link = participant.focus.newLink(nowMs, group.identity);
  ending.sessionEnded();
  ending.restartBegun();
  link.invite(nowMs, invite, {
    progress: () => {},
    answered: (atMs, _response, focus) => {
      participant.focus.admitted(atMs);
      participant.regrouped({ identity: link.identity });
      participant.report(atMs, { kind: 'restarted', identity: link.identity, focus });
      participant.rejoin.restarted(atMs);
      ending.restarted(atMs);
    },
    refused: (atMs, status) => {
      // The focus has invited meanwhile: the group runs.
      if (participant.focus.leg !== link.leg) return;
      const refusal = participant.rejoin.refused(atMs, status);
      if (refusal !== 'over') ending.restartFailed(atMs, status, refusal === 'told');
    },
  });
}

/** The factory at the host of a Group Session Identity. */
function restartUri(identity: string, factoryUser: string): string {
  return identity.replace(/^(sips?):(?:[^@]*@)?([^;?]*).*$/i, `$1:${factoryUser}@$2`);
}
