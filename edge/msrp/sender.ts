/**
 * What sessions send. Small messages are printed at once; larger ones go in chunks, between which other sessions of the connection,
 * responses and reports find their place. Within a session messages keep their order: the next one starts when the one before has been
 * printed. While the connection has much unwritten, or a session many SENDs without a response, messages wait in a queue.
 *
 * A response is expected for each SEND (RFC 4975 7.1.1); one timer a session watches the oldest. It is not set anew for each SEND: when it
 * fires, it looks how long the oldest has still to wait.
 */
import type { Connection } from './connection.ts';
import type { OutboundMessage } from './effect.ts';
import { holdsEndLine } from './end-line.ts';
import type { ContinuationFlag, MsrpResponse } from './frame.ts';
import type { HostState } from './host-state.ts';
import {
  backlogBytesMax,
  chunkBytesMax,
  inFlightMax,
  queueBytesMax,
  queueMessagesMax,
  uninterruptibleBytesMax,
} from './limit.ts';
import { printContentType, printReport, printSend, type Report } from './print-frame.ts';
import type { Outgoing, Session } from './session.ts';

const nothing = new Uint8Array(0);

export class Sender {
  readonly #state: HostState;
  #contentType = '';
  #contentTypeBytes: Uint8Array = nothing;

  constructor(state: HostState) {
    this.#state = state;
  }

  /** Takes a message; false if the queue is full now. */
  send(nowMs: number, session: Session, message: OutboundMessage): boolean {
    session.sequence++;
    const outgoing = { message, sequence: session.sequence, sentBytes: 0, openChunks: 0 };
    session.queue.push(outgoing);
    session.queuedBytes += message.body.length;
    this.begin(nowMs, session);
    const isFull = session.queue.length >= queueMessagesMax || session.queuedBytes >= queueBytesMax;
    if (isFull) session.isFull = true;
    return !isFull;
  }

  /** What waits in a session goes out, if it may. */
  begin(nowMs: number, session: Session): void {
    const { connection } = session;
    if (connection === undefined || !session.isUp || session.queue.length === 0) return;
    connection.ready.add(session);
    this.pump(nowMs, connection);
  }

  /** RFC 4975 5.4: who opens the connection at once sends a request over it; it may be without a body. */
  sendBinding(nowMs: number, session: Session, connection: Connection): void {
    const messageId = this.#state.nextTransactionId();
    this.#printEmpty(nowMs, session, connection, { messageId, at: 0, total: 0, flag: '$' });
  }

  /** Prints what waits, in turn, one chunk a time, while there is room. */
  pump(nowMs: number, connection: Connection): void {
    for (const session of connection.ready) {
      if (!this.#hasRoom(connection)) return;
      connection.ready.delete(session);
      if (session.inFlight.size >= inFlightMax) continue;
      this.#printNext(nowMs, session, connection);
      if (session.queue.length > 0) connection.ready.add(session);
      this.#tellRoom(session);
    }
  }

  /** The response to a SEND of the session. False if the session can't go on (decision D-02 d). */
  respond(
    nowMs: number,
    session: Session,
    connection: Connection,
    response: MsrpResponse,
  ): boolean {
    const { transactionId, status } = response;
    const transaction = session.inFlight.get(transactionId);
    if (transaction === undefined) {
      this.#state.counts.strayResponses++;
      return true;
    }
    if (status === 408 || status === 481 || status === 506) return false;
    session.inFlight.delete(transactionId);
    const { outgoing } = transaction;
    if (outgoing !== undefined) {
      if (status >= 200 && status < 300) this.#acknowledged(session, outgoing);
      else this.#failed(nowMs, session, connection, { outgoing, status });
    }
    this.begin(nowMs, session);
    return true;
  }

  /** A REPORT to the peer; it is never answered. */
  report(session: Session, report: Report): void {
    const { connection } = session;
    if (connection === undefined || !session.isUp) return;
    printReport(connection.output, session.paths, this.#state.nextTransactionId(), report);
    this.#state.touch(connection);
  }

  /** The session's timer has fired. False if a response is overdue. */
  checkResponses(nowMs: number, session: Session, { flushed }: Connection): boolean {
    session.isTimerSet = false;
    const { responseTimeoutMs } = this.#state.options;
    for (const [transactionId, transaction] of session.inFlight) {
      // The time counts from the last byte; while that is unwritten, it hasn't begun.
      const fromMs = transaction.endsAt > flushed ? nowMs : transaction.sentAtMs;
      const leftMs = fromMs + responseTimeoutMs - nowMs;
      if (leftMs > 0) {
        this.#setTimer(session, leftMs);
        return true;
      }
      // RFC 4975 7.1.1: with Failure-Report partial silence is success.
      const { outgoing } = transaction;
      if (outgoing?.message.failureReport !== 'partial') return false;
      session.inFlight.delete(transactionId);
      this.#acknowledged(session, outgoing);
    }
    this.begin(nowMs, session);
    return true;
  }

  #hasRoom(connection: Connection): boolean {
    if (connection.backlog + connection.output.bytes < backlogBytesMax) return true;
    // Too much in this step alone: go on in the next, when the runtime has said what is left.
    if (connection.backlog < backlogBytesMax && !connection.isGoOnSet) {
      connection.isGoOnSet = true;
      this.#state.effect({ kind: 'set-timer', timer: `go-on/${connection.name}`, delayMs: 0 });
    }
    return false;
  }

  #printNext(nowMs: number, session: Session, connection: Connection): void {
    const outgoing = session.queue[0];
    if (outgoing === undefined) return;
    const { message, sentBytes } = outgoing;
    const total = message.body.length;
    const end = Math.min(sentBytes + chunkBytesMax, total);
    const body = total <= chunkBytesMax ? message.body : message.body.subarray(sentBytes, end);
    let transactionId = this.#state.nextTransactionId();
    while (holdsEndLine(body, transactionId)) transactionId = this.#state.nextTransactionId();
    printSend(connection.output, session.paths, transactionId, {
      messageId: message.messageId,
      contentType: this.#contentTypeOf(message.contentType),
      isSuccessReportWanted: message.isSuccessReportWanted,
      failureReport: message.failureReport,
      rangeStart: sentBytes + 1,
      isInterruptible: body.length > uninterruptibleBytesMax,
      total,
      body,
      flag: end === total ? '$' : '+',
    });
    this.#state.touch(connection);
    outgoing.sentBytes = end;
    if (end === total) {
      session.queue.shift();
      session.queuedBytes -= total;
      this.#state.counts.messagesSent++;
    }
    if (message.failureReport !== 'no')
      this.#await(nowMs, session, connection, { transactionId, outgoing });
    else if (end === total) this.#delivered(session, outgoing);
  }

  #printEmpty(
    nowMs: number,
    session: Session,
    connection: Connection,
    part: { messageId: string; at: number; total: number; flag: ContinuationFlag },
  ): void {
    const transactionId = this.#state.nextTransactionId();
    printSend(connection.output, session.paths, transactionId, {
      messageId: part.messageId,
      contentType: nothing,
      isSuccessReportWanted: false,
      failureReport: 'yes',
      rangeStart: part.at + 1,
      isInterruptible: false,
      total: part.total,
      body: nothing,
      flag: part.flag,
    });
    this.#state.touch(connection);
    this.#await(nowMs, session, connection, { transactionId, outgoing: undefined });
  }

  #await(
    nowMs: number,
    session: Session,
    connection: Connection,
    sent: { readonly transactionId: string; readonly outgoing: Outgoing | undefined },
  ): void {
    const { transactionId, outgoing } = sent;
    if (outgoing !== undefined) outgoing.openChunks++;
    session.inFlight.set(transactionId, {
      outgoing,
      sentAtMs: nowMs,
      endsAt: connection.written + connection.output.bytes,
    });
    if (!session.isTimerSet) this.#setTimer(session, this.#state.options.responseTimeoutMs);
  }

  #acknowledged(session: Session, outgoing: Outgoing): void {
    outgoing.openChunks--;
    if (outgoing.openChunks > 0 || outgoing.sentBytes < outgoing.message.body.length) return;
    this.#delivered(session, outgoing);
  }

  #delivered(session: Session, { message }: Outgoing): void {
    this.#state.emit({ kind: 'delivered', session: session.name, reference: message.reference });
  }

  /** The peer refuses a message. RFC 4975 7.1.1: one that isn't all sent is ended with `#`. */
  #failed(
    nowMs: number,
    session: Session,
    connection: Connection,
    { outgoing, status }: { readonly outgoing: Outgoing; readonly status: number },
  ): void {
    const { message, sentBytes } = outgoing;
    for (const [transactionId, transaction] of session.inFlight) {
      if (transaction.outgoing === outgoing) session.inFlight.delete(transactionId);
    }
    if (session.queue[0] === outgoing) {
      session.queue.shift();
      session.queuedBytes -= message.body.length;
      const part = { messageId: message.messageId, at: sentBytes, total: message.body.length };
      this.#printEmpty(nowMs, session, connection, { ...part, flag: '#' });
      this.#tellRoom(session);
    }
    const { reference } = message;
    this.#state.emit({ kind: 'failed', session: session.name, reference, status });
  }

  #tellRoom(session: Session): void {
    if (!session.isFull) return;
    if (session.queue.length > queueMessagesMax / 2) return;
    if (session.queuedBytes > queueBytesMax / 2) return;
    session.isFull = false;
    this.#state.emit({ kind: 'room', session: session.name });
  }

  #setTimer(session: Session, delayMs: number): void {
    session.isTimerSet = true;
    this.#state.effect({ kind: 'set-timer', timer: `response/${session.name}`, delayMs });
  }

  #contentTypeOf(contentType: string): Uint8Array {
    if (contentType !== this.#contentType) {
      this.#contentType = contentType;
      this.#contentTypeBytes = printContentType(contentType);
    }
    return this.#contentTypeBytes;
  }
}
