/** A call that stands, with a peer written by hand at its other end. */
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest, SipResponse } from '../../../../edge/sip/message.ts';
import { fromTag, toTag } from '../../../../edge/sip/tags.ts';
import { answerDraft, at, inviteDraft } from './draft.ts';
import { Peer, type Written, written } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

export const a = '10.0.0.1';
export const b = '10.0.0.2';
export const contact = `Contact: <sip:b@${b}:5060>`;

/** Our INVITE has been answered by the peer. */
export function calling(options: Partial<UserAgentOptions> = {}, more: readonly string[] = []) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  const dialog = side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  world.run(2);
  const invite = peer.requests('INVITE')[0];
  if (invite === undefined) throw new Error('no INVITE');
  peer.answer(a, invite, 200, [contact, ...more]);
  world.run(2);
  const tags = { callId: header(invite, 'Call-ID') ?? '', toTag: fromTag(invite), fromTag: 'peer' };
  return standing(world, side, peer, { dialog, tags });
}

/** The peer's INVITE has been answered by us. */
export function called(options: Partial<UserAgentOptions> = {}, more: readonly string[] = []) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  peer.send(a, written('INVITE', b, a, { more }));
  const { dialog } = side.last('invite');
  side.do((agent, now) => agent.respond(now, dialog, answerDraft(a)));
  world.run(2);
  const answer = peer.responses().at(-1);
  const ownTag = answer && toTag(answer);
  peer.send(a, written('ACK', b, a, { toTag: ownTag }));
  return { ...standing(world, side, peer, { dialog, tags: { toTag: ownTag } }), first: answer };
}

function standing(
  world: World,
  side: Side,
  peer: Peer,
  { dialog, tags }: { readonly dialog: string; readonly tags: Written },
) {
  side.events.length = 0;
  peer.received.length = 0;
  /** The peer sends a request within the dialog. */
  const send = (method: string, parts: Written & { readonly body?: string } = {}) => {
    const { body = '', ...rest } = parts;
    peer.send(a, written(method, b, a, { ...tags, sequence: 10, ...rest }), { body });
  };
  /** The last request that the peer got. */
  const asked = (method: string): SipRequest => {
    const request = peer.requests(method).at(-1);
    if (request === undefined) throw new Error(`no ${method}`);
    return request;
  };
  const answered = (): SipResponse => {
    const response = peer.responses().at(-1);
    if (response === undefined) throw new Error('no response');
    return response;
  };
  const answer = (method: string, status: number, more: readonly string[] = [contact]) =>
    peer.answer(a, asked(method), status, more);
  const got = () => peer.received.map((message) => nameOf({ message }));
  return { world, side, peer, dialog, tags, send, asked, answered, answer, got };
}
