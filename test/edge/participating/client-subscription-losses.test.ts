/** What becomes of a client's subscription when its focus is slow, silent or gone. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ClientSubscription } from '../../../edge/participating/client-subscription.ts';
import { earlyNotificationsMax, rosterLifetimeS } from '../../../edge/participating/limit.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { fromTag, toTag } from '../../../edge/sip/tags.ts';
import { World } from '../../kit/virtual/world.ts';
import { written } from '../sip/agent/peer.ts';
import { DeskWorld, peerHost, pf } from './desk-world.ts';
import { alice, bob, joined, told } from './rosters.ts';

const user = 'sip:bob@rejoin.test';
const identity = 'sip:group@cf.test';
const contact = `Contact: <sip:focus@${peerHost}:5060>`;

let world: DeskWorld;
let isServedHere: boolean;
let over: number;
let subscription: ClientSubscription;
let sequence: number;

beforeEach(() => begin('Expires: 600'));

/** A client subscribes, and the focus is asked. */
function begin(...terms: readonly string[]): void {
  world = new DeskWorld();
  isServedHere = false;
  over = 0;
  sequence = 1;
  subscription = new ClientSubscription(world.desk, {
    user,
    identity,
    isServedHere: () => isServedHere,
    over: () => over++,
  });
  const more = ['Event: conference', ...terms];
  world.peer.send(pf, written('SUBSCRIBE', peerHost, pf, { more }));
  const event = world.unowned.at(-1);
  if (event?.kind !== 'request') throw new Error('no SUBSCRIBE has come');
  world.do((nowMs) => subscription.start(nowMs, event));
}

/** The SUBSCRIBE that went to the focus last. */
function toFocus(): SipRequest {
  const request = world.peer.requests('SUBSCRIBE').at(-1);
  if (request === undefined) throw new Error('the focus was not asked');
  return request;
}

function focusAnswers(status: number): void {
  world.peer.answer(pf, toFocus(), status, [contact, 'Expires: 600']);
}

function focusNotifies(state = ['Subscription-State: active;expires=600']): void {
  sequence++;
  const request = toFocus();
  const lines = written('NOTIFY', peerHost, pf, {
    callId: header(request, 'Call-ID') ?? '',
    fromTag: 'peer',
    toTag: fromTag(request),
    sequence,
    more: ['Event: conference', ...state],
  });
  world.peer.send(pf, lines);
}

/** The dialog with the client, as the agent names it when the client refreshes. */
function clientDialog(): string {
  const answer = world.peer.responses().find(({ status }) => status === 200);
  const to = (answer && toTag(answer)) ?? '';
  const more = ['Event: conference', 'Expires: 600'];
  const lines = written('SUBSCRIBE', peerHost, pf, { toTag: to, sequence: 2, more });
  world.peer.send(pf, lines);
  const dialog = world.side.last('request').dialog;
  if (dialog === undefined) throw new Error('no refresh has come');
  return dialog;
}

/** The answers that somebody has got, by the method of the request. */
function statuses(method: string): readonly number[] {
  return world.peer
    .responses()
    .filter((response) => header(response, 'CSeq')?.endsWith(method))
    .map(({ status }) => status);
}

/** The states that the client was notified of. */
function states(): readonly (string | undefined)[] {
  return world.peer.requests('NOTIFY').map((request) => header(request, 'Subscription-State'));
}

describe('a focus that is slow', () => {
  it('may notify before it answers, up to a bound [RFC 6665 4.1.2.4]', () => {
    for (let count = 0; count <= earlyNotificationsMax; count++) focusNotifies();
    expect(states()).toEqual([]);
    expect(statuses('NOTIFY')).toEqual([503]);
    focusAnswers(200);
    expect(statuses('SUBSCRIBE')).toEqual([200]);
    expect(states()).toHaveLength(earlyNotificationsMax);
  });

  it('is not waited for when the session is over', () => {
    let isDone = false;
    world.do((nowMs) =>
      subscription.finish(nowMs, [user], () => {
        isDone = true;
      }),
    );
    expect(isDone).toBe(true);
    expect(states()).toEqual([]);
  });
});

describe('a focus that is silent', () => {
  it('is the end of a subscription that it has not answered', () => {
    world.sip.run(40_000);
    expect(over).toBe(1);
    expect(world.desk.counts.dialogs).toBe(0);
  });

  it('is the end of a subscription that it has answered and never notified', () => {
    focusAnswers(200);
    world.sip.run(40_000);
    expect(states().at(-1)).toBe('terminated;reason=deactivated');
  });

  it('makes a client subscribe anew that was passed on to it [RFC 6665 4.1.3]', () => {
    isServedHere = true;
    focusAnswers(403);
    expect(statuses('SUBSCRIBE')).toEqual([200]);
    expect(states()).toEqual(['active;expires=600']);
    const [notify] = world.peer.requests('NOTIFY');
    if (notify !== undefined) world.peer.answer(pf, notify, 200);
    isServedHere = false;
    world.do((nowMs) => subscription.passOn(nowMs, identity));
    world.do((nowMs) => subscription.passOn(nowMs, identity));
    expect(world.peer.requests('SUBSCRIBE')).toHaveLength(2);
    focusAnswers(200);
    world.sip.run(40_000);
    expect(states().at(-1)).toBe('terminated;reason=deactivated');
  });
});

describe('a subscription', () => {
  it('that says nothing of its time is granted for the usual one [RFC 4575 3.4]', () => {
    begin();
    isServedHere = true;
    focusAnswers(403);
    expect(states()).toEqual([`active;expires=${rosterLifetimeS}`]);
  });

  it('goes on though the focus does not tell its state', () => {
    focusAnswers(200);
    focusNotifies([]);
    expect(states()).toEqual([undefined]);
    expect(over).toBe(0);
  });

  it('is over when the dialog with the client is', () => {
    focusAnswers(200);
    focusNotifies();
    expect(world.desk.counts.dialogs).toBe(2);
    const dialog = clientDialog();
    world.do((nowMs) =>
      world.desk.dialogOwner(dialog)?.(nowMs, { kind: 'dialog-lost', dialog, loss: 'gone' }),
    );
    expect(over).toBe(1);
    expect(world.desk.counts.dialogs).toBe(0);
    expect(world.side.agent.counts.dialogs).toBe(0);
  });
});

describe('an edge that ends', () => {
  it('ends the subscriptions of its clients, which subscribe again at the next one [RFC 6665 4.1.3]', async () => {
    const { world: whole, phone } = await joined();
    phone.subscribe(whole.focus.identity);
    whole.client('tablet', 'alice').register();
    await whole.run(100);
    whole.focus.open({ user: alice, contributionId: 'c2', members: [alice, bob] });
    await whole.run(100);
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(whole.edge.participating.size).toBe(2);
    whole.edge.handOver('edge-2');
    await whole.run(100);
    expect(told(phone)).toMatchObject([{ state: 'terminated;reason=deactivated' }]);
    whole.edge.kill();
    await whole.startEdge();
    phone.register();
    await whole.run(100);
    phone.subscribe(whole.focus.identity);
    await whole.run(100);
    expect(phone.responses.at(-1)?.status).toBe(200);
  });

  it('ends them too where it has no sessions to hand over [RFC 6665 4.1.3]', async () => {
    const whole = new World();
    const phone = whole.client('phone', 'bob');
    phone.register();
    await whole.run(100);
    phone.subscribe(whole.focus.identity);
    await whole.run(100);
    whole.edge.handOver('edge-2');
    await whole.run(100);
    expect(told(phone)).toMatchObject([{ state: 'terminated;reason=deactivated' }]);
  });

  it('says that they may begin anew later where nobody goes on with them at once [RFC 6665 4.1.3]', async () => {
    const { world: whole, phone } = await joined();
    phone.subscribe(whole.focus.identity);
    await whole.run(100);
    whole.edge.stop();
    await whole.run(100);
    expect(told(phone)).toMatchObject([{ state: 'terminated;reason=probation;retry-after=5' }]);
  });

  it('lets an unanswered one be [RFC 6665 4.1.2.4]', () => {
    world.do((nowMs) => subscription.leave(nowMs, 'deactivated'));
    expect(world.peer.requests('NOTIFY')).toEqual([]);
    focusAnswers(200);
    expect(over).toBe(0);
  });
});
