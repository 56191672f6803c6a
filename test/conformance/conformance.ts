/**
 * Which tests hold which requirement: requirements are named in brackets in a test's name. A `must` that no passing test names,
 * and for which no reason is given, is a gap. Reading files and running tests is in `run.ts`.
 */
export type Requirement = {
  readonly id: string;
  /** Where the specification asks for it. */
  readonly clause: string;
  readonly level: string;
  readonly text: string;
};

export type TestOutcome = {
  readonly file: string;
  readonly name: string;
  readonly isPassed: boolean;
};

export type Held = Requirement & {
  readonly status: 'held' | 'reason' | 'gap' | 'open' | 'failing';
  readonly reason?: string;
  readonly tests: readonly { readonly file: string; readonly name: string }[];
};

const idPattern = /\b([A-Z]{2,4})-(\d{3})\b/;

/** Lines of a table with a head, as lists of cells. */
export function readTable(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

export function readRequirements(text: string): readonly Requirement[] {
  return readTable(text).map(([id = '', clause = '', level = '', requirement = '']) => ({
    id,
    clause,
    level,
    text: requirement,
  }));
}

/** The requirements that a test's name has in brackets: `[PFT-001, PFT-003 to PFT-005]`. */
export function idsOf(name: string): readonly string[] {
  const items = [...name.matchAll(/[[(]([^\])]*)[\])]/g)].flatMap(([, inner = '']) =>
    inner.split(','),
  );
  return [...new Set(items.flatMap(idsOfItem))];
}

function idsOfItem(item: string): readonly string[] {
  const [from, to] = item.split(' to ').map((text) => idPattern.exec(text));
  if (!from) return [];
  const [id, prefix = '', first = ''] = from;
  if (!to || to[1] !== prefix) return [id];
  const count = Math.max(0, Number(to[2]) - Number(first)) + 1;
  return Array.from({ length: count }, (_, index) =>
    [prefix, String(Number(first) + index).padStart(3, '0')].join('-'),
  );
}

/** What holds each requirement. */
export function conformance(
  requirements: readonly Requirement[],
  reasons: ReadonlyMap<string, string>,
  tests: readonly TestOutcome[],
): readonly Held[] {
  const byId = new Map<string, TestOutcome[]>();
  for (const test of tests) {
    for (const id of idsOf(test.name)) byId.set(id, [...(byId.get(id) ?? []), test]);
  }
  return requirements.map((requirement) => {
    const named = byId.get(requirement.id) ?? [];
    const reason = reasons.get(requirement.id);
    return {
      ...requirement,
      status: statusOf(requirement, named, reason),
      ...(reason === undefined ? {} : { reason }),
      tests: named.map(({ file, name }) => ({ file, name })),
    };
  });
}

function statusOf(
  { level }: Requirement,
  named: readonly TestOutcome[],
  reason: string | undefined,
): Held['status'] {
  if (named.some(({ isPassed }) => !isPassed)) return 'failing';
  if (named.length > 0) return 'held';
  if (reason !== undefined) return 'reason';
  return level === 'must' ? 'gap' : 'open';
}

/** What lets the command fail. */
export function gapsOf(held: readonly Held[]): readonly Held[] {
  return held.filter(({ status }) => status === 'gap' || status === 'failing');
}

/** Ids in test names that look like requirements and are none of those given, and reasons for what is none. */
export function strayIds(known: ReadonlySet<string>, ids: Iterable<string>): readonly string[] {
  return [...new Set(ids)].filter((id) => !known.has(id)).sort();
}
