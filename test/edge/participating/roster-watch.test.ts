import { beforeEach, describe, expect, it } from 'vitest';
import { utf8Decode } from '../../../edge/bytes/text.ts';
import { rosterLifetimeS, rosterUsersMax } from '../../../edge/participating/limit.ts';
import { RosterWatch } from '../../../edge/participating/roster-watch.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { fromTag } from '../../../edge/sip/tags.ts';
import { writeConference, writePartial } from '../../../edge/xml/conference-info.ts';
import type { RosterStatus } from '../../../edge/xml/roster.ts';
import { written } from '../sip/agent/peer.ts';
import { DeskWorld, peerHost, pf } from './desk-world.ts';

const user = 'sip:bob@rejoin.test';
const identity = 'sip:group@cf.test';
const contact = `Contact: <sip:focus@${peerHost}:5060>`;
const alice = 'sip:alice@rejoin.test';

let world: DeskWorld;
let changes: (readonly string[])[];
let watch: RosterWatch;
let sequence: number;

beforeEach(() => {
  world = new DeskWorld();
  changes = [];
  sequence = 1;
  watch = new RosterWatch(world.desk, user, { changed: (_nowMs, users) => changes.push(users) });
});

function start(): void {
  world.do((nowMs) => watch.start(nowMs, identity));
}

function stop(): void {
  world.do((nowMs) => watch.stop(nowMs));
}

function subscribes(): readonly SipRequest[] {
  return world.peer.requests('SUBSCRIBE');
}

/** The focus answers the `index`-th SUBSCRIBE; the last one by default. */
function answer(status: number, more: readonly string[] = [], index = -1): void {
  const request = subscribes().at(index);
  if (request === undefined) throw new Error('no SUBSCRIBE');
  world.peer.answer(pf, request, status, [contact, ...more]);
}

/** The focus notifies within the last subscription; answers our status. */
function notify(body: string, state = 'active;expires=3600'): number | undefined {
  const request = subscribes().at(-1);
  if (request === undefined) throw new Error('no SUBSCRIBE');
  const type = body === '' ? [] : ['Content-Type: application/conference-info+xml'];
  const event = ['Event: conference', ...(state === '' ? [] : [`Subscription-State: ${state}`])];
  sequence++;
  const lines = written('NOTIFY', peerHost, pf, {
    callId: header(request, 'Call-ID') ?? '',
    fromTag: 'peer',
    toTag: fromTag(request),
    sequence,
    more: [...event, ...type],
  });
  world.peer.send(pf, lines, { body });
  return world.peer.responses().at(-1)?.status;
}

function full(version: number, ...users: readonly (readonly [string, RosterStatus])[]): string {
  const roster = {
    entity: identity,
    version,
    users: users.map(([uri, status]) => ({ uri, status })),
  };
  return utf8Decode(writeConference(roster));
}

/** A document that says only what has changed. */
function partial(version: number, uri: string, status: RosterStatus): string {
  return utf8Decode(
    writePartial({ entity: identity, version, deleted: [], users: [{ uri, status }] }),
  );
}

const both = full(1, [alice, 'connected'], [user, 'disconnected']);

describe('the subscription to the roster', () => {
  it("is made at the focus, in the user's name [PFT-103, 002 8.3.2.9]", () => {
    start();
    const [request] = subscribes();
    if (request === undefined) throw new Error('no SUBSCRIBE');
    expect(request.uri).toBe(identity);
    expect(header(request, 'From')).toContain(`<${user}>`);
    expect(header(request, 'P-Asserted-Identity')).toBe(`<${user}>`);
    expect(header(request, 'Event')).toBe('conference');
    expect(header(request, 'Accept')).toBe('application/conference-info+xml');
    expect(header(request, 'Expires')).toBe(String(rosterLifetimeS));
    expect(watch.isWatching).toBe(true);
  });

  it('is made once', () => {
    start();
    start();
    expect(subscribes()).toHaveLength(1);
  });

  it('is refreshed at half its time, again and again', () => {
    start();
    answer(200, ['Expires: 600']);
    notify(both);
    expect([...world.timers.values()]).toEqual([300_000]);
    world.fire('refresh/');
    expect(subscribes()).toHaveLength(2);
    expect(header(subscribes()[1] as SipRequest, 'Expires')).toBe(String(rosterLifetimeS));
    answer(200, ['Expires: 60']);
    expect([...world.timers.values()]).toEqual([30_000]);
  });

  const granted: readonly (readonly [string, readonly string[], number])[] = [
    ['a focus that says nothing', [], (rosterLifetimeS * 1000) / 2],
    ['more than was asked for', ['Expires: 4294967295'], (rosterLifetimeS * 1000) / 2],
    ['no time at all', ['Expires: 0'], 1_000],
  ];
  for (const [what, more, delayMs] of granted) {
    it(`has a sensible refresh for ${what}`, () => {
      start();
      answer(200, more);
      expect([...world.timers.values()]).toEqual([delayMs]);
    });
  }

  it('is over when the focus refuses it, at first or later, and may be made again', () => {
    start();
    answer(404);
    expect(watch.isWatching).toBe(false);
    start();
    answer(200);
    notify(both);
    world.fire('refresh/');
    answer(500);
    expect(watch.isWatching).toBe(false);
    expect(world.timers.size).toBe(0);
    expect(world.side.agent.counts.dialogs).toBe(0);
    start();
    expect(watch.isWatching).toBe(true);
  });

  it('is over when the focus ends it', () => {
    start();
    answer(200);
    expect(notify(both, 'Terminated;reason=noresource')).toBe(200);
    expect(world.side.agent.counts.dialogs).toBe(0);
    expect(watch.isWatching).toBe(false);
    expect(world.timers.size).toBe(0);
    expect(changes).toEqual([[alice, user]]);
  });

  it('is over when its dialog is lost', () => {
    start();
    answer(200);
    const [dialog] = world.side.of('response').map((event) => event.dialog);
    const owner = world.desk.dialogOwner(dialog ?? '');
    owner?.(world.nowMs, { kind: 'dialog-lost', dialog: dialog ?? '', loss: 'gone' });
    owner?.(world.nowMs, { kind: 'dialog-lost', dialog: dialog ?? '', loss: 'gone' });
    expect(watch.isWatching).toBe(false);
  });
});

describe('what the focus notifies', () => {
  beforeEach(() => {
    start();
    answer(200);
  });

  it('is the participants, but for those who have left', () => {
    expect(
      notify(full(1, [alice, 'connected'], [user, 'disconnected'], ['sip:c@r.test', 'departed'])),
    ).toBe(200);
    expect(changes).toEqual([[alice, user]]);
    notify(partial(2, 'sip:dave@rejoin.test', 'connected'));
    expect(changes.at(-1)).toContain('sip:dave@rejoin.test');
    expect(changes.at(-1)).toContain(alice);
  });

  it('is asked for whole when a document is missing in between, once [RFC 4575 4.6]', () => {
    notify(both);
    notify(partial(4, alice, 'connected'));
    notify(partial(5, alice, 'connected'));
    expect(subscribes()).toHaveLength(2);
    expect(changes).toHaveLength(1);
    answer(200);
    notify(full(6, [alice, 'connected']));
    expect(changes.at(-1)).toEqual([alice]);
    notify(partial(9, alice, 'connected'));
    expect(subscribes()).toHaveLength(3);
  });

  it('is let be if it is old, empty or unreadable', () => {
    notify(both);
    expect(notify(partial(1, 'sip:dave@rejoin.test', 'connected'))).toBe(200);
    expect(notify('')).toBe(200);
    expect(notify('<nonsense')).toBe(200);
    expect(notify('', '')).toBe(200);
    expect(changes).toHaveLength(1);
    expect(watch.isWatching).toBe(true);
  });

  it('keeps the last participants when the conference is over, or nobody is listed [PFT-078]', () => {
    notify(both);
    notify(both.replace('state="full"', 'state="deleted"').replace(/<users[\s\S]*<\/users>/, ''));
    notify(full(3));
    expect(changes).toEqual([[alice, user]]);
  });

  it('is taken up to a number of users', () => {
    const many = Array.from(
      { length: rosterUsersMax + 1 },
      (_, index) => [`sip:u${index}@r.test`, 'connected'] as const,
    );
    notify(full(1, ...many));
    expect(changes[0]).toHaveLength(rosterUsersMax);
  });
});

describe('the end of the subscription', () => {
  beforeEach(() => {
    start();
    answer(200);
  });

  it('is asked of the focus, and its last notification is answered [RFC 6665 4.1.2.3]', () => {
    stop();
    expect(watch.isWatching).toBe(false);
    expect(header(subscribes().at(-1) as SipRequest, 'Expires')).toBe('0');
    answer(200, ['Expires: 0']);
    expect(notify(both, 'terminated;reason=timeout')).toBe(200);
    expect(changes).toEqual([]);
    expect(world.desk.counts.dialogs).toBe(0);
    expect(world.side.agent.counts.dialogs).toBe(0);
    expect(world.timers.size).toBe(0);
  });

  it('leaves nothing behind, though the focus does not notify any more', () => {
    stop();
    answer(200, ['Expires: 0']);
    world.sip.run(33_000);
    expect(world.desk.counts.dialogs).toBe(0);
    expect(world.side.agent.counts.dialogs).toBe(0);
    expect(notify(both)).toBe(481);
  });

  it('may come before the beginning is answered', () => {
    for (const [status, dialogs] of [
      [200, 1],
      [404, 0],
    ] as const) {
      world = new DeskWorld();
      watch = new RosterWatch(world.desk, user, { changed: () => {} });
      start();
      stop();
      answer(status, [], 0);
      expect(world.desk.counts.dialogs).toBe(dialogs);
      expect(world.timers.size).toBe(0);
      world.sip.run(40_000);
      expect(world.desk.counts.dialogs).toBe(0);
    }
  });

  it('is the end of nothing else when there is no subscription', () => {
    stop();
    stop();
    expect(subscribes()).toHaveLength(2);
  });

  it('is not hindered by a refresh that was under way, nor is the next subscription', () => {
    notify(both);
    world.fire('refresh/');
    const refresh = subscribes().length - 1;
    stop();
    start();
    expect(watch.isWatching).toBe(true);
    answer(481, [], refresh);
    expect(watch.isWatching).toBe(true);
  });
});
