/** `npm run bench`: small pieces as ratios to a reference in the same run. `-- --json` prints an array, `-- --record` keeps it in results/. */
import { developerOptions } from '../cli/developer-options.ts';
import { msrpRelay } from './msrp-relay.ts';
import { record } from './record.ts';
import { sipParse, sipParseFlat } from './sip-parse.ts';

const values = developerOptions('npm run bench -- [--json] [--record]', {
  json: { type: 'boolean' },
  record: { type: 'boolean' },
});

const pieces = [
  { name: 'sip-parse', reference: 'json-parse', measure: sipParse },
  { name: 'sip-parse', reference: 'flat-json', measure: sipParseFlat },
  { name: 'msrp-relay', reference: 'raw-relay', measure: msrpRelay },
] as const;

const figures = pieces.map(({ name, reference, measure }) => {
  process.stderr.write(`${name} against ${reference} …\n`);
  const { value, reference: against, ratio } = measure();
  return {
    name,
    value: Math.round(value),
    unit: 'messages/s',
    reference,
    referenceValue: Math.round(against),
    ratio: Number(ratio.toFixed(3)),
  };
});

if (values.json === true) console.log(JSON.stringify(figures, null, 1));
else console.table(figures);

if (values.record === true) record('micro', figures);
