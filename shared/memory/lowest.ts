/** The lowest of many numbers: what a look at the head of a queue needs. Nothing here knows queues. */

/** The lowest numbers behind a number, in order, at most `limit`. It's for people who look, so it may look at all of them. */
export function lowestBehind(
  numbers: Iterable<number>,
  after: number,
  limit: number,
): readonly number[] {
  const behind: number[] = [];
  for (const number of numbers) if (number > after) behind.push(number);
  // A typed array sorts numbers as numbers, and without a call for each pair.
  return Array.from(Float64Array.from(behind).sort().subarray(0, limit));
}
