/** What passes between the parties, one line a message: time, who to whom, what it is, what it means. */
export type Rung = {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly meaning: string;
};

export class Ladder {
  readonly rungs: Rung[] = [];
  readonly #startedMs = performance.now();
  readonly #show: (line: string) => void;

  constructor(show: (line: string) => void = () => undefined) {
    this.#show = show;
  }

  /** A message of one party to another. */
  pass(from: string, to: string, text: string, meaning = ''): void {
    const rung = { atMs: performance.now() - this.#startedMs, from, to, text, meaning };
    this.rungs.push(rung);
    this.#show(lineOf(rung));
  }

  /** Something that happens, between the messages. */
  note(text: string): void {
    const atMs = performance.now() - this.#startedMs;
    this.#show(`${seconds(atMs)}  -- ${text}`);
  }
}

function lineOf({ atMs, from, to, text, meaning }: Rung): string {
  const parties = `${from.padStart(6)} -> ${to.padEnd(6)}`;
  return `${seconds(atMs)}  ${parties}  ${text.padEnd(30)} ${meaning}`.trimEnd();
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(7);
}
