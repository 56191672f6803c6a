/** Connects a bridge with the legs, the store and the timers of its participation. */
import type { LegEvent } from '../../shared/core/participation/event.ts';
import { packSegment } from '../../shared/core/segment.ts';
import { Bridge } from './bridge.ts';
import type { HandOver } from './collector.ts';
import type { Desk } from './desk.ts';
import { rereadMaxMs } from './limit.ts';
import type { MediaLeg } from './media-leg.ts';
import type { ParticipantStart } from './start.ts';

export type Wires = {
  readonly client: () => Pick<MediaLeg, 'send'> | undefined;
  readonly focus: () => MediaLeg | undefined;
  readonly report: (
    nowMs: number,
    event: LegEvent,
    then: (nowMs: number, isStored: boolean) => void,
  ) => void;
  readonly caughtUp: (nowMs: number) => boolean;
  /** Something is durable. */
  readonly kept: (nowMs: number) => void;
};

/** Makes the bridge of a participation. */
export function wireBridge(desk: Desk, start: ParticipantStart, wires: Wires): Bridge {
  const store = new StoreWires(desk, start, { bridge: () => bridge, kept: wires.kept });
  const bridge: Bridge = new Bridge(
    {
      epoch: start.epoch,
      cursor: start.cursor,
      last: start.last ?? 0,
      lastStored: start.lastStored ?? 0,
      isEndUnknown: start.isEndUnknown,
      holdMs: desk.options.holdMs,
    },
    {
      toClient: (nowMs, reference, { messageId, contentType, body }) =>
        wires.client()?.send(nowMs, {
          reference,
          messageId,
          contentType,
          body,
          isSuccessReportWanted: false,
          // Decision O-02: loss detection needs an answer to every message.
          failureReport: 'yes',
        }) ?? true,
      answer: (nowMs, inbound, status, isKept) => desk.answer(nowMs, inbound, { status, isKept }),
      reportSafe: (nowMs, { messageId, body }) =>
        wires.focus()?.report(nowMs, messageId, { status: 200, bytes: body.length }),
      handOver: (nowMs, handOver) => store.handOver(nowMs, handOver),
      read: (_nowMs, after, bytesMax) => store.read(after, bytesMax),
      readLater: (delayMs) => store.readLater(delayMs),
      keepCursor: (nowMs, cursor) =>
        wires.report(nowMs, { kind: 'progress', cursor }, (atMs, isKept) =>
          bridge.cursorKept(atMs, isKept),
        ),
      pauseFocus: () => wires.focus()?.pause(),
      resumeFocus: () => wires.focus()?.resume(),
      holdUntil: (nowMs, atMs) => store.holdUntil(nowMs, atMs),
      caughtUp: wires.caughtUp,
    },
  );
  return bridge;
}

class StoreWires {
  readonly #desk: Desk;
  readonly #start: ParticipantStart;
  readonly #bridge: () => Bridge;
  readonly #kept: (nowMs: number) => void;
  readonly #timer: string;
  #reading = 0;
  #isHolding = false;

  constructor(
    desk: Desk,
    start: ParticipantStart,
    owner: { readonly bridge: () => Bridge; readonly kept: (nowMs: number) => void },
  ) {
    this.#desk = desk;
    this.#start = start;
    this.#bridge = owner.bridge;
    this.#kept = owner.kept;
    this.#timer = String(desk.nextNumber());
  }

  handOver(nowMs: number, handOver: HandOver): void {
    const { first, messages, arrivals } = handOver;
    const count = arrivals.length;
    const oldestMs = messages.reduce((ms, one) => Math.min(ms, one.receivedAtMs), nowMs);
    const last = first + messages.length - 1;
    const bytes = packSegment(messages);
    this.#desk.emit({ kind: 'count', what: 'deferred', messages: count });
    // A client that is there reads them from the store as soon as they are in it.
    const canWait = this.#bridge().mode === 'deferring';
    this.#desk.report(
      this.#start.name,
      {
        event: { kind: 'messages', first, last, count, oldestMs, bytes },
        ...(canWait ? { canWait } : {}),
      },
      (atMs, isStored) => {
        this.#bridge().handedOver(atMs, isStored);
        if (isStored) this.#kept(atMs);
      },
    );
  }

  read(after: number, bytesMax: number): void {
    this.#reading++;
    const reading = this.#reading;
    this.#desk.readSegments(this.#start.name, { after, bytesMax }, (nowMs, runs) => {
      // A reading that a later one has replaced would leave a hole.
      if (reading !== this.#reading) return;
      if (runs === undefined) this.readLater(rereadMaxMs);
      else this.#bridge().segmentsRead(nowMs, runs);
    });
  }

  readLater(delayMs: number): void {
    this.#desk.setTimer(`reread/${this.#timer}`, delayMs, (nowMs) =>
      this.#bridge().readAgain(nowMs),
    );
  }

  /** One timer for all held messages: it is not moved while it is set. */
  holdUntil(nowMs: number, atMs: number): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.#desk.setTimer(`hold/${this.#timer}`, Math.max(1, atMs - nowMs), (dueMs) => {
      this.#isHolding = false;
      this.#bridge().holdEnded(dueMs);
    });
  }
}
