/**
 * The kinds of value a deployment setting can have. A value comes from `cdk.json` as JSON or from the command line (`-c`) as text, so
 * each kind reads both. Which settings there are is in `settings.ts`; those of the running processes are in `shared/settings-schema.ts`.
 */

export type Kind<Value> = {
  readonly fallback: Value;
  readonly meaning: string;
  /** Ends the sentence of the problem: what to give instead. */
  readonly remedy: string;
  /** Undefined if the value is not of this kind. */
  readonly read: (given: unknown) => Value | undefined;
};

type Words = { readonly meaning: string; readonly remedy: string };

/** Text of a form. */
export function text(fallback: string, form: RegExp, words: Words): Kind<string> {
  return { ...words, fallback, read: (given) => textOf(given, form) };
}

/** Text of a form, or nothing; nothing is an empty text too, so that a default can be taken back. */
export function optionalText(form: RegExp, words: Words): Kind<string | null> {
  const read = (given: unknown) =>
    given === '' || given === null ? null : (textOf(given, form) ?? undefined);
  return { ...words, fallback: null, read };
}

/** One of some words. */
export function choice<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  meaning: string,
): Kind<Choice> {
  const read = (given: unknown) => choices.find((one) => one === given);
  return { meaning, remedy: `give ${choices.join(' or ')}`, fallback: choices[0], read };
}

/** A whole number within a range. */
export function whole(
  fallback: number,
  range: { readonly min: number; readonly max: number },
  meaning: string,
): Kind<number> {
  const { min, max } = range;
  const read = (given: unknown) => {
    const value = typeof given === 'string' && given !== '' ? Number(given) : given;
    const isWithin = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
    return isWithin ? Number(value) : undefined;
  };
  return { meaning, remedy: `give a whole number from ${min} to ${max}`, fallback, read };
}

/** A number out of a few. */
export function oneOf(fallback: number, choices: readonly number[], meaning: string): Kind<number> {
  const read = (given: unknown) => choices.find((one) => one === given || String(one) === given);
  return { meaning, remedy: `give one of ${choices.join(', ')}`, fallback, read };
}

export function flag(fallback: boolean, meaning: string): Kind<boolean> {
  const read = (given: unknown) => {
    if (given === true || given === 'true') return true;
    return given === false || given === 'false' ? false : undefined;
  };
  return { meaning, remedy: 'give true or false', fallback, read };
}

/** Texts of a form: a JSON list, or text with commas. */
export function texts(form: RegExp, words: Words): Kind<readonly string[]> {
  const read = (given: unknown) => {
    const list = typeof given === 'string' ? given.split(',').filter((one) => one !== '') : given;
    if (!Array.isArray(list)) return undefined;
    const read = list.map((one) => textOf(typeof one === 'string' ? one.trim() : one, form));
    return read.some((one) => one === undefined) ? undefined : read.map(String);
  };
  return { ...words, fallback: [], read };
}

/** Settings of the running processes, by their name in the environment; their values are checked where they are put together. */
export function environment(words: Words): Kind<Readonly<Record<string, string>>> {
  const read = (given: unknown) => {
    const object = typeof given === 'string' ? parsed(given) : given;
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
    const entries = Object.entries(object);
    const isPlain = entries.every(([, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value),
    );
    return isPlain
      ? Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
      : undefined;
  };
  return { ...words, fallback: {}, read };
}

function textOf(given: unknown, form: RegExp): string | undefined {
  return typeof given === 'string' && form.test(given) ? given : undefined;
}

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
