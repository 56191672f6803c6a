/**
 * Random lives of a group: members talk, lose their connections, come back in either way, ring for a while, leave and re-join, and
 * whatever happens, what the focus promises holds.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { Party } from './party.ts';

type Deed = {
  readonly kind: 'say' | 'cut' | 'reinvite' | 'join' | 'drop' | 'mute' | 'repeat';
  readonly who: number;
};
type Step = Deed | { readonly kind: 'wait'; readonly forMs: number };

const names = ['alice', 'bob', 'carol', 'dave'];

const who = fc.nat({ max: names.length - 1 });

function step(kinds: readonly Deed['kind'][]): fc.Arbitrary<Step> {
  const deed = fc.record({ kind: fc.constantFrom(...kinds), who });
  const wait = fc.constantFrom(1, 3, 10, 200, 4000, 12_000);
  return fc.oneof(
    { weight: 6, arbitrary: who.map((one) => ({ kind: 'say', who: one }) as const) },
    { weight: 4, arbitrary: deed },
    { weight: 4, arbitrary: wait.map((forMs) => ({ kind: 'wait', forMs }) as const) },
  );
}

class Life {
  readonly world = new World();
  readonly focus = new Focus(this.world);
  readonly parties = names.map((name) => new Party(this.world, name));
  readonly #said: { readonly by: Party; readonly id: string; readonly text: string }[] = [];
  #count = 0;

  constructor() {
    const [alice] = this.parties;
    alice?.create(names.slice(1));
    this.world.run(100);
  }

  take(one: Step): void {
    if (one.kind === 'wait') {
      this.world.run(one.forMs);
      return;
    }
    const party = this.parties[one.who] as Party;
    switch (one.kind) {
      case 'say':
        if (party.isUp) this.#say(party, `${party.name} ${++this.#count}`);
        return;
      case 'repeat':
        this.#repeat(party);
        return;
      case 'cut':
        this.world.cut(party.name);
        return;
      case 'reinvite':
        party.reinvite();
        this.#sayAgain(party);
        return;
      case 'join':
        party.call(party.identity);
        this.#sayAgain(party);
        return;
      case 'drop':
        party.bye('SIP;cause=480');
        return;
      case 'mute':
        party.onMessage = party.onMessage === 200 ? 'leave' : 200;
        if (party.onMessage === 200) party.acknowledge();
    }
  }

  /** Everybody listens and is in again; who has no answer asks again. */
  calmDown(): void {
    for (const party of this.parties) {
      party.onMessage = 200;
      party.acknowledge();
    }
    this.world.run(15_000);
    for (const party of this.parties) {
      party.call(party.identity);
      this.#sayAgain(party);
    }
    this.world.run(15_000);
  }

  checkAnswered(): void {
    for (const { by, id, text } of this.#said) {
      expect(by.outcomes.get(id), `${text} is answered`).toBe(200);
    }
  }

  /** Everybody has heard everything, what one author said in the order in which it was said. */
  checkHeard(): void {
    for (const by of this.parties) {
      const own = this.#said.filter((one) => one.by === by).map(({ text }) => text);
      for (const other of this.parties) {
        if (other === by) continue;
        const heard = [...new Set(other.texts)].filter((text) => own.includes(text));
        expect(heard, `${by.name} at ${other.name}`).toEqual(own);
      }
    }
  }

  /** The group ends, and nothing of it is left. */
  checkEnd(): void {
    this.world.run(400_000);
    const { controlling, node } = this.focus;
    expect(controlling.groupEntries()).toEqual({ groups: 0, members: 0 });
    expect(controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
    expect(node.msrp.counts.sessions).toBe(0);
  }

  #say(party: Party, text: string): void {
    const id = `id-${this.#count}`;
    this.#said.push({ by: party, id, text });
    party.say(text, { id });
  }

  /** RFC 4975 5.4: what has no answer goes first over a new session. */
  #sayAgain(party: Party): void {
    for (const { by, id, text } of this.#said) {
      if (by === party && party.outcomes.get(id) !== 200) party.say(text, { id });
    }
  }

  #repeat(party: Party): void {
    const own = this.#said.filter(({ by }) => by === party);
    const last = own.at(-1);
    if (last !== undefined && party.isUp) party.say(last.text, { id: last.id });
  }
}

function live(steps: readonly Step[]): Life {
  const life = new Life();
  for (const one of steps) life.take(one);
  life.calmDown();
  return life;
}

test('whatever happens to the connections, everybody gets everything, in order, and senders learn it', () => {
  const steps = fc.array(step(['cut', 'reinvite', 'join', 'mute', 'repeat']), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (taken) => {
      const life = live(taken);
      life.checkAnswered();
      life.checkHeard();
      life.checkEnd();
    }),
    { numRuns: 150 },
  );
});

test('whatever happens to the legs, senders have an answer and nothing is left behind', () => {
  const all = step(['cut', 'reinvite', 'join', 'mute', 'repeat', 'drop']);
  fc.assert(
    fc.property(fc.array(all, { maxLength: 40 }), (taken) => {
      const life = live(taken);
      life.checkAnswered();
      life.checkEnd();
    }),
    { numRuns: 150 },
  );
});
