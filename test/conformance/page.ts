/** The page of the conformance table, in Markdown. */
import type { Held } from './conformance.ts';

const titles: Readonly<Record<string, string>> = {
  PFT: 'Participating Function of the receiving user',
  PFO: 'Participating Function of the sending user',
  PFB: 'Participating Function of either',
  CF: 'Controlling Function',
  CL: 'Client',
  CORE: 'SIP/IP core',
  MSS: 'Message store',
};

const words: Readonly<Record<Held['status'], string>> = {
  held: '',
  reason: 'Not held by a test. ',
  gap: '**No test.** ',
  open: 'Not done. ',
  failing: '**A test fails.** ',
};

/** Writes the page. */
export function conformancePage(held: readonly Held[]): string {
  const count = (status: Held['status']): number =>
    held.filter((one) => one.status === status).length;
  const prefixes = [...new Set(held.map(({ id }) => prefixOf(id)))];
  return [
    '# Conformance',
    '',
    'Written by `npm run conformance` from a run of the tests; do not edit. Each row is a requirement that the change requests on deferred',
    'group chat (000 to 003) make to OMA CPM 2.0, in our own words, what is done, and the tests that hold it. Ids are this project’s.',
    '',
    `${held.length} requirements: ${count('held')} held by passing tests, ${count('reason')} with a stated reason, ` +
      `${count('open')} optional ones not done, ${count('gap') + count('failing')} gaps.`,
    '',
    ...prefixes.flatMap((prefix) => section(prefix, held)),
  ].join('\n');
}

function section(prefix: string, held: readonly Held[]): readonly string[] {
  const rows = held.filter(({ id }) => prefixOf(id) === prefix);
  return [
    `## ${titles[prefix] ?? prefix}`,
    '',
    '| id | asked for | level | what is done | held by |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row),
    '',
  ];
}

function row({ id, clause, level, text, status, reason, tests }: Held): string {
  const done = `${words[status]}${reason ?? text}`;
  const files = Map.groupBy(tests, ({ file }) => file);
  const by = [...files].map(([file, ofFile]) => {
    const names = ofFile.map(({ name }) => cell(withoutIds(name)));
    return `${names.join('; ')} (\`${file}\`)`;
  });
  return `| ${id} | ${cell(clause)} | ${level} | ${cell(done)} | ${by.join('<br>')} |`;
}

function prefixOf(id: string): string {
  return id.split('-')[0] ?? '';
}

function withoutIds(name: string): string {
  return name.replace(/\s*[[(][^\])]*[A-Z]{2,4}-\d{3}[^\])]*[\])]/g, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
