/** A group of the simulated focus: its members, its present run, and the legs to those who are in it. */
import { focusHost } from './hosts.ts';
import type { Leg } from './leg.ts';

export class Group {
  readonly contributionId: string;
  readonly users: readonly string[];
  readonly legs = new Map<string, Leg>();
  isRunning = false;
  sequence = 0;
  #run = 0;

  constructor(contributionId: string, users: readonly string[]) {
    this.contributionId = contributionId;
    this.users = users;
  }

  /** The Group Session Identity changes with each run. */
  get identity(): string {
    return `sip:${this.contributionId}-${this.#run}@${focusHost}`;
  }

  isIdentity(uri: string): boolean {
    return uri.startsWith(this.identity);
  }

  begin(): void {
    this.#run++;
    this.isRunning = true;
  }
}
