/** What a check of `doctor` answers, and how to say it. */

export type Check = {
  /** What was looked at. */
  readonly name: string;
  /** `warn`: it works, and something should be looked at. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do. */
  readonly remedy?: string;
};

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warn(name: string, detail: string, remedy: string): Check {
  return { name, status: 'warn', detail, remedy };
}

export function fail(name: string, detail: string, remedy: string): Check {
  return { name, status: 'fail', detail, remedy };
}
