/**
 * What comes in on connections. A request is checked in the order of RFC 4975 7.3: its method (501), its session (481, 506), itself (400), its
 * type (415) and size (413). Chunks but the last are answered here; the response to the last is the owner's decision, which waits until no
 * chunk is missing. Failure-Report of the request says which responses are sent at all (7.2). A REPORT is never answered.
 *
 * A session is found by the session-id alone, as this is the secret that its owner has given to the peer; host and port may differ where the
 * media path leads over others (RFC 6714).
 */
import type { Joined } from './assembly.ts';
import type { Connection, Ongoing } from './connection.ts';
import type { FailureReport } from './effect.ts';
import type { MsrpRequest, MsrpResponse, RequestHead } from './frame.ts';
import type { HostState, Unanswered } from './host-state.ts';
import type { Lifecycle } from './lifecycle.ts';
import { holeMs, strayRequestsMax, unansweredMax } from './limit.ts';
import { printResponse, statusText } from './print-frame.ts';
import type { Sender } from './sender.ts';
import type { Session } from './session.ts';
import { parseMsrpUri } from './uri.ts';

const okText = statusText(200);

export class Receiver {
  readonly #state: HostState;
  readonly #lifecycle: Lifecycle;
  readonly #sender: Sender;

  constructor(state: HostState, lifecycle: Lifecycle, sender: Sender) {
    this.#state = state;
    this.#lifecycle = lifecycle;
    this.#sender = sender;
  }

  /** Bytes have come in on a connection; they belong to the host from now on. */
  received(nowMs: number, connection: Connection, bytes: Uint8Array): void {
    this.#state.counts.bytesReceived += bytes.length;
    connection.reader.push(bytes);
    while (!connection.isClosed) {
      const result = connection.reader.next();
      if (result.kind === 'need-more') return;
      if (result.kind === 'refused') {
        this.#state.counts.malformed++;
        this.#lifecycle.drop(connection);
        return;
      }
      const { frame } = result;
      if (frame.kind === 'response') this.#response(nowMs, connection, frame);
      else this.#request(nowMs, connection, frame);
    }
  }

  /** The owner's response to a message. */
  answer(inbound: number, status: number, comment?: string): void {
    const unanswered = this.#state.unanswered.get(inbound);
    if (unanswered === undefined) return;
    const { session, connection } = unanswered;
    this.#state.unanswered.delete(inbound);
    session.unanswered.delete(inbound);
    this.#respond(connection, unanswered, status, comment);
    if (session.isHeld && session.unanswered.size < unansweredMax / 2) {
      this.#lifecycle.pause(session, session.isPaused, false);
    }
  }

  /** It is time to look for messages whose rest has not come. */
  giveUp(session: Session, connection: Connection): void {
    const { overdue, isAnyHeld } = session.assembly.giveUp();
    for (const head of overdue) this.#respondTo(connection, head, 400);
    if (isAnyHeld) this.#lifecycle.awaitRest(session, holeMs);
  }

  #response(nowMs: number, connection: Connection, response: MsrpResponse): void {
    const session = this.#sessionOf(response.toPath);
    if (session === undefined || session.connection !== connection) {
      this.#state.counts.strayResponses++;
      return;
    }
    const isGood = this.#sender.respond(nowMs, session, connection, response);
    if (!isGood) this.#lifecycle.lose(session, connection, 'refused');
  }

  #request(nowMs: number, connection: Connection, request: MsrpRequest): void {
    if (connection.ongoing !== undefined) {
      this.#goOn(connection, connection.ongoing, request);
      return;
    }
    const session = this.#admit(connection, request.head);
    const isNew = session !== undefined && session.connection !== connection;
    if (isNew) this.#lifecycle.bind(session, connection);
    const isTaken = session !== undefined && this.#take(connection, session, request);
    if (isNew) this.#sender.begin(nowMs, session);
    if (request.flag === undefined) connection.ongoing = { session, isRefused: !isTaken };
  }

  /** The next piece of a request. */
  #goOn(connection: Connection, ongoing: Ongoing, request: MsrpRequest): void {
    const { head, flag } = request;
    // The session may have been closed, or be somewhere else by now.
    const session = ongoing.session?.connection === connection ? ongoing.session : undefined;
    let { isRefused } = ongoing;
    if (session !== undefined && !isRefused) isRefused = !this.#take(connection, session, request);
    connection.ongoing = flag === undefined ? { session, isRefused } : undefined;
    if (isRefused && flag !== undefined && flag !== '+') session?.assembly.forget(head.messageId);
  }

  /** The session of a request that may go on; what may not is answered here. */
  #admit(connection: Connection, head: RequestHead): Session | undefined {
    const session = this.#sessionOf(head.toPath);
    if (head.method === 'REPORT') {
      if (session?.connection === connection) this.#report(session, head);
      return undefined;
    }
    const status = refusalOf(head, session, connection);
    if (session === undefined || status !== 0) {
      this.#refuse(connection, head, status);
      return undefined;
    }
    connection.strays = 0;
    return session;
  }

  #report(session: Session, { messageId, status }: RequestHead): void {
    if (messageId === '' || status === 0) return;
    this.#state.emit({ kind: 'report', session: session.name, messageId, status });
  }

  #refuse(connection: Connection, head: RequestHead, status: number): void {
    this.#respondTo(connection, head, status);
    if (connection.sessions.size > 0) return;
    connection.strays++;
    this.#lifecycle.doubt(connection);
    if (connection.strays >= strayRequestsMax) this.#lifecycle.drop(connection);
  }

  /** Takes a SEND, or a piece of one. False if it has been refused. */
  #take(connection: Connection, session: Session, request: MsrpRequest): boolean {
    const { head, body, at, flag } = request;
    const { assembly } = session;
    const isKnown = assembly.size > 0 && assembly.has(head.messageId);
    if (flag === '$' && at === 0 && head.rangeStart === 1 && !isKnown) {
      const status = this.#refusalOfWhole(session, request);
      if (status !== 200) {
        this.#respondTo(connection, head, status);
        return false;
      }
      // An empty SEND only binds, or keeps the way open.
      if (body.length === 0) this.#respondTo(connection, head, 200);
      else this.#deliver(connection, session, head, { ...reportsOf(head), body });
      return true;
    }
    return this.#takeChunk(connection, session, request);
  }

  #takeChunk(connection: Connection, session: Session, request: MsrpRequest): boolean {
    const { head, flag } = request;
    const added = session.assembly.add(request);
    if (added.kind === 'whole') {
      const isEmpty = added.message.body.length === 0;
      if (!isEmpty) this.#deliver(connection, session, added.last, added.message);
      if (isEmpty || added.last !== head) this.#respondTo(connection, head, 200);
      return true;
    }
    if (added.hopeless !== undefined) this.#respondTo(connection, added.hopeless, 400);
    if (added.kind === 'refused') this.#respondTo(connection, head, added.status);
    else if (added.kind === 'held') this.#lifecycle.awaitRest(session, holeMs);
    else if (flag !== undefined) this.#respondTo(connection, head, 200);
    return added.kind !== 'refused';
  }

  #refusalOfWhole(session: Session, request: MsrpRequest): number {
    const { head, body } = request;
    if (body.length === 0) return isTotalWrong(request) ? 400 : 200;
    if (head.messageId === '' || head.contentType === '') return 400;
    if (!session.accepts(head.contentType)) return 415;
    if (body.length > this.#state.options.messageBytesMax) return 413;
    return isTotalWrong(request) ? 400 : 200;
  }

  #deliver(connection: Connection, session: Session, head: RequestHead, message: Joined): void {
    const inbound = this.#state.nextInbound();
    this.#state.counts.messagesReceived++;
    this.#state.unanswered.set(inbound, {
      session,
      connection,
      transactionId: head.transactionId,
      failureReport: head.failureReport,
      paths: connection.answerPaths(head),
    });
    session.unanswered.add(inbound);
    this.#state.emit({
      kind: 'message',
      message: {
        session: session.name,
        inbound,
        messageId: head.messageId,
        contentType: message.contentType,
        body: message.body,
        isSuccessReportWanted: message.isSuccessReportWanted,
        failureReport: message.failureReport,
      },
    });
    if (session.unanswered.size >= unansweredMax && !session.isHeld) {
      this.#lifecycle.pause(session, session.isPaused, true);
    }
  }

  #respondTo(connection: Connection, head: RequestHead, status: number): void {
    const { transactionId, failureReport } = head;
    const paths = connection.answerPaths(head);
    this.#respond(connection, { transactionId, failureReport, paths }, status);
  }

  #respond(
    connection: Connection,
    request: Pick<Unanswered, 'transactionId' | 'failureReport' | 'paths'>,
    status: number,
    comment?: string,
  ): void {
    if (status !== 200) this.#state.countRefusal(status);
    if (!isAnswered(request.failureReport, status)) return;
    const text = status === 200 && comment === undefined ? okText : statusText(status, comment);
    printResponse(connection.output, request.paths, request.transactionId, text);
    this.#state.touch(connection);
  }

  #sessionOf(path: string): Session | undefined {
    const exact = this.#state.byPath.get(path);
    if (exact !== undefined) return exact;
    // A path of several URIs asks for a relay, which this is not.
    const uri = parseMsrpUri(path);
    return uri === undefined ? undefined : this.#state.sessions.get(uri.sessionId);
  }
}

/** RFC 4975 7.2: `partial` has only errors answered, `no` nothing. */
function isAnswered(failureReport: FailureReport, status: number): boolean {
  return failureReport === 'yes' || (failureReport === 'partial' && status !== 200);
}

/** RFC 4975 7.1.1, 7.3.1: a total is the length of the whole message, which has come to its end here. */
function isTotalWrong({ head: { total }, body }: MsrpRequest): boolean {
  return total !== undefined && total !== body.length;
}

/** The status that refuses a request; 0 if nothing does. */
function refusalOf(
  head: RequestHead,
  session: Session | undefined,
  connection: Connection,
): number {
  if (head.method !== 'SEND') return 501;
  if (session === undefined || session.state === 'lost') return 481;
  if (session.state === 'bound' && session.connection !== connection) return 506;
  if (head.problem !== '' || !connection.hasGoodPath(head)) return 400;
  return 0;
}

function reportsOf(head: RequestHead): Omit<Joined, 'body'> {
  const { contentType, isSuccessReportWanted, failureReport } = head;
  return { contentType, isSuccessReportWanted, failureReport };
}
