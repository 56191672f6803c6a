/** Given of the tests of subscriptions to the participants: bob in a group, away, and what his phone is told. */
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { readConference, rosterOf } from '../../../edge/xml/conference-info.ts';
import type { Client } from '../../kit/virtual/client.ts';
import { userUri, World } from '../../kit/virtual/world.ts';

export const alice = userUri('alice');
export const bob = userUri('bob');
export const carol = userUri('carol');

/** Bob's phone has joined the group `c1` of the focus. */
export async function joined(): Promise<{ world: World; phone: Client }> {
  const world = new World();
  const phone = world.client('phone', 'bob');
  phone.register();
  await world.run(100);
  world.focus.open({ user: bob, contributionId: 'c1', members: [alice, bob] });
  await world.run(100);
  return { world, phone };
}

/** Bob's phone is lost, messages wait, and what it is sent stays unanswered. */
export async function away(
  texts: readonly string[] = ['one', 'two'],
): Promise<{ world: World; phone: Client }> {
  const { world, phone } = await joined();
  phone.restart();
  phone.talk.got.length = 0;
  await world.run(100);
  for (const text of texts) world.focus.say(text);
  await world.run(100);
  world.focus.notify([alice, bob, carol]);
  await world.run(100);
  phone.manners.message = 'leave';
  return { world, phone };
}

/** The same after the focus has ended the session. */
export async function ended(): Promise<{ world: World; phone: Client }> {
  const { world, phone } = await away();
  world.focus.bye();
  await world.run(100);
  return { world, phone };
}

export type Told = {
  readonly state: string;
  readonly version: number;
  readonly users: readonly string[];
  readonly entity: string;
};

/** What the phone's NOTIFYs say. */
export function told(phone: Client): readonly Told[] {
  return phone.requests.filter(({ method }) => method === 'NOTIFY').map(read);
}

function read(request: SipRequest): Told {
  const document = readConference(request.body);
  const roster = document.kind === 'conference' ? rosterOf(document.conference) : undefined;
  return {
    state: header(request, 'Subscription-State') ?? '',
    version: roster?.version ?? -1,
    users: roster?.users.map(({ uri }) => uri) ?? [],
    entity: roster?.entity ?? '',
  };
}

/** Another SUBSCRIBE within the phone's subscription. */
export function refresh(phone: Client, dialog: string, lastingS: number, method = 'SUBSCRIBE') {
  const { agent, nowMs } = phone.node;
  phone.node.do(() =>
    agent.requestInDialog(nowMs, dialog, {
      method,
      headers: [
        { name: 'Event', value: 'conference' },
        { name: 'Expires', value: String(lastingS) },
      ],
    }),
  );
}
