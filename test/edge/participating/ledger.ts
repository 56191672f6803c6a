/**
 * A naive idea of what has to hold for the messages of a focus, whatever happens: what was promised, what the client has, in what
 * order things came. It knows nothing of how the bridge works; it only looks at what goes in and comes out.
 */
import { expect } from 'vitest';
import { windowMessagesMax } from '../../../edge/participating/limit.ts';

type Waiting = { readonly id: string; readonly bytes: number };

export class Ledger {
  /** What the focus waits for an answer of. */
  readonly unanswered = new Map<number, Waiting>();
  /** Answered 200. */
  readonly #promised = new Set<string>();
  /** Acknowledged by the client, or refused by it for good. */
  readonly #settled = new Set<string>();
  readonly #durable = new Set<string>();
  /** The place of a message in the order of the focus: where it came, or came again after an error. */
  readonly #places = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Not held to the order: the client had it before its focus got an error. */
  readonly #loose = new Set<string>();
  #count = 0;
  /** How often the client has refused a message: its focus may send it again, and a stored copy may be under way. */
  readonly #refusals = new Map<string, number>();
  // Of the present session with the client.
  #sent = new Map<string, number>();
  #settledBefore = new Set<string>();
  #twice = 0;
  #lastPlace = 0;
  /** Positions sent to the client beyond the durable cursor. */
  #unconfirmed = new Set<number>();

  /** The focus sends a message, or sends it again. */
  arrived(inbound: number, id: string, bytes: number): void {
    this.unanswered.set(inbound, { id, bytes });
    if (this.#places.has(id) && !this.#failed.has(id)) return;
    this.#failed.delete(id);
    this.#places.set(id, ++this.#count);
  }

  durable(id: string): void {
    this.#durable.add(id);
  }

  /** A message that an earlier owner has stored and answered. */
  inherited(id: string): void {
    this.durable(id);
    this.#promised.add(id);
    this.#places.set(id, ++this.#count);
  }

  answered(inbound: number, status: number): void {
    const waiting = this.unanswered.get(inbound);
    expect(waiting, 'each message is answered once').toBeDefined();
    this.unanswered.delete(inbound);
    if (waiting === undefined) return;
    const { id } = waiting;
    if (status === 200) {
      const isSafe = this.#durable.has(id) || this.#settled.has(id);
      expect(isSafe, `${id} is answered 200: the client or the store has it`).toBe(true);
      this.#promised.add(id);
    } else if (![...this.unanswered.values()].some((other) => other.id === id)) {
      this.#failed.add(id);
      if (this.#sent.has(id)) this.#loose.add(id);
    }
  }

  sessionBegins(): void {
    this.#sent = new Map();
    this.#settledBefore = new Set(this.#settled);
    this.#twice = 0;
    this.#lastPlace = 0;
  }

  /** Something goes to the client; `position` if it comes from the store. */
  sent(id: string, position: number | undefined): void {
    const times = (this.#sent.get(id) ?? 0) + 1;
    this.#sent.set(id, times);
    expect(times, `${id} is sent once in a session`).toBeLessThanOrEqual(
      1 + (this.#refusals.get(id) ?? 0),
    );
    if (position !== undefined) this.#unconfirmed.add(position);
    if (this.#settledBefore.has(id)) this.#twice++;
    expect(this.#twice, 'what comes twice is within the window').toBeLessThanOrEqual(
      windowMessagesMax,
    );
    if (this.#loose.has(id)) return;
    const place = this.#places.get(id) ?? 0;
    expect(place, `${id} is sent in order`).toBeGreaterThan(this.#lastPlace);
    this.#lastPlace = place;
  }

  clientAnswered(id: string, status: number): void {
    this.#settled.add(id);
    if (status === 200) return;
    this.#refusals.set(id, (this.#refusals.get(id) ?? 0) + 1);
    this.#loose.add(id);
  }

  /** The window beyond the durable cursor. */
  checkWindow(durableCursor: number): void {
    for (const position of this.#unconfirmed) {
      if (position <= durableCursor) this.#unconfirmed.delete(position);
    }
    expect(this.#unconfirmed.size).toBeLessThanOrEqual(windowMessagesMax);
  }

  /** An edge is lost: what the focus has to send again, in order. */
  crashed(): readonly string[] {
    const again = new Set([...this.unanswered.values()].map(({ id }) => id));
    this.unanswered.clear();
    this.#unconfirmed = new Set();
    const place = (id: string): number => this.#places.get(id) ?? 0;
    return [...again].sort((a, b) => place(a) - place(b));
  }

  /** What was promised and has not come to the client. */
  get owed(): readonly string[] {
    return [...this.#promised].filter((id) => !this.#settled.has(id));
  }
}
