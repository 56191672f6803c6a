/**
 * Lines of our INVITEs for what waits in groups: a client is asked into a bounded number of them at the same time, and the others wait, in
 * the order in which they came, until one is answered, has failed, or is not wanted any more. Only INVITEs without a final answer count: the
 * sessions that have come of them go on side by side. Nothing is kept: who is in a line when an edge ends is invited by the next one.
 */
import { invitationsOutMax } from './limit.ts';

export type Place = {
  /** Whose line it is. */
  readonly client: string;
  /** It is time for the INVITE; what comes of it is told later, by `leave`. */
  readonly begin: () => void;
};

type Line = { readonly out: Set<Place>; readonly waiting: Set<Place> };

export class InvitationLine {
  readonly #lines = new Map<string, Line>();

  /** Begins at once if there is room, or when there is. */
  enter(place: Place): void {
    const line = this.#lines.get(place.client) ?? { out: new Set(), waiting: new Set() };
    this.#lines.set(place.client, line);
    line.waiting.add(place);
    this.#advance(line);
  }

  /** Its INVITE has its answer, or is not wanted any more. */
  leave(place: Place): void {
    const line = this.#lines.get(place.client);
    if (line === undefined) return;
    line.waiting.delete(place);
    line.out.delete(place);
    this.#advance(line);
    if (line.out.size === 0) this.#lines.delete(place.client);
  }

  #advance({ out, waiting }: Line): void {
    for (const place of waiting) {
      if (out.size >= invitationsOutMax) return;
      waiting.delete(place);
      out.add(place);
      place.begin();
    }
  }
}
