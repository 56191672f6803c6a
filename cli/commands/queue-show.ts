/** `queue show`: single records of a queue, or of its dead letters: what they are about, never what is in them. */
import type { RecordPage } from '../../edge/runtime/operator.ts';
import type { RecordSummary } from '../../edge/runtime/queue-view.ts';
import { type Client, clientOf } from '../client.ts';
import {
  type Command,
  configOption,
  type Given,
  numberOption,
  urlOption,
  type World,
} from '../command.ts';
import { age, table } from '../table.ts';

const shownDefault = 20;
const shownMax = 10_000;
const pageMax = 100;

const columns = [
  { title: 'id' },
  { title: 'group' },
  { title: 'kind' },
  { title: 'state' },
  { title: 'received', isNumber: true },
  { title: 'age', isNumber: true },
  { title: 'parked because' },
];

type Shown = {
  readonly queue: string;
  readonly isDead: boolean;
  readonly records: readonly RecordSummary[];
  /** Whether there are more. */
  readonly isMore: boolean;
};

export const queueShow: Command = {
  name: 'queue show',
  summary: 'records of a queue or its dead letters, without what is in them',
  positionals: ['queue'],
  options: [
    { name: 'dead', help: 'show the dead letters of the queue' },
    { name: 'limit', value: 'N', help: `show the N oldest; default: ${shownDefault}` },
    urlOption,
    configOption,
  ],
  run: async (given: Given, world: World) => {
    const limit = numberOption(given, 'limit', { fallback: shownDefault, max: shownMax });
    const [queue = ''] = given.positionals;
    const isDead = given.options.has('dead');
    const shown = await collect(clientOf(given, world), { queue, isDead }, limit);
    return { exitCode: 0, text: textOf(shown), json: shown };
  },
};

async function collect(
  client: Client,
  { queue, isDead }: { readonly queue: string; readonly isDead: boolean },
  limit: number,
): Promise<Shown> {
  const records: RecordSummary[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(limit - records.length, pageMax)) });
    if (isDead) query.set('dead', '1');
    if (after !== null) query.set('after', after);
    const path = `api/queues/${encodeURIComponent(queue)}/records?${query}`;
    const page: RecordPage = await client.get<RecordPage>(path);
    records.push(...page.records);
    after = page.next;
  } while (after !== null && records.length < limit);
  return { queue, isDead, records, isMore: after !== null };
}

function textOf({ queue, isDead, records, isMore }: Shown): string {
  if (records.length === 0) return `${queue} has no ${isDead ? 'dead letters' : 'records'}.`;
  const nowMs = Date.now();
  const rows = records.map((record) => [
    record.id,
    record.group ?? '–',
    record.kind ?? '–',
    record.state,
    String(record.receives),
    age(record.sentAt, nowMs),
    record.reason ?? (isDead ? 'received too often' : ''),
  ]);
  const more = isMore ? '\n\nThere may be more: give a higher --limit.' : '';
  return `${table(
    isDead ? columns : columns.slice(0, -1),
    rows.map((row) => (isDead ? row : row.slice(0, -1))),
  )}${more}`;
}
