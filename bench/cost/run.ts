/**
 * `npm run cost`: what deferred messages cost in the cloud, counted in a load run against emulators that are started here, beside the price
 * list, and what an idle month costs. `-- --json` prints the figures alone, `-- --record` writes docs/cost.md.
 */
import { writeFileSync } from 'node:fs';
import { developerOptions } from '../../cli/developer-options.ts';
import { credentials, type Emulators, startEmulators } from '../../test/aws/emulators.ts';
import { type Figure, figuresOf } from './figures.ts';
import { idleMonth } from './idle-month.ts';
import { costPage } from './page.ts';
import { playScenarios, scenarios } from './scenarios.ts';

const page = 'docs/cost.md';

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

function show(figures: readonly Figure[]): void {
  for (const { name, dollars, parts } of figures) {
    const unit = name === 'idle-month' ? 'a month' : 'a million deferred messages';
    console.log(`${name}: $${dollars.toFixed(2)} ${unit}`);
    for (const [part, value] of Object.entries(parts)) console.log(`  ${part.padEnd(14)} ${value}`);
  }
}

async function measure({ table, queues, reasons }: Emulators): Promise<void> {
  if (table === undefined || queues === undefined) {
    for (const reason of reasons) console.error(reason);
    process.exitCode = 1;
    return;
  }
  const played = await playScenarios({ table, queues }, scenarios, say);
  const figures = figuresOf(played, idleMonth());
  if (values.json === true) console.log(JSON.stringify(figures, null, 1));
  else show(figures);
  if (values.record !== true) return;
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(page, costPage({ figures, played, date }));
}

const values = developerOptions('npm run cost -- [--json] [--record]', {
  json: { type: 'boolean' },
  record: { type: 'boolean' },
});
Object.assign(process.env, credentials);
say('starting the emulators');
const emulators = await startEmulators();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulators.stop().then(() => process.exit(1)));
}
try {
  await measure(emulators);
} finally {
  await emulators.stop();
}
