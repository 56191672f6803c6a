/**
 * Members who lose their network again and again while a focus goes on talking to them. What each is told is asked for at the end: all that
 * was answered 200, in the order in which it was said, and nothing twice in one session.
 */
import { LoadFocus } from '../../bench/load-focus.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { pause, until } from '../kit/wait.ts';
import { Random } from '../simulation/random.ts';
import { domain, password, type Site } from './site.ts';

export type Heard = {
  readonly user: string;
  /** Messages that were answered 200. */
  readonly told: number;
  /** Numbers of the messages, as they came, by the session in which they came. */
  readonly sessions: readonly (readonly number[])[];
};

export type PlayOptions = {
  readonly seed: number;
  /** Losses of the network. */
  readonly rounds: number;
  /** Messages that are being said when it is lost, and as many behind them. */
  readonly each: number;
};

const patienceMs = 60_000;
const window = 8;

/** Plays one member's day. */
export async function playMember(site: Site, user: string, options: PlayOptions): Promise<Heard> {
  const { seed, rounds, each } = options;
  const random = new Random(seed);
  const common = { server: site.sip, ladder: new Ladder() };
  const client = await new Client({ ...common, name: user, domain, password }).open();
  await client.register();
  const focus = await new LoadFocus({
    ...common,
    name: 'focus',
    user: client.uri,
    bodyOf: (id, to, number) => cpimOf(id, to, String(number)),
  }).open();
  await focus.invite();
  await until(`${user} is in`, () => client.received.length === 1, patienceMs);
  const starts = [0];
  for (let round = 0; round < rounds; round++) {
    const before = focus.send(each, window);
    await pause(random.below(15));
    await client.loseNetwork();
    starts.push(client.received.length);
    const talking = Promise.all([before, focus.send(each, window)]);
    await pause(random.below(60));
    await client.findNetwork();
    await client.register();
    await until(`${user} is back`, () => client.group !== undefined, patienceMs);
    await talking;
  }
  const told = 1 + rounds * each * 2;
  const last = String(told - 1);
  await until(
    `${user} has everything`,
    () => client.received.some(({ text }) => text === last),
    patienceMs,
  );
  await Promise.all([client.close(), focus.close()]);
  const numbers = client.received.map(({ text }) => Number(text));
  const sessions = starts.map((start, index) => numbers.slice(start, starts[index + 1]));
  return { user, told, sessions };
}

/** What is wrong with what a member has heard; empty if nothing is. */
export function wrongsOf({ user, told, sessions }: Heard): readonly string[] {
  const wrongs: string[] = [];
  const seen = new Set<number>();
  let last = -1;
  for (const session of sessions) {
    if (new Set(session).size < session.length) wrongs.push(`${user}: twice in a session`);
    for (const number of session.filter((one) => !seen.has(one))) {
      if (number < last) wrongs.push(`${user}: ${number} came behind ${last}`);
      last = number;
      seen.add(number);
    }
  }
  if (seen.size !== told) wrongs.push(`${user}: ${seen.size} of ${told} have come`);
  return wrongs;
}

function cpimOf(id: string, to: string, text: string): string {
  return [
    'From: <sip:alice@rejoin.test>',
    `To: <${to}>`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${id}`,
    '',
    'Content-Type: text/plain',
    '',
    text,
  ].join('\r\n');
}
