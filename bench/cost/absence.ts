/**
 * One absence of a member, from the loss of its connection to the last message that was kept for it: what each part of it takes. The session
 * itself, which costs the same without an absence, is set up before and not counted.
 */
import { readFileSync } from 'node:fs';
import { Client } from '../../test/kit/client.ts';
import { Ladder } from '../../test/kit/ladder.ts';
import { until } from '../../test/kit/wait.ts';
import { LoadFocus } from '../load-focus.ts';
import type { Site } from './site.ts';
import type { Tally } from './tally.ts';

export type Counted = ReadonlyMap<string, Tally>;

/** The parts of an absence, by what happens in them. */
export type Absence = {
  /** The loss of the client is noticed. */
  readonly lost: Counted;
  /** Messages are kept. */
  readonly kept: Counted;
  /** The client registers, is invited, and takes what was kept. */
  readonly returned: Counted;
};

export type AbsenceOptions = {
  readonly site: Site;
  readonly user: string;
  readonly messages: number;
  /** Each message alone, the one before it handled; otherwise as fast as the focus is answered. */
  readonly isLone: boolean;
};

const window = 64;
const textBytes = 500;
/** Prose, so that it can be deflated as prose can. */
const prose = readFileSync('README.md', 'latin1').replace(/[^ -~]+/g, ' ');

/** Plays one absence. */
export async function playAbsence(options: AbsenceOptions): Promise<Absence> {
  const { site, user, messages } = options;
  const { domain, password, sip: server, meter } = site;
  const common = { server, ladder: new Ladder() };
  const client = await new Client({ ...common, name: user, domain, password }).open();
  await client.register();
  const uri = `sip:${user}@${domain}`;
  const focus = await new LoadFocus({ ...common, name: 'focus', user: uri, bodyOf }).open();
  await focus.invite();
  await until('the first message', () => client.received.length === 1);
  await meter.settled();
  meter.take();
  await client.loseNetwork();
  await meter.settled();
  const lost = meter.take();
  await send(focus, options);
  const kept = meter.take();
  await client.findNetwork();
  await client.register();
  await until('everything', () => client.received.length > messages, 60_000);
  await meter.settled();
  const returned = meter.take();
  focus.hangUp();
  await meter.settled();
  meter.take();
  await Promise.all([client.close(), focus.close()]);
  return { lost, kept, returned };
}

async function send(focus: LoadFocus, { site, messages, isLone }: AbsenceOptions): Promise<void> {
  if (isLone) {
    for (let sent = 0; sent < messages; sent++) {
      await focus.send(1, 1);
      await site.meter.emptied();
    }
  } else await focus.send(messages, window);
  await site.meter.settled();
}

/** A chat message of 500 bytes with the CPIM headers that a focus gives it. */
function bodyOf(id: string, user: string, number: number): string {
  const from = (number * textBytes) % (prose.length - textBytes);
  return [
    `From: <sip:user-${number % 7}@rejoin.test>`,
    `To: <${user}>`,
    `DateTime: 2026-11-21T10:15:${String(number % 60).padStart(2, '0')}.123Z`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${id}`,
    'imdn.Disposition-Notification: positive-delivery, display',
    '',
    'Content-Type: text/plain;charset=UTF-8',
    '',
    prose.slice(from, from + textBytes),
  ].join('\r\n');
}
