/** Bounds of the Participating Function, each with its reason. */

/** Messages sent to a client beyond what is durably known as acknowledged: what may come twice after a crash. */
export const windowMessagesMax = 64;
/** The same in bytes; one message may always be out. */
export const windowBytesMax = 1024 * 1024;
/** One hand-over to the queue: its base64 stays under 200 KB, the smallest limit of the queues we run on. */
export const segmentBytesMax = 140 * 1024;
export const segmentMessagesMax = 1000;
/** Messages that wait to be handed over; beyond it the focus's connection is not read. */
export const collectedBytesMax = 4 * 1024 * 1024;
export const collectedMessagesMax = 4000;
/** Messages held unanswered while the last stored ones are delivered; beyond it the focus's connection is not read. */
export const heldMessagesMax = 256;
export const heldBytesMax = 1024 * 1024;
/** One reading of stored messages. */
export const readBytesMax = 256 * 1024;
/** Stored messages read and not yet sent: with so many the next reading waits. */
export const readAheadMessagesMax = 256;
export const readAheadBytesMax = 512 * 1024;
/** A segment is in the queue before it is in the table: how long to wait before reading again. */
export const rereadMinMs = 5;
export const rereadMaxMs = 250;
/** Readings of some minute in which nothing comes of what was stored before: then it is taken for gone. */
export const awaitedReadsMax = 240;
/**
 * Message-IDs of a delivery that are remembered to recognise what stands in the store twice: what a focus has under way when the store
 * is silent, several times over.
 */
export const repeatIdsMax = 256;
/** Message-IDs remembered to recognise what a focus sends again after a broken connection. */
export const recentIdsMax = 512;
/** Of these, the latest that are remembered beyond a session's end: as many as may be answered while an answer is on its way. */
export const answeredAtEndMax = 256;
/** The same over all sessions that have ended; some 100 bytes each. */
export const answeredBeforeMax = 20_000;
/** Participations that an edge remembers after it held them: far more than end within the time that a report is on its way. */
export const lastHeldMax = 5_000;
/** Header bytes of an invitation that are kept to be repeated. */
export const repeatedHeaderBytesMax = 8192;
/** Group Session Identities that a participation is known by; each re-start brings another one. */
export const identitiesMax = 4;
/** Users in a roster that is kept and put into invitations. */
export const rosterUsersMax = 500;
/** Client messages that wait for a re-start. */
export const upstreamMessagesMax = 256;
/** An edge that ends waits so long for what is under way of a participation, before it stores it and lets go. */
export const settleMs = 6_000;
/** A client that was handed over has so long to answer where its session goes on. */
export const restoreAnswerMs = 5_000;
/** A restored dialog may have sent so many requests more than its last kept state knows of. */
export const sequenceGap = 1_000;
/** A focus has so long to answer a re-INVITE that brings a lost leg up again: it is a machine, and near. */
export const recoverAnswerMs = 4_000;
/** A re-join waits so long for its decision. */
export const decisionTimeoutMs = 15_000;
/** A message that goes within an INVITE: with it the INVITE stays well under the size of a datagram. */
export const inviteMessageBytesMax = 16 * 1024;
/** Senders of one user gather so long before the first one's turn. */
export const roundGatherMs = 25;
/** Readings for the first message that waits, before the INVITE goes without it. */
export const firstReadsMax = 8;
/** Notifications remembered, to tell those of a user's other devices. */
export const seenNotificationsMax = 10_000;
/** INVITEs to devices of one user at the same time. */
export const forksMax = 8;
/**
 * INVITEs for what waits in groups that one client has not answered yet; further ones wait. As many as its connection takes in one go (some
 * 3 KB each), and enough that 200 groups are there within seconds at a second for each answer. Hundreds at once would only wait in
 * the client, while their 32 s run.
 */
export const invitationsOutMax = 12;
/** Pause before another attempt at a delivery that was refused. */
export const retryDelayMs = 5_000;
/** How long a client's subscription to the roster is granted for here; it is the default of RFC 4575 3.4. */
export const rosterLifetimeS = 3600;
/** Our own subscription is refreshed no sooner, whatever a focus grants. */
export const rosterRefreshMinMs = 1_000;
/** Notifications of a focus that come before its answer to the SUBSCRIBE. */
export const earlyNotificationsMax = 16;
/** Subscriptions to one participation: devices of one user, and what an earlier start of a client has left. */
export const subscriptionsMax = 16;
/** How often it is looked whether everything has come into the store, by those who wait for it. */
export const storeCheckMs = 5;
/** Failure reports are so far ahead of the BYE, which takes another way and ends their session at the client. */
export const reportLeadMs = 200;

/** Users of whom an epoch is kept that was not used; each takes some 100 bytes. */
export const spareEpochsMax = 10_000;
/** Messages whose sending device is remembered, some 200 bytes each: what is notified later than that many goes to any device. */
export const sentFromMax = 20_000;
/** Attempts to join a group session again whose focus is out of reach, and the pause before the next: another edge takes it up meanwhile. */
export const joinTriesMax = 4;
export const joinPauseMs = 500;
/** How long clients wait before they subscribe again to a process that has ended: by then another one may be there. */
export const retryAfterS = 5;
/**
 * So long an INVITE that nobody has answered at all is left with a client that registers again at the same place: until RFC 3261 has sent it again for
 * the first time (T1), and some more. Later the client may have been out of reach, and over TCP it comes once alone.
 */
export const inviteLeftMs = 800;
/** The media of a client that has accepted have so long to come up once it registers again: far longer than a connection takes. */
export const mediaUpMs = 2_000;
/** An INVITE of the focus may come so long behind its later answer to ours: between edges it is found out first whose the user is. */
export const overtakenMs = 500;
