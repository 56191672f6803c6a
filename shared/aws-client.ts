/**
 * How every request to AWS is bounded, in time and in attempts: table, queues and bodies alike. The SDK without it waits for an answer
 * for ever. Endpoint, region and credentials are the SDK's, from the environment.
 */

/** The first attempt and those after it, with growing pauses of random length: throttling and hiccups pass. */
const attemptsMax = 4;
/** Within a region a connection takes some milliseconds. */
const connectMsMax = 1_000;
/**
 * For one attempt, from asking for a socket on; a page of the table takes some tens of milliseconds. All attempts together stay below what
 * a sender of a message is made to wait.
 */
export const answerMsMax = 2_000;
/** Requests at once; beyond it they wait for one another. A burst of clients that come back asks for some hundreds. */
const socketsMax = 200;

/** Options of a client. */
export const boundedClient = {
  maxAttempts: attemptsMax,
  requestHandler: {
    connectionTimeout: connectMsMax,
    requestTimeout: answerMsMax,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: socketsMax },
    httpsAgent: { maxSockets: socketsMax },
  },
};
