/** Many clients in groups that talk without end, and a record of what was answered and what has arrived. */

import type { Place } from '../kit/balancer.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { pause, until } from '../kit/wait.ts';

export type CrowdOptions = {
  /** The members are of this scene alone. */
  readonly scene: string;
  readonly groups: number;
  readonly groupMembers: number;
};

export type Outcome = {
  readonly answered: number;
  readonly unanswered: number;
  /** Answered messages that a member has not got. */
  readonly missing: readonly string[];
  /** Members who have got a sender's messages in another order. */
  readonly disordered: readonly string[];
  /** Who is in no group at the end. */
  readonly out: readonly string[];
  /** New INVITEs and BYEs that members in a session have got since `watch`, and how often a re-INVITE has moved one. */
  readonly disturbed: readonly string[];
  readonly moved: number;
  /** Copies with an id that a client knew already. */
  readonly repeated: number;
};

type Sent = { readonly text: string; readonly atMs: number };

const talkersPerGroup = 2;
/**
 * All talkers together say 25 messages a second, whatever their number: a stand-in runs the functions of a queue one batch at a time, so that
 * what must be kept may come no faster than it handles it.
 */
const sayEveryMs = 40;
const enterMs = 20_000;

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #place: Place;
  readonly #groups: Client[][] = [];
  /** What was answered 200, by sender. */
  readonly #answered = new Map<Client, Sent[]>();
  #unanswered = 0;

  constructor(place: Place, options: CrowdOptions) {
    this.#place = place;
    this.#options = options;
  }

  static names({ scene, groups, groupMembers }: CrowdOptions): readonly string[] {
    return Array.from({ length: groups * groupMembers }, (_, number) =>
      nameOf(scene, Math.floor(number / groupMembers), number % groupMembers),
    );
  }

  get clients(): readonly Client[] {
    return this.#groups.flat();
  }

  /** Everybody registers, and the first of each group creates it. */
  async enter(): Promise<void> {
    const { scene, groups, groupMembers } = this.#options;
    for (let group = 0; group < groups; group++) {
      const members: Client[] = [];
      for (let member = 0; member < groupMembers; member++) {
        members.push(await this.#client(nameOf(scene, group, member)));
      }
      this.#groups.push(members);
      const [creator, ...others] = members;
      await creator?.createGroup(
        others.map(({ uri }) => uri),
        `group ${group}`,
      );
    }
    await until('everybody is in', () => this.#out().length === 0, enterMs).catch(() => {
      throw new Error(`not in their groups: ${this.#out().join(', ')}`);
    });
  }

  /** Whatever happens to the sessions from here on counts. */
  watch(): void {
    for (const client of this.clients) {
      client.invited = 0;
      client.ended = 0;
      client.moved = 0;
    }
  }

  /** Some of each group say something again and again until it is to end. */
  talk(): { readonly end: () => Promise<void> } {
    let isOver = false;
    const talkers = this.#groups.flatMap((members) => members.slice(0, talkersPerGroup));
    const talking = talkers.map(async (client) => {
      for (let number = 0; !isOver; number++) {
        await this.#say(client, `${client.name} ${number}`);
        await pause(sayEveryMs * talkers.length);
      }
    });
    return {
      end: async () => {
        isOver = true;
        await Promise.all(talking);
      },
    };
  }

  /** Waits until everybody has what was answered, and says what is wrong. */
  async judge(limitMs: number): Promise<Outcome> {
    const out = this.#out();
    // Nothing that was answered may be lost, even for who has not been invited again by now.
    await Promise.allSettled(this.clients.filter(isAlone).map((client) => client.register()));
    await until('everything is there', () => this.#missing().length === 0, limitMs).catch(() => {});
    const sent = [...this.#answered.values()].flat();
    return {
      answered: sent.length,
      unanswered: this.#unanswered,
      missing: this.#missing(),
      out,
      disordered: this.clients.filter((client) => !isInOrder(client)).map(({ name }) => name),
      disturbed: this.clients
        .filter(({ invited, ended }) => invited + ended > 0)
        .map(({ name, invited, ended }) => `${name}: ${invited} INVITEs, ${ended} BYEs`),
      moved: this.clients.reduce((sum, { moved }) => sum + moved, 0),
      repeated: this.clients.reduce(
        (sum, { received }) => sum + received.length - idsOf(received).size,
        0,
      ),
    };
  }

  /** How long each talker had to wait for its next 200, when an edge ended at a time: half of them, and the last. */
  gaps(atMs: number): { readonly half: number; readonly last: number } {
    const waits = [...this.#answered.values()].flatMap((sent) => {
      const next = sent.find((one) => one.atMs > atMs);
      return next === undefined ? [] : [Math.round(next.atMs - atMs)];
    });
    waits.sort((left, right) => left - right);
    return { half: waits[Math.floor(waits.length / 2)] ?? 0, last: waits.at(-1) ?? 0 };
  }

  /** Prints what came of it, and how long the talkers had to wait for their next answer. */
  tell(what: string, outcome: Outcome, atMs: number): void {
    const { answered, unanswered, missing, repeated, out, disturbed, moved } = outcome;
    const { half, last } = this.gaps(atMs);
    const counts = `${answered} answered, ${unanswered} not, ${missing.length} missing, ${repeated} repeated`;
    const waits = `next answer after ${half} ms (half), ${last} ms (last)`;
    process.stdout.write(`${what}: ${counts}, ${out.length} out; ${waits}\n`);
    process.stdout.write(
      `${what}: ${moved} moved, ${disturbed.length} disturbed: ${disturbed.slice(0, 5).join('; ')}\n`,
    );
  }

  async leave(): Promise<void> {
    for (const client of this.clients) client.isFaithful = false;
    await Promise.all(this.clients.map((client) => client.close()));
  }

  async #client(name: string): Promise<Client> {
    const options = { name, domain: 'rejoin.test', password: 'demo' };
    const client = await new Client({
      ...options,
      ladder: new Ladder(),
      server: this.#place,
    }).open();
    client.isFaithful = true;
    await client.register();
    return client;
  }

  async #say(client: Client, text: string): Promise<void> {
    if (client.group === undefined) return;
    const status = await client.say(text);
    const sent = this.#answered.get(client) ?? [];
    this.#answered.set(client, sent);
    if (status === 200) sent.push({ text, atMs: performance.now() });
    else this.#unanswered++;
  }

  #out(): readonly string[] {
    return this.clients.filter(isAlone).map(({ name }) => name);
  }

  #missing(): readonly string[] {
    return this.#groups.flatMap((members) =>
      members.flatMap((receiver) => {
        const got = new Set(receiver.received.map(({ text }) => text));
        return members
          .filter((sender) => sender !== receiver)
          .flatMap((sender) => this.#answered.get(sender) ?? [])
          .filter(({ text }) => !got.has(text))
          .map(({ text }) => `${receiver.name}: ${text}`);
      }),
    );
  }
}

function isAlone({ group }: Client): boolean {
  return group === undefined;
}

function nameOf(scene: string, group: number, member: number): string {
  return `${scene}-${group}-${member}`;
}

function idsOf(received: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(received.map(({ id }) => id));
}

/** The messages of each sender as they were said, repetitions left out. */
function isInOrder({ received }: Client): boolean {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const { id, text, from } of received) {
    if (seen.has(id)) continue;
    seen.add(id);
    const number = Number(text.split(' ').at(-1));
    if (number < (last.get(from) ?? -1)) return false;
    last.set(from, number);
  }
  return true;
}
