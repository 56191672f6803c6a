/** Turns what SQLite says into faults that name the file and what to do. */

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const code = {
  permission: 3,
  busy: 5,
  locked: 6,
  memory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

const remedies: ReadonlyMap<number, string> = new Map([
  [code.permission, 'it may not be opened; check owner and mode of file and folder'],
  [code.busy, 'another rejoin runs on this file; stop it or choose another file'],
  [code.locked, 'another rejoin runs on this file; stop it or choose another file'],
  [code.memory, 'memory ran out; give the process more'],
  [code.readOnly, 'it can not be written; check owner and mode of file and folder'],
  [code.io, 'reading or writing it failed; check the disk'],
  [code.corrupt, 'it is damaged; put a copy in its place, or move it away to start empty'],
  [code.full, 'there is no room left for it; free some space on its disk'],
  [code.cantOpen, 'it can not be opened; check that its folder can be written'],
  [code.notADatabase, 'it is not a store of rejoin; choose another file'],
]);

/** A fault as it travels between threads. */
export type Fault = { readonly message: string; readonly cause: string };

/** Describes an error of a file. */
export function faultOf(file: string, error: unknown): Fault {
  const cause = error instanceof Error ? error.message : String(error);
  const remedy = remedies.get(resultCode(error) ?? 0) ?? cause;
  return { message: `the store ${file}: ${remedy}`, cause };
}

/** The error on this side of the threads. */
export function errorOf(fault: Fault): Error {
  return new Error(fault.message, { cause: new Error(fault.cause) });
}

/** Whether an error is one of the file as a whole, so that no other operation would fare better. */
export function isOfWholeFile(error: unknown): boolean {
  const primary = resultCode(error);
  return primary !== undefined && primary !== code.corrupt && remedies.has(primary);
}

/** Whether a file is locked, which may pass. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === code.busy;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  // The low byte is the primary code, the rest says more.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
