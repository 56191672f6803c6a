/** Events of a client that is there, comes in or goes: answers to our INVITE, re-joins, leaving, acknowledgements. */
import { edgeOfCall } from './call.ts';
import type { LegEvent, ParticipationEvent } from './event.ts';
import { isGroup } from './kind.ts';
import type { Policy } from './policy.ts';
import type { Command, Decision, Participation } from './state.ts';
import { become, ignore, inNewEpoch, leave, withoutOwner } from './transition.ts';

type Presence = Extract<
  LegEvent,
  { kind: 'client-joined' | 'client-left' | 'client-refused' | 'progress' | 'rejoin' }
> &
  Pick<ParticipationEvent, 'atMs'>;

const requestPending = 491;
const unavailable = 503;

export function decidePresence(state: Participation, event: Presence, policy: Policy): Decision {
  switch (event.kind) {
    case 'client-joined':
      return clientJoined(state, event.instance);
    case 'client-left':
      return leave(state);
    case 'client-refused':
      return clientRefused(state, event, policy);
    case 'progress':
      return event.cursor > state.cursor
        ? become(state, { cursor: event.cursor, last: Math.max(state.last, event.cursor) })
        : ignore(state);
    case 'rejoin':
      return rejoin({ ...state, lastCall: event.call }, event);
  }
}

/** 001 8.3.2.9.1.2 1c: the client is back in. The device that accepts is the one to deliver to (PFT-070). */
function clientJoined(state: Participation, instance: string | undefined): Decision {
  const device = instance === undefined ? {} : { instance };
  const isActive = state.phase === 'reinviting' || state.phase === 'buffering';
  return become(state, {
    ...device,
    ...(isActive ? { phase: 'joined' as const } : {}),
    ...(state.phase === 'draining' ? { hasAccepted: true } : {}),
    isAvailableAgain: false,
  });
}

/**
 * Our INVITE has brought nobody in. That counts too where a re-join was accepted meanwhile: its session stood beside the INVITE, and
 * the edge tells of a refusal only if it is gone again.
 */
function clientRefused(
  state: Participation,
  { status, atMs }: Extract<Presence, { kind: 'client-refused' }>,
  policy: Policy,
): Decision {
  // 001 8.3.2.9.1.2 1d; decision D-19: 603 discards, and the focus's session is left if there is one. A loss that was reported before,
  // and is decided on only now, changes nothing in what the user wants.
  // Decision O-09: what one user has said to another is kept.
  if (policy.discardCodes.includes(status) && isGroup(state)) {
    return leave(state, state.phase === 'inactive' ? [] : [release(state, status)]);
  }
  const isRunning = state.phase === 'reinviting' || state.phase === 'joined';
  if (!isRunning && state.phase !== 'draining' && state.phase !== 'restarting')
    return ignore(state);
  // 001 8.3.2.9.1.2 1e: any other error keeps everything until the client is available again.
  if (state.isAvailableAgain) {
    const again: Participation = { ...state, isAvailableAgain: false };
    return become(again, {}, [command({ kind: 'invite-client' }, again)]);
  }
  if (state.phase === 'reinviting') return become(state, { phase: 'buffering' });
  if (state.phase === 'draining') return become(withoutOwner(state), { phase: 'inactive' });
  // Registrations were not asked for since the re-join.
  const search = [{ kind: 'find-registration', sinceMs: state.awaySinceMs } as const];
  if (!isRunning) return become(withoutOwner(state), { phase: 'inactive' }, search);
  return become(state, { phase: 'buffering', awaySinceMs: atMs }, search);
}

function rejoin(state: Participation, event: Extract<Presence, { kind: 'rejoin' }>): Decision {
  const device = event.instance === undefined ? {} : { instance: event.instance };
  const edge = edgeOfCall(event.call);
  // Design 7: the call is at an edge that has not got the participation, or not any more. The client may try again.
  if (edge !== undefined && state.edge !== undefined && edge !== state.edge) {
    return become(state, {}, [refuse(event.call, unavailable)]);
  }
  switch (state.phase) {
    case 'reinviting':
      // 001 8.3.2.9.1.4: one session only; our INVITE is out already. Between two users the newer session stays (NOTE 2).
      if (isGroup(state)) return become(state, {}, [refuse(event.call, requestPending)]);
      return comeIn(state, device, event.call);
    case 'inactive':
    case 'draining':
    case 'restarting': {
      const base = state.phase === 'inactive' ? inNewEpoch(state) : state;
      const owned = ownedBy(base, edge);
      const restarting: Participation = { ...owned, ...device, phase: 'restarting' };
      return become(restarting, {}, [accept(restarting, event.call)]);
    }
    default:
      return comeIn(state, device, event.call);
  }
}

function comeIn(
  state: Participation,
  device: Pick<Participation, 'instance'>,
  call: string,
): Decision {
  const joined: Participation = { ...state, ...device, phase: 'joined' };
  return become(joined, {}, [accept(joined, call)]);
}

/** Whoever holds the call acts for what nobody owned, so that it is taken over if that edge is lost. */
function ownedBy(state: Participation, edge: string | undefined): Participation {
  return state.edge !== undefined || edge === undefined ? state : { ...state, edge };
}

function refuse(call: string, status: number) {
  return { kind: 'command', command: { kind: 'refuse-rejoin', call, status } } as const;
}

function accept(participation: Participation, call: string) {
  return { kind: 'command', command: { kind: 'accept-rejoin', call, participation } } as const;
}

function release(participation: Participation, cause: number) {
  return { kind: 'command', command: { kind: 'release', participation, cause } } as const;
}

/** A command that carries the participation as it is. */
export function command(
  order: { readonly kind: 'invite-client' | 'invite-again' | 'restore' },
  participation: Participation,
): { readonly kind: 'command'; readonly command: Command } {
  return { kind: 'command', command: { ...order, participation } };
}
