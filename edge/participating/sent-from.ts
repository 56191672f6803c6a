/**
 * From which device of its user a message was sent, so that notifications about it go to that device alone (001 8.3.2.9.1.1, delivery of
 * IMDNs, step 3; decision D-14). Bounded: the oldest are forgotten first, and what is told of them goes to any device of the user.
 */
import { ownText } from '../bytes/text.ts';
import { peekCpim } from '../cpim/peek.ts';
import { sentFromMax } from './limit.ts';

export class SentFrom {
  readonly #devices = new Map<string, string>();

  /** A user's device has sent a message in CPIM. */
  remember(user: string, body: Uint8Array, instance: string | undefined): void {
    const messageId = instance === undefined ? undefined : peekCpim(body)?.messageId;
    if (instance === undefined || messageId === undefined) return;
    const key = ownText(keyOf(user, messageId));
    this.#devices.delete(key);
    this.#devices.set(key, instance);
    const [oldest] = this.#devices.keys();
    if (this.#devices.size > sentFromMax && oldest !== undefined) this.#devices.delete(oldest);
  }

  /** The device that has sent the message with an imdn.Message-ID; undefined if that isn't known. */
  deviceOf(user: string, messageId: string): string | undefined {
    return this.#devices.get(keyOf(user, messageId));
  }
}

function keyOf(user: string, messageId: string): string {
  return `${user} ${messageId}`;
}
