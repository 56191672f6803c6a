/** Every bound of the runtime, with its reason. */

/** Connections of one listener and its outgoing ones together; 10,000 registered clients and as much again. */
export const connectionsMax = 20_000;

/** How long a TCP connection may take to come up; well under the 32 s after which a SIP transaction gives up. */
export const connectMs = 8_000;

/** A connection that has said nothing whole for so long after it was opened is no client. */
export const firstMessageMs = 30_000;

/** A message that has been incomplete for so long won't be completed: a slow drip holds memory, nothing else. */
export const partialMessageMs = 30_000;

/** A peer that takes nothing for so long while bytes wait for it is gone, whatever its TCP says. */
export const stalledWriteMs = 30_000;

/** How often all deadlines of connections are looked at: one timer instead of one a connection. */
export const sweepMs = 1_000;

/**
 * A SIP connection without traffic is probed after so long, so that those of clients that went away without a word don't add up: less
 * than the 350 s after which load balancers forget a connection, and more than the 120 s after which clients say something.
 */
export const sipKeepAliveMs = 300_000;

/** Unwritten bytes of one SIP connection; about fifty of the largest usual NOTIFYs. */
export const sipBacklogBytesMax = 1_048_576;

/** Unwritten bytes of one MSRP connection. The host holds back far below this; it is for one that doesn't. */
export const msrpBacklogBytesMax = 16_777_216;

/** Unwritten bytes of all connections of a listener together, so that many slow peers can't fill the memory. */
export const backlogBytesTotalMax = 268_435_456;

/** How long a connection that is being closed may take to write what it still holds. */
export const lingerMs = 2_000;

/** Tries at a port number that is free for UDP and TCP alike. */
export const freePortTriesMax = 20;

/** What is joined for one MSRP write without a buffer of its own: a batch of 64 usual messages. */
export const scratchBytes = 65_536;

/** SIP messages under way between two functions of this process. */
export const localMessagesMax = 10_000;

/** MSRP bytes under way on one local connection before the writer is told to hold back. */
export const localBacklogBytes = 262_144;

/** The longest delay that the platform's timers hold; longer ones are armed again. */
export const timerMsMax = 2_147_483_647;

/** Header bytes, URL and body of an HTTP request; all that is served are short GETs. */
export const httpHeaderBytesMax = 16_384;
export const httpUrlBytesMax = 2_048;
export const httpBodyBytesMax = 16_384;

/** How long an HTTP client may take for its headers, for a whole request, and between requests. */
export const httpHeadersMs = 10_000;
export const httpRequestMs = 15_000;
export const httpKeepAliveMs = 10_000;

/** Open HTTP connections. */
export const httpConnectionsMax = 1_000;

/** Log lines that wait for stderr; beyond it lines are dropped, since a log must never hold up or fill the process. */
export const logBufferBytesMax = 8_388_608;

/** Sets of labels of one metric; reasons and methods come from peers, who could make up any number. */
export const metricReasonsMax = 200;

/** Reports that wait for the queue; beyond it messages are given back as not stored. */
export const outboxEntriesMax = 20_000;
/** A message that the queue has not taken after so long is answered with an error. */
export const storeAnswerMs = 10_000;
/** A failing queue is tried again after a growing pause. */
export const reportRetryMinMs = 20;
export const reportRetryMaxMs = 2_000;
/** How long a look-up of a user waits for what an earlier run has left; less than clients wait for an answer. */
export const gateWaitMs = 10_000;
/** How often an edge looks which registrations have run out: they are counted by the second. */
export const expireRegistrationsMs = 1_000;
/** Users of whom an edge remembers what it has reported last; those before them were reported long ago, and functions are seconds late. */
export const unsettledUsersMax = 50_000;
/** How often it is looked whether that is handled. */
export const gatePollMs = 10;
/** Commands that are remembered as done; the queue's own memory for repeats is five minutes. */
export const doneCommandsMax = 100_000;
/** Steps of the machines that one input may cause before it counts as a fault. */
export const roundsMax = 10_000;
/** Participations of a user that an edge looks at together; those that are named are found among any number. */
export const userItemsMax = 200;
/** How often the embedded store removes what has expired, and what was delivered a while ago. */
export const expireEveryMs = 60_000;
/** The members of a group that goes on elsewhere are back in it within less. */
export const groupsMoveMs = 1_500;
/** How long an edge that ends gives its participations to others, and how often it is looked whether that is done. */
export const handOverMs = 10_000;
export const handOverPollMs = 50;
/** A process that ends waits so long for answers to what it says last: a lost datagram has been sent twice again by then (RFC 3261 17.1.2.1). */
export const lastWordsMs = 2_000;
export const lastWordsPollMs = 10;
/** Sessions that were given away are taken up within so long; until then the edge passes requests on to clients that are connected to it. */
export const handedOverMs = 6_000;
/** How long a process may drain before it ends all the same: less than the stop timeout of a container. */
export const drainMs = 25_000;
/** Items of one page when all participations are read, once, to count what waits. */
export const countedPageItems = 500;
/** Participations whose waiting messages are counted side by side. */
export const countedAtOnce = 100;
/** Participations that changed and that nobody has asked about since; beyond it all are counted anew instead. */
export const markedMax = 50_000;
/** How old the figures of the status page may be, so that asking for it often costs nothing. */
export const totalsAgeMs = 500;
/** Entries of one page of the operator's views, unless asked for otherwise and at most. */
export const pageEntries = 50;
export const pageEntriesMax = 100;
/** Members of one page of groups, beyond which it ends early: each is looked up. */
export const pageMembersMax = 1_000;
/** Queues besides those that are served here that are looked at. */
export const otherQueuesMax = 500;

/** The store has so long to answer when it is asked whether we are ready; balancers ask every few seconds. */
export const readinessMs = 2_000;
/** How often an edge tells the cloud's watch what it holds: the finest that alarms and scaling look at. */
export const reportMetricsEveryMs = 60_000;

/** A command that an edge has not carried out after so long comes again; as long as a call may take. */
export const commandVisibilityS = 40;
/** Receipts of a command before it is given up. */
export const receivesMax = 5;
/** An edge whose word is late has so long to take a connection: they are near one another. */
export const doubtMs = 500;
/** Requests whose edge is remembered, so that their CANCEL and repetitions go the same way: far more than are answered within a minute. */
export const decidedRequestsMax = 10_000;
/** A request for what a lost edge had waits so long for its new owner, and looks so often; less than clients wait for an answer. */
export const ownerWaitMs = 20_000;
export const ownerPollMs = 200;
/** After edges have come or gone, all edges know of it after a heartbeat, and the functions are at most as late again. */
export const moveMs = 4_000;
export const movePollMs = 200;

/** Connections passed on to the edges that have their sessions: as many as half the sockets of a listener, each needing another one. */
export const relayedConnectionsMax = 10_000;
/** Edges are near one another: one that takes no connection for so long takes none. */
export const relayConnectMs = 2_000;
/** An address counts so long as that of an edge that has ended: all its connections have ended by then, and a new edge may get it. */
export const endedMs = 10_000;
