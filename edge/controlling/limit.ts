/** Bounds of the Controlling Function, each with its reason. */

/** Groups that run at one time; each has some KB. Beyond it new ones get 503. */
export const groupsMax = 50_000;
/** Ended groups that are remembered until the store has certainly heard of their end. */
export const endedGroupsMax = 10_000;
/** Characters of a Contribution-ID or Conversation-ID; clients use a UUID. It is part of a key in the store. */
export const contributionIdCharsMax = 256;
/** Characters of a group's subject, which goes into every INVITE and roster. */
export const subjectCharsMax = 1024;
/** INVITEs for one Contribution-ID that wait while the first of them opens the group: all members may re-start it at once. */
export const openingCallsMax = 1000;
/** What a caller is told to wait when there is no room, or the store does not answer. */
export const retryAfterS = 10;

/** Messages for one member that it has not acknowledged; beyond it senders get 413. */
export const queueMessagesMax = 1024;
/** The same in bytes, in multiples of the largest message. */
export const queueMessageSizesMax = 4;
/** Messages of one member that wait for acknowledgements; beyond it the member gets 413. */
export const authorMessagesMax = 512;
/** Message-IDs of one member that are remembered to recognise a repetition: all that may be unanswered, and as many again. */
export const recentIdsMax = 1024;

/** A message for a member who is still being invited keeps its sender waiting so long: less than the 30 s of MSRP. */
export const invitedHoldMs = 25_000;
/** A leg whose connection was lost, or has not come about, is waited for; then it is given up. */
export const returnMs = 60_000;
/**
 * The members' functions have so long to come back to a group that another process ran: those of a lost edge are taken over first, and find
 * the way within this.
 */
export const comeBackMs = 20_000;
/**
 * The same where somebody may still have been ringing: who has come back to a silent focus within a dialog asks anew after 4 s. A function that
 * is asked before it comes back takes that for the new leg.
 */
export const comeBackLatelyMs = 6_000;
/** An INVITE to a member is given up after this: clients ring about 60 s, networks allow three minutes (timer C). */
export const invitingMs = 180_000;
/**
 * A member whose function answers 503 is invited anew after each of these times: at once where it ends, later where its edge was lost and has to be
 * found so. All together they are less than what senders wait for a member who is being invited.
 */
export const inviteAgainMs: readonly number[] = [500, 2_000, 5_000, 10_000];
/** After our BYE the peer may close the MSRP connection first, so that it doesn't take the end for a loss. */
export const mediaLingerMs = 1000;

/** RFC 6665 leaves it open; an hour is what RFC 4575 4.4 recommends. */
export const subscriptionS = 3600;
/** Shorter subscriptions cost more than they tell. */
export const subscriptionMinS = 60;
/** RFC 4575 4.6: notifications of one subscription have at least so much time between them. */
export const notifyPauseMs = 1000;
/** Subscriptions of one member: one for each device, and one of the function that acts for it. */
export const memberSubscriptionsMax = 8;
/** Users of a roster who are no members any more; the oldest is forgotten first. */
export const departedMax = 100;

/** A report that the store did not take is sent again after this, so often; then the store is wrong until the next event. */
export const reportRetryMs = 1000;
export const reportRetriesMax = 60;
/** Reports of one group that wait for their turn; a group changes about once a second at the most. */
export const reportsMax = 1000;
