/** One copy of the texts that many clients have in common, such as feature tags; beyond its bound each gets its own. */
import { ownText } from '../bytes/text.ts';
import { internedTextsMax } from './limit.ts';

export class Interner {
  readonly #texts = new Map<string, string>();

  /** A string equal to `text` that is kept by nobody else than those who have asked for it. */
  intern(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const copy = ownText(text);
    if (this.#texts.size < internedTextsMax) this.#texts.set(copy, copy);
    return copy;
  }
}
