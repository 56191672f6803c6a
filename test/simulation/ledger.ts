/**
 * The independent observer of messages: what each sender was told, what is durable, and what each user's application has got. Each step
 * that concerns a message is held against the promises here at once; what is left to be delivered is asked for at the end.
 */
import { windowMessagesMax } from '../../edge/participating/limit.ts';
import type { Simulation } from './simulation.ts';

export type Message = {
  readonly id: string;
  readonly key: string;
  /** Rises with each message of a group. */
  readonly sequence: number;
  readonly sentMs: number;
  /** The sender was told that it is safe. */
  isTold: boolean;
  /** Its place in the queue or in the store, once it has one. */
  position: number | undefined;
  isReceived: boolean;
  /** The client has answered it. */
  isAcknowledged: boolean;
  /** The client has refused it, or the user has left since: nobody has to deliver it. */
  isVoid: boolean;
  /** Nobody may deliver it any more. */
  isForbidden: boolean;
  /** Where it came last. */
  hearing: Hearing | undefined;
};

/** One media session of a client: what came over it, in order. */
export type Hearing = {
  readonly key: string;
  readonly messages: Message[];
};

type Heard = { readonly edge: { readonly isDead: boolean }; readonly hearing: Hearing | undefined };

export class Ledger {
  readonly #simulation: Simulation;
  readonly #messages = new Map<string, Message>();
  readonly #byKey = new Map<string, Message[]>();
  /** The last sequence that each user's application has got. */
  readonly #lastReceived = new Map<string, number>();
  readonly #cursors = new Map<string, number>();
  /** Users who have declined, and whose edge has not left the focus yet. */
  readonly #declining = new Map<string, { readonly isDead: boolean }>();
  /** The edge that has heard the client's answer, and where that had got the message. */
  readonly #heard = new Map<string, Heard>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  get messages(): Iterable<Message> {
    return this.#messages.values();
  }

  find(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** The focus sends a message to a member. */
  sent(key: string, id: string, sequence: number): void {
    const message: Message = {
      id,
      key,
      sequence,
      sentMs: this.#simulation.nowMs,
      isTold: false,
      position: undefined,
      isReceived: false,
      isAcknowledged: false,
      isVoid: this.#declining.get(key)?.isDead === false,
      isForbidden: false,
      hearing: undefined,
    };
    this.#messages.set(id, message);
    const ofKey = this.#byKey.get(key) ?? [];
    ofKey.push(message);
    this.#byKey.set(key, ofKey);
  }

  /** The sender is told that a message is safe. */
  told(id: string): void {
    const message = this.#messages.get(id);
    if (message === undefined) return;
    message.isTold = true;
    if (message.isAcknowledged || message.isVoid || message.position !== undefined) return;
    this.#simulation.fail(1, `${id} was answered 200 and is neither acknowledged nor durable`);
  }

  /** Queue or store have a message. */
  durable(id: string, position: number): void {
    const message = this.#messages.get(id);
    if (message !== undefined) message.position ??= position;
  }

  /** Store or queue give a message up: nobody may be told any more that it is safe. */
  dropped(id: string, why: string): void {
    const message = this.#messages.get(id);
    if (message === undefined || message.isAcknowledged || message.isVoid) return;
    message.position = undefined;
    if (message.isTold) this.#simulation.fail(1, `${id} was ${why}, and nobody has got it`);
  }

  cursorKept(key: string, cursor: number): void {
    this.#cursors.set(key, Math.max(cursor, this.#cursors.get(key) ?? 0));
  }

  /** A client's media session begins. */
  hearing(key: string): Hearing {
    return { key, messages: [] };
  }

  /** A client has got a message over a session. */
  received(hearing: Hearing, id: string): void {
    const message = this.#messages.get(id);
    if (message === undefined) {
      this.#simulation.fail(9, `${id} was never sent`);
      return;
    }
    if (message.key !== hearing.key) this.#simulation.fail(9, `${id} came to ${hearing.key}`);
    if (message.isForbidden) this.#simulation.fail(5, `${id} came after the user had left`);
    if (hearing.messages.includes(message) && !message.isVoid) {
      this.#simulation.fail(3, `${id} came twice in one session`);
    }
    if (!message.isReceived) this.#first(message);
    // The answer that counts is the one over this session.
    this.#heard.delete(id);
    hearing.messages.push(message);
    message.hearing = hearing;
    this.#checkWindow(hearing, message);
  }

  #first(message: Message): void {
    const { key, id, sequence } = message;
    message.isReceived = true;
    const last = this.#lastReceived.get(key) ?? 0;
    if (sequence <= last) this.#simulation.fail(2, `${id} came behind number ${last}`);
    this.#lastReceived.set(key, sequence);
  }

  /** An edge sends a message to a client; once more only where it can't know that the client had it, or one before it in the same session. */
  passed(id: string): void {
    const message = this.#messages.get(id);
    if (message === undefined || !message.isReceived) return;
    const { key, position } = message;
    if (
      message.isAcknowledged &&
      position !== undefined &&
      position <= (this.#cursors.get(key) ?? 0)
    ) {
      this.#simulation.fail(3, `${id} goes out again though the cursor has passed it`);
    }
    const before = message.hearing?.messages ?? [];
    for (const earlier of before) {
      const heard = this.#heard.get(earlier.id);
      if (heard === undefined || heard.edge.isDead || heard.hearing !== message.hearing) return;
      if (earlier === message) break;
    }
    this.#simulation.fail(3, `${id} goes out again though its answer was heard`);
  }

  /** Of what is stored no more is sent than the window beyond the durable cursor: so much may come twice. */
  #checkWindow(hearing: Hearing, message: Message): void {
    if (message.position === undefined) return;
    const cursor = this.#cursors.get(hearing.key) ?? 0;
    const beyond = hearing.messages.filter(({ position }) => (position ?? 0) > cursor).length;
    if (beyond > windowMessagesMax) {
      this.#simulation.fail(3, `${beyond} messages went to the client beyond the durable cursor`);
    }
  }

  /** A client has answered: 200, or a refusal that nobody repeats. */
  answered(id: string, status: number): void {
    const message = this.#messages.get(id);
    if (message === undefined) return;
    if (status === 200) message.isAcknowledged = true;
    else message.isVoid = true;
  }

  /** An edge has heard the answer to a message and to all before it in their session. */
  heard(id: string, edge: { readonly isDead: boolean }): void {
    this.#simulation.trace(() => `an edge hears the answer to ${id}`);
    this.#heard.set(id, { edge, hearing: this.#messages.get(id)?.hearing });
  }

  /** The focus sends a message over a leg: whatever was before, it may come now. */
  sending(id: string): void {
    const message = this.#messages.get(id);
    if (message !== undefined) message.isForbidden = false;
  }

  /** The user has left: what was sent until then is nobody's any more. */
  left(key: string): void {
    for (const message of this.#byKey.get(key) ?? []) message.isVoid = true;
  }

  /** A user has declined: until the edge has left the focus, nothing that comes is theirs any more. */
  declined(key: string, edge: { readonly isDead: boolean }): void {
    this.#declining.set(key, edge);
  }

  /** The edge has left the focus's session, or the user is in it again. */
  settled(key: string): void {
    this.#declining.delete(key);
  }

  /** Users who have declined and whose edges have never left the focus. */
  get declining(): readonly string[] {
    return [...this.#declining].filter(([, edge]) => !edge.isDead).map(([key]) => key);
  }

  /** Nothing of what was sent until then may come any more. */
  forbid(key: string, sentMs: number): void {
    for (const message of this.#byKey.get(key) ?? []) {
      if (message.sentMs <= sentMs && !message.isReceived) message.isForbidden = true;
    }
  }

  /** What was promised and has not come. */
  missing(): readonly Message[] {
    return [...this.#messages.values()].filter(
      ({ isTold, isVoid, isReceived }) => isTold && !isVoid && !isReceived,
    );
  }
}
