/**
 * The log of a function: JSON lines, written past the console, whose wrapping would hide the numbers in them. Nothing that a user wrote
 * or who a user is gets into a line: errors of ours don't carry it.
 */

export type Write = (line: string) => void;

export type FunctionLog = {
  readonly info: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly error: (message: string, fields: Readonly<Record<string, unknown>>) => void;
};

/** How far causes of causes are told. */
const causesMax = 3;

/** Makes the log of one function. */
export function functionLog(
  base: Readonly<Record<string, unknown>>,
  write: Write = (line) => process.stdout.write(line),
): FunctionLog {
  const line = (level: string) => (message: string, fields: Readonly<Record<string, unknown>>) =>
    write(
      `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...base, ...fields })}\n`,
    );
  return { info: line('INFO'), error: line('ERROR') };
}

/** What a line may say of an error. */
export function errorFields(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { name, message, stack, cause } = error;
  const own = { error: name, errorMessage: message, stack };
  const isLast = cause === undefined || depth >= causesMax;
  return isLast ? own : { ...own, cause: errorFields(cause, depth + 1) };
}
