/** The page of costs, in Markdown: figures from a run, and what is to be known about them. */
import { functionMemoryMib } from '../../infra/limit.ts';
import { trafficPrice } from '../../infra/price.ts';
import { tableBytesMax } from '../../shared/dynamodb/limit.ts';
import type { Counted } from './absence.ts';
import type { Figure } from './figures.ts';
import { type Played, type ScenarioName, scenarios } from './scenarios.ts';
import { dollarsOf, partsOf, type Tally } from './tally.ts';

export type PageOptions = {
  readonly figures: readonly Figure[];
  readonly played: readonly Played[];
  readonly date: string;
};

const million = 1_000_000;

const meaning: Readonly<Record<ScenarioName, string>> = {
  burst: '100 messages close together',
  lone: '100 messages of one absence, each alone',
  single: 'one message an absence',
};

const titles: Readonly<Record<string, string>> = {
  writes: 'write units',
  reads: 'read units',
  queues: 'requests to queues',
  functionCalls: 'calls of functions',
  functionTime: 'time of functions',
};

const introduction = `# What it costs

Written by \`npm run cost -- --record\`; do not edit. The command runs an edge and the functions against DynamoDB Local and an SQS-compatible server, plays
absences of a member of a group, and counts what the services charge for: write and read units as the table answers them, requests to the queues in
steps of 64 KB, calls of functions and their milliseconds at ${functionMemoryMib} MB. A message is a text of 500 bytes of prose with its CPIM headers, for one recipient;
its life is counted from the loss of the client's connection to its acknowledgement after the client has registered again. List prices of
us-east-1, without free tiers. What a group session takes while nobody is away, Fargate, and traffic out of the region are not in it.`;

const remarks = `## What is behind the figures

- **A lone message** is sent, received and removed as a record of its own (three requests), wakes a function, and is one write. That is its price; nothing
  about the participation is read or written for it.
- **A burst** shares all of that: while one hand-over to the queue is under way further messages collect, and a segment of them is deflated before it is
  written, because a write is paid for by the kilobyte.
- **An absence** has a price of its own, whatever is said meanwhile: the loss, the registration, the INVITE and the return are records too. It is what
  remains if somebody is away for one message alone (\`single\`).
- **Removing costs nothing**: what a client has acknowledged goes by the table's time to live. Only what is left when a session ends for good is
  discarded, which costs as much as writing it did.
- A participation's item carries the effects of its last write, which repeat most of its state; it is deflated too, so that a change of it is one or two
  write units.
- Messages too long for a segment of 140 KB are stored in parts, each as a segment. A segment that takes more than ${tableBytesMax / 1024} KB when it is deflated, as pictures
  do, goes into the bucket: putting and getting an object ($5 and $0.40 a million) costs a fifteenth of writing 140 KB to the table. None of the messages here is
  so large.
- **The time of functions is this machine's**, waiting for the emulators included. It is the smallest part: were it three times as long, a lone message would
  cost $0.16 a million more.
- Records that come close together go to a function together, and are removed together; how many depends on their timing. Were no two of them, a burst would cost
  some $0.10 a million more, a lone message next to nothing.
- Requests that find a queue empty, and the heartbeats of edges, happen whether anybody is away or not; they are in the idle month.`;

/** Writes the page. */
export function costPage({ figures, played, date }: PageOptions): string {
  const idle = figures.filter(({ name }) => name === 'idle-month');
  return [
    introduction,
    '',
    `Counted on ${date}.`,
    '',
    '## A million deferred messages, in dollars',
    '',
    ...trafficTable(figures),
    '',
    ...scenarios.map(({ name }) => `- \`${name}\`: ${meaning[name]}`),
    '',
    '## Prices',
    '',
    ...priceTable(),
    '',
    '## An idle month, in dollars',
    '',
    'Two edges in two zones with the default settings, a network of their own; the output `IdleMonthUsd` of a deployment says it for its settings.',
    '',
    ...idle.flatMap(idleTable),
    '',
    remarks,
    '',
    '## What an absence takes, call by call',
    '',
    ...played.flatMap(callTables),
  ].join('\n');
}

function trafficTable(figures: readonly Figure[]): readonly string[] {
  const columns = figures.filter(({ name }) => name !== 'idle-month');
  const rows = Object.entries(titles).map(([part, title]) => [
    title,
    ...columns.map(({ parts }) => (parts[part] ?? 0).toFixed(3)),
  ]);
  const sums = ['**together**', ...columns.map(({ dollars }) => `**${dollars.toFixed(2)}**`)];
  return table(['', ...columns.map(({ name }) => `\`${name}\``)], [...rows, sums]);
}

function priceTable(): readonly string[] {
  const { writeUnit, readUnit, queueRequest, functionCall, functionGibSecond } = trafficPrice;
  const perMillion = (price: number): string =>
    `$${Number((price * million).toFixed(4))} a million`;
  return table(
    ['what', 'price'],
    [
      ['DynamoDB on demand, write units (1 KB)', perMillion(writeUnit)],
      ['DynamoDB on demand, read units (4 KB, consistent)', perMillion(readUnit)],
      ['SQS FIFO, requests (64 KB)', perMillion(queueRequest)],
      ['Lambda, calls', perMillion(functionCall)],
      ['Lambda on Arm', `$${functionGibSecond} a GB-second`],
    ],
  );
}

function idleTable({ parts, dollars }: Figure): readonly string[] {
  const rows = Object.entries(parts).map(([part, value]) => [part, value.toFixed(2)]);
  return table(['part', 'dollars'], [...rows, ['**together**', `**${dollars.toFixed(2)}**`]]);
}

const partTitles = { lost: 'loss', kept: 'messages', returned: 'return' } as const;

function callTables({ name, parts }: Played): readonly string[] {
  const rows = (['lost', 'kept', 'returned'] as const).flatMap((part) =>
    callRows(partTitles[part], parts[part]),
  );
  const heads = [
    'part',
    'what',
    'write units',
    'read units',
    'requests',
    'calls',
    'ms',
    '$ a million',
  ];
  return [`### \`${name}\`: ${meaning[name]}`, '', ...table(heads, rows), ''];
}

function callRows(part: string, counted: Counted): readonly (readonly string[])[] {
  return [...counted].map(([what, tally]) => [part, what, ...amounts(tally)]);
}

function amounts(tally: Tally): readonly string[] {
  const { writeUnits, readUnits, requests, calls, callMs } = tally;
  const dollars = dollarsOf(partsOf(tally)) * million;
  return [writeUnits, readUnits, requests, calls, callMs, dollars].map((amount) =>
    amount === 0 ? '' : String(Number(amount.toFixed(2))),
  );
}

/** Columns as wide as their widest cell, as the formatter wants them. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = heads.map((head, column) =>
    Math.max(3, head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
