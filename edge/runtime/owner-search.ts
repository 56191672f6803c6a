/**
 * Users move when edges come and go, what an edge has begun for them stays there. So before the user's home takes a request that begins
 * something, it looks whether another edge that lives has what the request is about, and that edge gets it (design 7). What an edge has had
 * that is gone, or about to go, waits until somebody has taken it over.
 */
import { participationPrefix, userPartition } from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import {
  notificationsName,
  oneToOneName,
  standaloneName,
} from '../../shared/core/participation/kind.ts';
import type { Participation } from '../../shared/core/participation/state.ts';
import type { Store } from '../../shared/ports/store.ts';
import { parseAddress } from '../sip/address.ts';
import { contributionIdOf } from '../sip/contribution-id.ts';
import { header } from '../sip/header.ts';
import { assertedUser, originatingUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord, sameUri } from '../sip/uri.ts';
import { ownerPollMs, ownerWaitMs, userItemsMax } from './limit.ts';
import type { Neighbours } from './neighbours.ts';

export type OwnerSearchOptions = {
  readonly edge: string;
  readonly store: Store;
  readonly neighbours: Pick<Neighbours, 'isStaying'>;
};

/** Whose participation it is, and which. */
type Subject = { readonly user: string; readonly fits: (state: Participation) => boolean };

export class OwnerSearch {
  readonly #options: OwnerSearchOptions;

  constructor(options: OwnerSearchOptions) {
    this.#options = options;
  }

  /** The other edge that has what a request is about; undefined if it is this one's to take. Rejects if that can't be known in time. */
  async find(request: SipRequest, isPeer: boolean): Promise<string | undefined> {
    const subject = subjectOf(request, isPeer);
    if (subject === undefined) return undefined;
    const untilMs = performance.now() + ownerWaitMs;
    for (;;) {
      const owner = await this.#owner(subject);
      if (owner === undefined || this.#options.neighbours.isStaying(owner)) return owner;
      if (performance.now() > untilMs)
        throw new Error('what a lost edge had is not taken over yet');
      await new Promise((resolve) => setTimeout(resolve, ownerPollMs));
    }
  }

  async #owner({ user, fits }: Subject): Promise<string | undefined> {
    const { store, edge } = this.#options;
    const items = await store.list(userPartition(user), participationPrefix, {
      limit: userItemsMax,
    });
    const states = items.map((item) => (item.data as ParticipationRecord).state);
    const owners = states.filter(fits).map((state) => state.edge);
    return owners.find((owner) => owner !== undefined && owner !== edge);
  }
}

function subjectOf(request: SipRequest, isPeer: boolean): Subject | undefined {
  const called = addressOfRecord(request.uri);
  // Only searched with here: whose request it is will be seen where it is taken.
  const caller = isPeer
    ? assertedUser(request)
    : (originatingUser(request) ?? addressIn(request, 'From'));
  if (request.method === 'MESSAGE') {
    return called === undefined ? undefined : { user: called, fits: isMailOf(called, caller) };
  }
  const user = isPeer ? called : caller;
  const other = isPeer ? caller : called;
  if (user === undefined) return undefined;
  const contributionId = contributionIdOf(request);
  const between = other === undefined ? undefined : oneToOneName(user, other).contributionId;
  const isSubscribe = request.method === 'SUBSCRIBE';
  return {
    user,
    fits: (state) =>
      state.contributionId === contributionId ||
      state.contributionId === between ||
      (isSubscribe && sameUri(state.group.identity, request.uri)),
  };
}

function isMailOf(user: string, sender: string | undefined): (state: Participation) => boolean {
  const names = [standaloneName(user), ...(sender ? [notificationsName(user, sender)] : [])];
  const ids = new Set(names.map(({ contributionId }) => contributionId));
  return ({ contributionId }) => ids.has(contributionId);
}

function addressIn(request: SipRequest, name: string): string | undefined {
  const value = header(request, name);
  const uri = value === undefined ? undefined : parseAddress(value)?.uri;
  return uri === undefined ? undefined : addressOfRecord(uri);
}
