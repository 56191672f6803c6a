/** The dialogs of a user agent, found by handle and by the Call-ID and tags of a request. */
import type { DialogState } from '../effect.ts';
import type { SipRequest } from '../message.ts';
import { dialogKey } from './dialog.ts';
import { namesOf } from './names.ts';
import type { Call, Usage } from './usage.ts';

export class Dialogs {
  readonly #byHandle = new Map<string, Usage>();
  readonly #byKey = new Map<string, Usage>();
  #named = 0;

  get size(): number {
    return this.#byHandle.size;
  }

  /** A handle that no dialog has had. */
  newHandle(): string {
    return `d${++this.#named}`;
  }

  get(handle: string | undefined): Usage | undefined {
    return handle === undefined ? undefined : this.#byHandle.get(handle);
  }

  /** The call that a handle names. */
  call(handle: string | undefined): Call | undefined {
    const usage = this.get(handle);
    return usage?.kind === 'call' ? usage : undefined;
  }

  add(usage: Usage): void {
    this.#byHandle.set(usage.handle, usage);
  }

  /** Makes a usage known under a name, instead of the one that it had. */
  register(usage: Usage, key: string): void {
    this.#unregister(usage);
    this.#byKey.set(key, usage);
    usage.key = key;
  }

  /** Gives a usage its dialog, and makes it known under its name. */
  settle(usage: Usage, dialog: DialogState): void {
    usage.dialog = dialog;
    this.register(usage, dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag));
  }

  /** Forgets a usage. */
  remove(usage: Usage): void {
    this.#unregister(usage);
    this.#byHandle.delete(usage.handle);
  }

  /** The usage of a dialog that was kept elsewhere, if it is here after all. */
  of({ callId, localTag, remoteTag }: DialogState): Usage | undefined {
    return this.#byKey.get(dialogKey(callId, localTag, remoteTag));
  }

  /** The usage that a request of the other side belongs to. */
  find(request: SipRequest): Usage | undefined {
    const { callId, fromTag, toTag } = namesOf(request);
    if (toTag === '') return undefined;
    const known = this.#byKey.get(dialogKey(callId, toTag, fromTag));
    if (known !== undefined || request.method !== 'NOTIFY') return known;
    // RFC 6665 4.1.2.4: a NOTIFY may come before the answer that tells the other side's tag.
    return this.#byKey.get(awaitedKey(callId, toTag));
  }

  #unregister(usage: Usage): void {
    const { key } = usage;
    if (key !== undefined && this.#byKey.get(key) === usage) this.#byKey.delete(key);
    usage.key = undefined;
  }
}

/** The name of a subscription whose notifier isn't known yet. */
export function awaitedKey(callId: string, localTag: string): string {
  return dialogKey(callId, localTag, '\n');
}
