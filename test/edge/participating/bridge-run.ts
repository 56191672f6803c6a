/** A run of a bridge in which anything may happen, held to the ledger after each step. */
import { expect } from 'vitest';
import {
  collectedBytesMax,
  collectedMessagesMax,
  heldBytesMax,
  heldMessagesMax,
  windowMessagesMax,
} from '../../../edge/participating/limit.ts';
import { positionOf } from '../../../shared/core/position.ts';
import { storedBytes } from '../../../shared/core/segment.ts';
import { storedMessage } from './arrivals.ts';
import { BridgeWorld, holdMs } from './bridge-world.ts';
import { Ledger } from './ledger.ts';

/** Every body is a view into these bytes. */
const allBytes = new Uint8Array(400_000).map((_, at) => at & 0xff);
/** References of live messages are below every position. */
const firstPosition = 2 ** 32;

export class BridgeRun {
  readonly ledger = new Ledger();
  world: BridgeWorld;
  isClientThere = false;
  #epoch = 1;
  #ids = 0;
  #idsOfOthers = 0;
  readonly #bodyBytes = new Map<string, number>();
  #answersSeen = 0;
  #sentSeen = 0;
  /** Indexes of what the client has been sent in this session and has not answered. */
  #underWay: number[] = [];

  /** With a backlog of an earlier owner. */
  constructor(backlog: number) {
    this.world = this.#newOwner(positionOf(1, 0));
    for (let count = 1; count <= backlog; count++) {
      const id = this.#newId();
      this.world.stored.set(positionOf(1, count), storedMessage(id));
      this.ledger.inherited(id);
    }
    this.world.bridge.remember(this.world.storedIds);
  }

  /** The focus sends new messages, if it is read at all. */
  arrive(count: number, bytes: number): void {
    for (let sent = 0; sent < count && !this.world.isPaused; sent++) {
      const id = this.#newId();
      this.#bodyBytes.set(id, bytes);
      this.#arrive(id);
    }
  }

  /** The focus sends again what it has sent this edge before. */
  repeat(back: number): void {
    const id = this.#ids - back;
    if (id > this.#idsOfOthers && !this.world.isPaused) this.#arrive(`m${id}`);
  }

  handedOver(isStored: boolean): void {
    const { out } = this.world;
    if (out === undefined) return;
    if (isStored) for (const { messageId } of out.arrivals) this.ledger.durable(messageId);
    this.world.handedOver(isStored);
  }

  clientUp(): void {
    if (this.isClientThere) return;
    this.isClientThere = true;
    this.#see();
    this.ledger.sessionBegins();
    this.world.hasRoom = true;
    this.world.clientUp();
  }

  clientDown(): void {
    if (!this.isClientThere) return;
    this.isClientThere = false;
    this.#see();
    this.#underWay = [];
    this.world.clientDown();
  }

  /** The client answers what has been under way for the `nth` longest time, so many times. */
  clientAnswers(nth: number, count: number, status: number): void {
    for (let answered = 0; answered < count && this.#underWay.length > 0; answered++) {
      const [index] = this.#underWay.splice(nth % this.#underWay.length, 1);
      const sent = this.world.sent[index ?? 0];
      if (index === undefined || sent === undefined) return;
      this.ledger.clientAnswered(sent.message.messageId, status);
      this.world.clientAnswers(index, status);
      this.#see();
    }
  }

  /** With so many messages at most. */
  read(messagesMax: number): void {
    if (this.world.reading !== undefined) this.world.readDone(messagesMax);
  }

  /** The store does not answer a reading: it is tried again later. */
  readFails(): void {
    if (this.world.reading === undefined) return;
    this.world.reading = undefined;
    this.world.isRereadDue = true;
  }

  readAgain(): void {
    if (this.world.isRereadDue) this.world.rereadDue();
  }

  cursorKept(isKept: boolean): void {
    if (this.world.keeping !== undefined) this.world.cursorKept(isKept);
  }

  /** What is handed over from here on is not in the table yet; or everything is. */
  table(isLate: boolean): void {
    const { stored } = this.world;
    this.world.tableThrough = isLate ? Math.max(0, ...stored.keys()) : Number.POSITIVE_INFINITY;
  }

  room(): void {
    this.world.hasRoom = true;
    this.world.bridge.clientRoom(this.world.nowMs);
  }

  /** The focus ends the session: what is under way is still delivered. */
  sessionEnds(): void {
    this.world.isLiveSession = false;
    this.world.bridge.sessionEnded(this.world.nowMs);
  }

  /** The group is started again. */
  sessionRuns(): void {
    this.world.isLiveSession = true;
    this.world.bridge.resume(this.world.nowMs);
  }

  /** The edge dies; another takes over what is durable, and the focus sends again what it had no answer to. */
  crash(isOutStored: boolean): void {
    const { world, ledger } = this;
    this.check();
    const { out } = world;
    for (const [index, message] of (isOutStored ? (out?.messages ?? []) : []).entries()) {
      world.stored.set((out?.first ?? 0) + index, message);
    }
    if (isOutStored) for (const { messageId } of out?.arrivals ?? []) ledger.durable(messageId);
    this.isClientThere = false;
    this.#idsOfOthers = this.#ids;
    this.#underWay = [];
    this.#answersSeen = 0;
    this.#sentSeen = 0;
    this.world = this.#newOwner(world.durableCursor);
    this.world.nowMs = world.nowMs;
    for (const [position, message] of world.stored) this.world.stored.set(position, message);
    this.world.bridge.remember(this.world.storedIds.slice(-500));
    for (const id of ledger.crashed()) this.#arrive(id);
  }

  check(): void {
    this.#see();
    this.ledger.checkWindow(this.world.durableCursor);
    expect(this.#underWay.length).toBeLessThanOrEqual(windowMessagesMax);
    this.#checkPause();
  }

  /** Everything comes out well from here: nothing may be lost, left over, or left waiting. */
  finish(): void {
    this.clientUp();
    const { world, ledger } = this;
    this.room();
    this.#deliverAll();
    const { caughtUpCalls } = world;
    world.bridge.resume(world.nowMs);
    const isOver = world.bridge.mode === 'live' || world.caughtUpCalls > caughtUpCalls;
    expect(isOver, 'the end of what is stored is seen').toBe(true);
    this.sessionRuns();
    this.#deliverAll();
    expect(world.bridge.mode).toBe('live');
    expect([...ledger.unanswered.keys()]).toEqual([]);
    expect(ledger.owed).toEqual([]);
    expect(world.bridge.isStoreEmpty).toBe(true);
    expect(world.isPaused).toBe(false);
    const left = [...world.stored.keys()].filter((position) => position > world.durableCursor);
    expect(left).toEqual([]);
  }

  #deliverAll(): void {
    for (let idle = 0; idle < 3; idle++) {
      this.settle();
      for (; this.#underWay.length > 0; idle = 0) {
        this.clientAnswers(0, 1, 200);
        this.settle();
      }
      this.world.pass(holdMs);
    }
  }

  #newOwner(cursor: number): BridgeWorld {
    this.#epoch++;
    return new BridgeWorld({ epoch: this.#epoch, cursor, isEndUnknown: true });
  }

  #newId(): string {
    this.#ids++;
    return `m${this.#ids}`;
  }

  #arrive(id: string): void {
    const body = allBytes.subarray(0, this.#bodyBytes.get(id));
    const inbound = this.world.arrive(id, { body });
    this.ledger.arrived(inbound, id, storedBytes(storedMessage(id, { body })));
  }

  /** Everything under way comes out well, but what the client answers. */
  settle(): void {
    this.table(false);
    this.world.endStep();
    for (let isMoving = true; isMoving; this.check()) {
      isMoving = this.world.out !== undefined;
      if (isMoving) this.handedOver(true);
      else this.world.settle();
    }
  }

  /** What has come out since the last look. */
  #see(): void {
    const { answers, sent } = this.world;
    for (; this.#answersSeen < answers.length; this.#answersSeen++) {
      const answer = answers[this.#answersSeen];
      if (answer !== undefined) this.ledger.answered(answer.inbound, answer.status);
    }
    for (; this.#sentSeen < sent.length; this.#sentSeen++) {
      const one = sent[this.#sentSeen];
      if (one === undefined) continue;
      const isStored = one.reference > firstPosition;
      this.ledger.sent(one.message.messageId, isStored ? one.reference : undefined);
      this.#underWay.push(this.#sentSeen);
    }
  }

  /** Bounds lead to a pause, and to its end. */
  #checkPause(): void {
    const { bridge, out, isPaused } = this.world;
    const handedOver = new Set(out?.arrivals.map(({ messageId }) => messageId));
    const waiting = [...this.ledger.unanswered.values()].filter(({ id }) => !handedOver.has(id));
    const bytes = waiting.reduce((sum, one) => sum + one.bytes, 0);
    const count = waiting.length;
    if (bridge.mode === 'deferring') {
      if (bytes > collectedBytesMax || count > collectedMessagesMax) expect(isPaused).toBe(true);
      if (bridge.isStoreIdle) expect(isPaused).toBe(false);
    }
    if (bridge.mode === 'holding' && bridge.isStoreIdle) {
      if (bytes > heldBytesMax + 100 * count || count > heldMessagesMax)
        expect(isPaused).toBe(true);
    }
  }
}
