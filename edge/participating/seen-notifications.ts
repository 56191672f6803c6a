/**
 * Notifications that have gone on, so that those of a user's other devices about the same message do not (004 5.2.6). Bounded: the
 * oldest are forgotten first, and a device as late as that is passed on again.
 */
import { ownText } from '../bytes/text.ts';
import { parseCpim } from '../cpim/cpim.ts';
import { isImdn } from '../cpim/header.ts';
import { type Imdn, readImdn } from '../cpim/imdn.ts';
import { seenNotificationsMax } from './limit.ts';

export class SeenNotifications {
  readonly #seen = new Set<string>();

  has(key: string): boolean {
    return this.#seen.has(key);
  }

  add(key: string): void {
    if (this.#seen.size >= seenNotificationsMax) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    this.#seen.add(ownText(key));
  }
}

/** Whose notification of which kind about which message; undefined for what is no notification, or several in one. */
export function notificationKey(user: string, body: Uint8Array): string | undefined {
  const imdn = imdnOf(body);
  return imdn && `${user} ${imdn.kind} ${imdn.messageId}`;
}

/** The notification in a message; undefined for what is none, or several in one. */
export function imdnOf(body: Uint8Array): Imdn | undefined {
  const parsed = parseCpim(body);
  if (parsed.kind !== 'cpim' || !isImdn(parsed.cpim)) return undefined;
  const read = readImdn(parsed.cpim.content);
  return read.kind === 'imdn' ? read.imdn : undefined;
}
