import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvitationLine, type Place } from '../../../edge/participating/invitation-line.ts';
import { invitationsOutMax } from '../../../edge/participating/limit.ts';

function places(count: number, client = 'phone') {
  const begun: number[] = [];
  const all = Array.from({ length: count }, (_, number): Place => {
    return { client, begin: () => void begun.push(number) };
  });
  return { begun, all };
}

/** Who should be where. */
class Model {
  readonly out = new Set<Place>();
  readonly #waiting = new Set<Place>();
  readonly #line = new InvitationLine();

  get inside(): readonly Place[] {
    return [...this.out, ...this.#waiting];
  }

  step(pick: number | null): void {
    const place = pick === null ? undefined : this.inside[pick % this.inside.length];
    if (place === undefined) this.#enter();
    else this.#leave(place);
    expect(this.out.size).toBe(Math.min(invitationsOutMax, this.inside.length));
  }

  /** All leave whose turn it is, until nobody is left. */
  end(): void {
    for (let [place] = this.out; place !== undefined; [place] = this.out) this.#leave(place);
  }

  #enter(): void {
    const place: Place = {
      client: 'phone',
      begin: () => {
        expect([...this.#waiting][0]).toBe(place);
        this.#waiting.delete(place);
        this.out.add(place);
      },
    };
    this.#waiting.add(place);
    this.#line.enter(place);
  }

  #leave(place: Place): void {
    this.out.delete(place);
    this.#waiting.delete(place);
    this.#line.leave(place);
  }
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('the groups that a client is asked into', () => {
  it('are begun at once up to the bound, and further ones in their order as others leave [promise 8]', () => {
    const line = new InvitationLine();
    const { begun, all } = places(invitationsOutMax + 4);
    for (const place of all) line.enter(place);
    expect(begun).toEqual(numbers(0, invitationsOutMax));
    for (const place of all.slice(3, 5)) line.leave(place);
    expect(begun).toEqual(numbers(0, invitationsOutMax + 2));
  });

  it('that are not wanted any more are passed over, and hold up nobody', () => {
    const line = new InvitationLine();
    const { begun, all } = places(invitationsOutMax + 2);
    for (const place of all) line.enter(place);
    const [first, second] = all.slice(invitationsOutMax);
    for (const place of places(1, 'tablet').all) line.leave(place);
    for (const place of [first, all[0], first]) if (place !== undefined) line.leave(place);
    expect(begun).toEqual([...numbers(0, invitationsOutMax), invitationsOutMax + 1]);
    if (second !== undefined) line.leave(second);
    expect(begun).toHaveLength(invitationsOutMax + 1);
  });

  it('do not hold up those of another client', () => {
    const line = new InvitationLine();
    for (const place of places(invitationsOutMax + 1).all) line.enter(place);
    const { begun, all } = places(2, 'tablet');
    for (const place of all) line.enter(place);
    expect(begun).toEqual([0, 1]);
  });

  it('are all begun once, never more at the same time than the bound, whoever leaves when [promise 8]', () => {
    // A number picks who leaves; without one somebody enters.
    const steps = fc.array(fc.option(fc.nat()));
    fc.assert(
      fc.property(steps, (taken) => {
        const model = new Model();
        for (const pick of taken) model.step(pick);
        model.end();
        expect(model.inside).toEqual([]);
      }),
    );
  });
});
