/**
 * The page at `/`: what runs, and how much of everything, at one look. Plain HTML and CSS, no script, nothing from elsewhere; it
 * loads itself anew every few seconds. It shows numbers and addresses only, nobody's identity.
 */

export type Status = {
  readonly domain: string;
  readonly version: string;
  readonly network: string;
  readonly store: string;
  readonly isReady: boolean;
  /** What keeps it from being ready. */
  readonly reasons: readonly string[];
  readonly uptimeMs: number;
  /** Where it listens: a name such as `SIP over UDP and TCP`, and an address. */
  readonly addresses: readonly { readonly name: string; readonly address: string }[];
  readonly registered: number;
  readonly groups: number;
  /** Undefined where it isn't counted. */
  readonly waiting: number | undefined;
  readonly deferred: number;
  readonly delivered: number;
  /** Records of the queues that were given up. */
  readonly deadLetters: number;
  /** Age of the oldest message that waits. */
  readonly oldestWaitingMs: number | undefined;
};

const reloadS = 5;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A length of time in its two largest units, such as `3 h 5 min`. */
export function durationText(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3_600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

const style = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #17202c; --dim: #5d6878;
  --line: #dfe3e9; --good: #107f4c; --bad: #b3261e; --mark: #2757d6; }
@media (prefers-color-scheme: dark) { :root { --back: #10141a; --card: #181e27; --text: #e7ebf1;
  --dim: #97a3b4; --line: #2a323e; --good: #4cc38a; --bad: #ff8a80; --mark: #8fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -.02em; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1rem; color: var(--dim); font-weight: 600; }
p { margin: .25rem 0 0; color: var(--dim); }
.state { font-weight: 600; color: var(--good); }
.state.off { color: var(--bad); }
.state::before { content: "●"; margin-right: .4rem; }
ul { list-style: none; margin: 1.75rem 0 0; padding: 0; display: grid; gap: .75rem;
  grid-template-columns: repeat(2, 1fr); }
@media (min-width: 40rem) { ul { grid-template-columns: repeat(3, 1fr); } }
li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem; }
li b { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums;
  letter-spacing: -.02em; white-space: nowrap; }
@media (max-width: 26rem) { li b { font-size: 1.375rem; } }
li span { color: var(--dim); font-size: .875rem; }
li.mark b { color: var(--mark); }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
th, td { text-align: left; padding: .6rem 1.1rem; border-top: 1px solid var(--line); }
tr:first-child th, tr:first-child td { border-top: 0; }
th { font-weight: 500; color: var(--dim); width: 33.3%; }
td { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9375rem;
  overflow-wrap: anywhere; }
p.alert { margin-top: 1.25rem; padding: .75rem 1.1rem; color: var(--text); background: var(--card);
  border: 1px solid var(--bad); border-radius: .75rem; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9375em; }
footer { margin-top: 2rem; font-size: .875rem; color: var(--dim); }
a { color: var(--mark); }
`;

function card(value: string, label: string, isMarked = false): string {
  const mark = isMarked ? ' class="mark"' : '';
  return `<li${mark}><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></li>`;
}

function row(name: string, value: string): string {
  return `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`;
}

function count(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u202f');
}

function cards(status: Status): string {
  const oldest = status.oldestWaitingMs;
  const isWaiting = (status.waiting ?? 0) > 0;
  return [
    card(status.waiting === undefined ? '–' : count(status.waiting), 'messages waiting', isWaiting),
    card(oldest === undefined ? '–' : durationText(oldest), 'oldest waiting', isWaiting),
    card(count(status.deferred), 'deferred since start'),
    card(count(status.delivered), 'delivered since start'),
    card(count(status.registered), 'clients registered'),
    card(count(status.groups), 'group sessions'),
  ].join('\n');
}

/** What somebody has to look at. */
function alert(deadLetters: number): string {
  if (deadLetters === 0) return '';
  const what = deadLetters === 1 ? '1 record was' : `${count(deadLetters)} records were`;
  return `<p class="alert"><strong>${what} given up.</strong> Look at them: <code>npm run rejoin -- queue list</code></p>\n`;
}

/** Protocols are named as their RFCs do. */
function addressName(name: string): string {
  return /^[a-z]+$/.test(name) ? name.toUpperCase() : name;
}

/** The whole page. */
export function statusPage(status: Status): string {
  const reasons = status.reasons.length > 0 ? `: ${escapeHtml(status.reasons.join('; '))}` : '';
  const state = status.isReady
    ? '<span class="state">ready</span>'
    : `<span class="state off">not ready${reasons}</span>`;
  const rows = [
    ...status.addresses.map(({ name, address }) => row(addressName(name), address)),
    row('Store', status.store),
    row('Clients register', status.network === 'ims' ? 'with the IMS core' : 'here'),
    row('Version', status.version),
    row('Up for', durationText(status.uptimeMs)),
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${reloadS}">
<title>rejoin · ${escapeHtml(status.domain)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header><h1>rejoin</h1>${state}</header>
<p>Deferred delivery for group chat in ${escapeHtml(status.domain)}</p>
${alert(status.deadLetters)}<ul>
${cards(status)}
</ul>
<h2>This process</h2>
<table>
${rows}
</table>
<footer>Loads anew every ${reloadS} seconds · <a href="/metrics">metrics</a> · <a href="/readyz">readiness</a></footer>
</main>
</body>
</html>
`;
}
