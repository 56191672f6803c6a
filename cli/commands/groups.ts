/** `groups`: the groups of the own focus and of others, their members, and what waits for whom. */
import type { GroupPage, GroupSummary } from '../../edge/runtime/group-view.ts';
import { type Client, clientOf } from '../client.ts';
import {
  type Command,
  configOption,
  type Given,
  numberOption,
  urlOption,
  type World,
} from '../command.ts';
import { age, plain, table } from '../table.ts';

const shownDefault = 50;
const shownMax = 10_000;
const pageMax = 100;

const columns = [{ title: '  member' }, { title: 'state' }, { title: 'waiting', isNumber: true }];

type Shown = { readonly groups: readonly GroupSummary[]; readonly isMore: boolean };

export const groups: Command = {
  name: 'groups',
  summary: 'groups and participations: identity, members, state, waiting',
  positionals: [],
  options: [
    { name: 'limit', value: 'N', help: `show N groups; default: ${shownDefault}` },
    urlOption,
    configOption,
  ],
  details: `Groups of other focuses are shown as the participations of the users here know them, one entry
for each of these users. A member without a state is none that messages are kept for here.`,
  run: async (given: Given, world: World) => {
    const limit = numberOption(given, 'limit', { fallback: shownDefault, max: shownMax });
    const shown = await collect(clientOf(given, world), limit);
    return { exitCode: 0, text: textOf(shown), json: shown };
  },
};

async function collect(client: Client, limit: number): Promise<Shown> {
  const found: GroupSummary[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(limit - found.length, pageMax)) });
    if (after !== null) query.set('after', after);
    const page: GroupPage = await client.get<GroupPage>(`api/groups?${query}`);
    found.push(...page.groups);
    after = page.next;
  } while (after !== null && found.length < limit);
  return { groups: found, isMore: after !== null };
}

function textOf({ groups: shown, isMore }: Shown): string {
  if (shown.length === 0) return 'There are no groups.';
  const nowMs = Date.now();
  const more = isMore ? ['There may be more: give a higher --limit.'] : [];
  return [...shown.map((group) => groupText(group, nowMs)), ...more].join('\n\n');
}

function groupText(group: GroupSummary, nowMs: number): string {
  const focus = group.focus === 'own' ? 'own focus' : 'other focus';
  const subject = group.subject === null ? '' : ` “${plain(group.subject)}”`;
  const changed = age(group.changedAt, nowMs);
  const head = `${plain(group.identity)}${subject}
  ${group.state}, ${focus}, ${group.waiting} waiting, changed ${changed} ago, Contribution-ID ${plain(group.contributionId)}`;
  const rows = group.members.map((member) => [
    `  ${member.user}`,
    member.state ?? '–',
    String(member.waiting),
  ]);
  return `${head}\n${table(columns, rows)}`;
}
