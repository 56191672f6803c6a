/** What differs between sessions of groups and sessions between two users, at the edge; what the functions decide differs in their core. */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import type { Header } from '../sip/message.ts';
import type { InvitationPlan } from './client-invitation.ts';
import type { Desk } from './desk.ts';
import { groupSession } from './group-session.ts';
import { oneToOneSession } from './one-to-one-session.ts';

export type SessionKind = {
  /** Where a client is told its session is. */
  readonly contact: (desk: Desk, group: GroupInfo) => Header;
  /** Headers of an INVITE to a client, but for those of its device and its body. */
  readonly headers: (desk: Desk, plan: InvitationPlan) => readonly Header[];
  readonly body: (
    desk: Desk,
    plan: InvitationPlan,
    sdp: Uint8Array,
  ) => { readonly headers: readonly Header[]; readonly body: Uint8Array };
  /** The participants are followed at the focus, told to clients and kept when the session ends. */
  readonly hasRoster: boolean;
  /** What waits comes in a session of its own that ends with its last message, whether the other side's session goes on or not. */
  readonly isDeliveredApart: boolean;
};

export function kindOf({ kind }: GroupInfo): SessionKind {
  return kind === undefined ? groupSession : oneToOneSession;
}
