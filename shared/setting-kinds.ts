/**
 * The kinds of value a setting can have: each is a valibot schema that carries, as metadata, how its text in the environment is
 * read, what the reader of the table needs to know, and the remedy to print when a value is wrong. Which settings there are
 * is in `settings-schema.ts`.
 */
import * as v from 'valibot';

/** How the text of an environment variable becomes the value that a JSON file would hold. */
export type TextForm = 'text' | 'number' | 'flag' | 'texts' | 'numbers';

export type SettingNote = {
  readonly form: TextForm;
  readonly type: string;
  readonly unit: string;
  readonly meaning: string;
  /** What to give instead of a wrong value; ends the sentence of the problem. */
  readonly remedy: string;
  /** How the default reads in the table, where the value alone would not say it. */
  readonly defaultText?: string;
  /** Its value is never printed. */
  readonly isSecret?: boolean;
};

type Range = { readonly min: number; readonly max: number; readonly unit: string };

const dayMs = 86_400_000;
const yearS = 31_536_000;
/** The longest delay that timers can hold. */
const delayMsMax = 2_147_483_647;

function whole(range: Range, meaning: string) {
  const note: SettingNote = {
    form: 'number',
    type: 'whole number',
    unit: range.unit,
    meaning,
    remedy: `give a whole number from ${range.min} to ${range.max}`,
  };
  return v.pipe(
    v.number(),
    v.integer(),
    v.minValue(range.min),
    v.maxValue(range.max),
    v.metadata(note),
  );
}

/** A whole number within a range. */
export function numberSetting(fallback: number, range: Range, meaning: string) {
  return v.optional(whole(range, meaning), fallback);
}

/** A port that is always listened on; 0 takes a free one. */
export function portSetting(fallback: number, meaning: string) {
  return v.optional(whole({ min: 0, max: 65_535, unit: 'port' }, meaning), fallback);
}

/** A port that is listened on only if it is given. */
export function optionalPortSetting(meaning: string) {
  return v.optional(whole({ min: 0, max: 65_535, unit: 'port' }, meaning));
}

/** A port that others listen on for us, if it is given. */
export function optionalOtherPortSetting(meaning: string) {
  return v.optional(whole({ min: 1, max: 65_535, unit: 'port' }, meaning));
}

/** A time limit in milliseconds, at least 1. */
export function delaySetting(fallback: number, meaning: string) {
  return v.optional(whole({ min: 1, max: dayMs, unit: 'ms' }, meaning), fallback);
}

/** A time in milliseconds where 0 means never. */
export function idleSetting(fallback: number, meaning: string) {
  return v.optional(whole({ min: 0, max: delayMsMax, unit: 'ms' }, meaning), fallback);
}

/** A lifetime in seconds, up to ten years. */
export function lifetimeSetting(fallback: number, meaning: string) {
  return v.optional(whole({ min: 1, max: 10 * yearS, unit: 's' }, meaning), fallback);
}

export function flagSetting(fallback: boolean, meaning: string) {
  const note: SettingNote = {
    form: 'flag',
    type: 'true or false',
    unit: '',
    meaning,
    remedy: 'give true or false',
  };
  return v.optional(v.pipe(v.boolean(), v.metadata(note)), fallback);
}

export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  fallback: Choices[number],
  meaning: string,
) {
  const note: SettingNote = {
    form: 'text',
    type: choices.map((choice) => `\`${choice}\``).join(', '),
    unit: '',
    meaning,
    remedy: `give one of ${choices.join(', ')}`,
  };
  return v.optional(v.pipe(v.picklist(choices), v.metadata(note)), fallback);
}

type TextNote = Pick<SettingNote, 'type' | 'meaning' | 'remedy'> &
  Partial<Pick<SettingNote, 'defaultText' | 'isSecret'>>;

function text(pattern: RegExp, note: TextNote) {
  const whole: SettingNote = { form: 'text', unit: '', ...note };
  return v.pipe(v.string(), v.regex(pattern), v.metadata(whole));
}

/** A text of a given shape with a default. */
export function textSetting(fallback: string, pattern: RegExp, note: TextNote) {
  return v.optional(text(pattern, note), fallback);
}

/** A text of a given shape that may be absent. */
export function optionalTextSetting(pattern: RegExp, note: TextNote) {
  return v.optional(text(pattern, note));
}

/** A list of texts that may be absent; separated by commas in the environment. */
export function optionalTextsSetting(pattern: RegExp, note: TextNote) {
  const whole: SettingNote = { form: 'texts', unit: '', ...note };
  return v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(pattern))), v.metadata(whole)));
}

/** SIP status codes from 300 up; separated by commas in the environment. */
export function statusesSetting(fallback: readonly number[], meaning: string) {
  const note: SettingNote = {
    form: 'numbers',
    type: 'list of SIP status codes',
    unit: '',
    meaning,
    remedy: 'give whole numbers from 300 to 699 (with commas between them in the environment)',
    defaultText: fallback.length === 0 ? 'none' : `\`${fallback.join(',')}\``,
  };
  const status = v.pipe(v.number(), v.integer(), v.minValue(300), v.maxValue(699));
  return v.optional(v.pipe(v.array(status), v.metadata(note)), [...fallback]);
}
