/** A REFER to a group: a member adds others (RFC 3515, RFC 5368). The roster says what becomes of them, not a subscription. */
import type { Desk } from './desk.ts';
import { unavailable } from './invitation.ts';
import type { InDialogRequest } from './leg.ts';
import { referredUsers } from './request.ts';

/** What a group lets a REFER see and do. */
export type Extensible = {
  readonly isClosed: boolean;
  readonly members: readonly string[];
  /** Makes the addition durable; `then` is told whether it is, and the group still runs. */
  readonly add: (
    nowMs: number,
    users: readonly string[],
    then: (nowMs: number, isAdded: boolean) => void,
  ) => void;
  /** Invites those who are not in the session. */
  readonly invite: (nowMs: number, users: readonly string[], inviter: string) => void;
};

/** Carries out a REFER of a user, or refuses it. */
export function refer(
  desk: Desk,
  group: Extensible,
  nowMs: number,
  asked: { readonly user: string; readonly event: InDialogRequest },
): void {
  const { user, event } = asked;
  const { transaction, request } = event;
  const users = referredUsers(request) ?? [];
  const fresh = users.filter((one) => !group.members.includes(one));
  const size = group.members.length + fresh.length;
  // FEAT-004: a closed group has the members that it began with.
  const isAllowed = !group.isClosed && group.members.includes(user);
  if (!isAllowed || size > desk.options.membersMax) {
    desk.agent.respond(nowMs, transaction, { status: 403 });
  } else if (users.length === 0) {
    desk.agent.respond(nowMs, transaction, { status: 400, reason: 'Nobody To Add' });
  } else {
    group.add(nowMs, fresh, (atMs, isAdded) => {
      // RFC 4488 4: the answer says that no subscription comes with it.
      const headers = [{ name: 'Refer-Sub', value: 'false' }];
      desk.agent.respond(atMs, transaction, isAdded ? { status: 202, headers } : unavailable);
      if (isAdded) group.invite(atMs, users, user);
    });
  }
}
