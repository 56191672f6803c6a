/** Bounds of the registrar, each with its reason. */

/** Clients of one user: phones, tablets, browsers; beyond it something goes wrong at a client. */
export const bindingsPerUserMax = 16;
/** Shorter registrations cost more than they are worth (RFC 3261 10.3 step 7). */
export const minExpiresS = 60;
/** Longer ones are shortened: a client that is gone without a word is forgotten after a week. */
export const maxExpiresS = 7 * 24 * 3600;
/** What a client gets that doesn't say (RFC 3261 10.2.1.1). */
export const defaultExpiresS = 3600;
/** Bytes of one binding's texts (contact, feature tags, path, Call-ID); real ones are under 1 KB. */
export const bindingTextMax = 4096;
/** How long a nonce is good; a client that comes back later gets another one without being asked for its password. */
export const nonceLifetimeMs = 300_000;
/** Nonces whose counts are remembered; beyond it the oldest go, and all that are as old become stale. */
export const noncesMax = 20_000;
/** Feature tags and User-Agent values kept once for all the clients that have them: some for each model and release. */
export const internedTextsMax = 2000;
/** Length of credentials' values; hashes are 64 characters, names and nonces are of our own making. */
export const credentialsValueMax = 512;
