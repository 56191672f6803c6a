/** How a group session shows itself to a client: the Group Session Identity with `isfocus`, and the participants. */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import type { Header } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { invitationBody, tagParam } from './invitation-text.ts';
import type { SessionKind } from './session-kind.ts';

export const groupSession: SessionKind = {
  // Without isfocus a client takes the session for a 1-1 chat (decision C-07).
  contact,
  headers: (desk, { group, user }) => {
    const { featureTag } = desk.options;
    const hasTag = group.headers.some(
      ({ name, value }) => name === 'Accept-Contact' && value.includes('oma.cpm.session'),
    );
    return [
      { name: 'From', value: group.from },
      { name: 'To', value: `<${user}>` },
      contact(desk, group),
      ...group.headers,
      ...(hasTag ? [] : [{ name: 'Accept-Contact', value: `*;${tagParam(featureTag)}` }]),
    ];
  },
  body: (desk, { roster, first }, sdp) =>
    invitationBody(sdp, { roster, first }, desk.options.newToken()),
  hasRoster: true,
  isDeliveredApart: false,
};

function contact(desk: Desk, group: GroupInfo): Header {
  const tag = tagParam(desk.options.featureTag);
  return { name: 'Contact', value: `<${group.identity}>;isfocus;${tag}` };
}
