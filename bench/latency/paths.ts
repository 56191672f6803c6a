/** The two ways that a user notices: how long a sender waits for its 200 while the recipient is away, and a client for its INVITE. */
import { Client } from '../../test/kit/client.ts';
import { Ladder } from '../../test/kit/ladder.ts';
import { pause, until } from '../../test/kit/wait.ts';
import { LoadFocus } from '../load-focus.ts';

export type Place = {
  readonly sip: { readonly host: string; readonly port: number };
  readonly domain: string;
  readonly password: string;
};

const patienceMs = 30_000;
/** What a loss or a delivery still causes is over after this. */
const restMs = 400;

async function focusFor({ sip, domain }: Place, user: string): Promise<LoadFocus> {
  const common = { name: 'focus', server: sip, ladder: new Ladder() };
  const focus = await new LoadFocus({ ...common, user: `sip:${user}@${domain}` }).open();
  await focus.invite();
  return focus;
}

/** From SEND to 200, one message after another, to somebody who is away. */
export async function sendToAnswer(
  place: Place,
  user: string,
  count: number,
): Promise<readonly number[]> {
  const focus = await focusFor(place, user);
  const samples: number[] = [];
  for (let sent = 0; sent < count; sent++) {
    const startedMs = performance.now();
    await focus.send(1, 1);
    samples.push(focus.answeredAtMs - startedMs);
  }
  await focus.close();
  return samples;
}

export type Returns = {
  /** From the first REGISTER, which is challenged, to the INVITE. */
  readonly toInvite: readonly number[];
  /** From the first REGISTER to its 200. */
  readonly toRegistered: readonly number[];
  /** From the first REGISTER to the message that waited. */
  readonly toMessage: readonly number[];
};

/** A client that is cut off and comes back, again and again, with one message waiting. */
export async function registerToInvite(
  place: Place,
  user: string,
  count: number,
): Promise<Returns> {
  const { sip, domain, password } = place;
  const ladder = new Ladder();
  const client = await new Client({ name: user, server: sip, ladder, domain, password }).open();
  await client.register();
  const focus = await focusFor(place, user);
  await until('the client is in', () => client.group, patienceMs);
  const returns = {
    toInvite: [] as number[],
    toRegistered: [] as number[],
    toMessage: [] as number[],
  };
  for (let turn = 0; turn < count; turn++) {
    await client.loseNetwork();
    await focus.send(1, 1);
    await pause(restMs);
    await client.findNetwork();
    const received = client.received.length;
    ladder.pass(user, user, 'start');
    const start = ladder.rungs.length - 1;
    await client.register();
    await until('the message', () => client.received.length > received, patienceMs);
    const startMs = ladder.rungs[start]?.atMs ?? 0;
    const msTo = (text: string): number => {
      const rung = ladder.rungs.slice(start).find((one) => one.text.startsWith(text));
      if (rung === undefined) throw new Error(`no ${text}`);
      return rung.atMs - startMs;
    };
    returns.toInvite.push(msTo('INVITE'));
    returns.toRegistered.push(msTo('REGISTER'));
    returns.toMessage.push(msTo('SEND'));
    await pause(restMs);
  }
  await Promise.all([client.close(), focus.close()]);
  return returns;
}
