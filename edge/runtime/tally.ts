/** Numbers by labels, cheap to raise. Labels may come from peers, so beyond a bound of sets all others are counted as one. */

export type TallyEntry = {
  readonly labels: Record<string, string>;
  readonly value: number;
};

/** Separates the values of one set; no value holds it. */
const separator = '\u0000';

export class Tally {
  readonly #names: readonly string[];
  readonly #setsMax: number;
  readonly #values = new Map<string, number>();

  constructor(names: readonly string[], setsMax: number) {
    this.#names = names;
    this.#setsMax = setsMax;
  }

  add(amount: number, ...labels: readonly string[]): void {
    const key = labels.join(separator);
    const value = this.#values.get(key);
    if (value !== undefined || this.#values.size < this.#setsMax) {
      this.#values.set(key, (value ?? 0) + amount);
    } else {
      const other = this.#names.map(() => 'other').join(separator);
      this.#values.set(other, (this.#values.get(other) ?? 0) + amount);
    }
  }

  /** What has been counted elsewhere. */
  set(value: number, ...labels: readonly string[]): void {
    this.add(value - this.value(...labels), ...labels);
  }

  value(...labels: readonly string[]): number {
    return this.#values.get(labels.join(separator)) ?? 0;
  }

  entries(): readonly TallyEntry[] {
    return [...this.#values].map(([key, value]) => {
      const values = key.split(separator);
      const labels = Object.fromEntries(
        this.#names.map((name, index) => [name, values[index] ?? '']),
      );
      return { labels, value };
    });
  }
}
