/** Session refreshes by the agent itself (RFC 4028 7.4, 10): by UPDATE where the other side knows it, otherwise by re-INVITE. */
import type { ClientReport } from './clients.ts';
import { type Core, hasRoom, sendWithin } from './core.ts';
import type { Purpose } from './purpose.ts';
import { afterRefusal, startReinvite } from './reinvite.ts';
import { refreshLater, settleSession } from './session-run.ts';
import { acceptedSession, minimum, offerSession } from './session-timer.ts';
import type { Call } from './usage.ts';

/** It is time to refresh the session. */
export function refreshSession(core: Core, call: Call): void {
  if (!hasRoom(core)) refreshLater(core, call);
  else if (call.peerUpdates) update(core, call, 0);
  else reinvite(core, call);
}

/** The outcome of an UPDATE. */
export function onRefresh(
  core: Core,
  { outcome }: ClientReport,
  purpose: Extract<Purpose, { kind: 'refresh' }>,
): void {
  const call = core.dialogs.call(purpose.call);
  if (call === undefined) return;
  if (outcome.kind === 'failed') {
    afterRefusal(core, call, outcome.status, true);
    return;
  }
  const { response } = outcome;
  const { status } = response;
  if (status < 200) return;
  if (status < 300) settleSession(core, call, acceptedSession(response));
  else if (status === 422 && !purpose.isRaised) update(core, call, minimum(response));
  else if (status === 405 || status === 501) {
    call.peerUpdates = false;
    reinvite(core, call);
  } else afterRefusal(core, call, status, true);
}

function update(core: Core, call: Call, floorS: number): void {
  const headers = offerSession(core.settings, call.session, floorS);
  sendWithin(core, call, { method: 'UPDATE', headers }, () => ({
    kind: 'refresh',
    call: call.handle,
    isRaised: floorS > 0,
  }));
}

/** RFC 4028 7.4: the same session description again. Without one, or with an INVITE under way, the next turn will do. */
function reinvite(core: Core, call: Call): void {
  const { description } = call;
  const headers = [{ name: 'Content-Type', value: 'application/sdp' }];
  const isStarted =
    description !== undefined &&
    startReinvite(core, call, { headers, body: description }, undefined);
  if (!isStarted) refreshLater(core, call);
}
