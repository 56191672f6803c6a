/** The Reasons that our BYEs and CANCELs give (RFC 3326), and the answer to what can't be done just now. */
import type { ResponseDraft } from '../sip/effect.ts';
import type { Header } from '../sip/message.ts';

/** Another device has the session, or a newer session of the same (001 8.3.2.9.1.1 NOTE 2). */
export const elsewhere: Header = {
  name: 'Reason',
  value: 'SIP;cause=200;text="Call completed elsewhere"',
};

/** Everything is delivered. */
export const completed: Header = { name: 'Reason', value: 'SIP;cause=200;text="Call completed"' };

/** The session can't go on; nobody has left it. */
export const unavailable: Header = { name: 'Reason', value: 'SIP;cause=480' };

/** RFC 3261 21.5.4: not now, and not here; another attempt may find what it needs. */
export const tryAgain: ResponseDraft = {
  status: 503,
  headers: [{ name: 'Retry-After', value: '5' }],
};
