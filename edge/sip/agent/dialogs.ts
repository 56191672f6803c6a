/** The dialogs of a user agent, found by handle and by the Call-ID and tags of a request. */
import type { DialogState } from '../effect.ts';
import type { SipRequest } from '../message.ts';
import { callId, fromTag, toTag } from '../tags.ts';
import { dialogKey } from './dialog.ts';
import type { Usage } from './usage.ts';

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
  of({ callId: id, localTag, remoteTag }: DialogState): Usage | undefined {
    return this.#byKey.get(dialogKey(id, localTag, remoteTag));
  }

  /** The usage that a request of the other side belongs to. */
  find(request: SipRequest): Usage | undefined {
    const id = callId(request) ?? '';
    const localTag = toTag(request);
    if (localTag === undefined) return undefined;
    const known = this.#byKey.get(dialogKey(id, localTag, fromTag(request) ?? ''));
    if (known !== undefined || request.method !== 'NOTIFY') return known;
    // RFC 6665 4.1.2.4: a NOTIFY may come before the answer that tells the other side's tag.
    return this.#byKey.get(awaitedKey(id, localTag));
  }

  #unregister(usage: Usage): void {
    const { key } = usage;
    if (key !== undefined && this.#byKey.get(key) === usage) this.#byKey.delete(key);
    usage.key = undefined;
  }
}

/** The name of a subscription whose notifier isn't known yet. */
export function awaitedKey(id: string, localTag: string): string {
  return dialogKey(id, localTag, '\n');
}
