/** Waiting with an end: what was awaited is in the message of the failure. */
const lookEveryMs = 5;

/** Resolves with the first truthy value of a condition. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 5_000,
): Promise<T> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > untilMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(lookEveryMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
