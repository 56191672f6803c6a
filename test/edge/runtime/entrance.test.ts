/** Who takes what comes in: another edge, the focus of this one, or its Participating Function. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Entrance } from '../../../edge/runtime/entrance.ts';
import { decidedRequestsMax } from '../../../edge/runtime/limit.ts';
import type { SipMessage, SipRequest } from '../../../edge/sip/message.ts';
import {
  type Door,
  domain,
  fromClient,
  fromEdge,
  fromPeer,
  openDoor,
  request,
  response,
  userAt,
} from './door.ts';
import { type House, Street } from './street.ts';

let street: Street;
let houses: readonly [House, House, House];
let door: Door;
let alice: string;
/** `participating INVITE`, in the order in which the sides got it. */
let taken: string[];
/** Searches that are asked for and not answered yet. */
let searches: { readonly about: SipRequest; readonly isPeer: boolean; readonly end: End }[];
let failures: number;

type End = { readonly found: (owner?: string) => void; readonly failed: () => void };

beforeEach(async () => {
  vi.useFakeTimers();
  street = new Street();
  houses = await street.three();
  door = openDoor(houses[0]);
  alice = userAt(houses[0], 'a');
  taken = [];
  searches = [];
  failures = 0;
});

afterEach(async () => {
  await street.close();
  vi.useRealTimers();
});

function entrance(knows: (what: 'transaction' | 'dialog') => boolean = () => false): Entrance {
  return new Entrance({
    focus: { hasTransaction: () => knows('transaction'), hasDialog: () => knows('dialog') },
    receive: (side, message) =>
      taken.push(`${side} ${message.kind === 'request' ? message.method : message.status}`),
    peers: door.peers,
    elsewhere: {
      gateway: door.gateway,
      owners: {
        find: (about, isPeer) =>
          new Promise((resolve, reject) => {
            const end = { found: resolve, failed: () => reject(new Error('not in time')) };
            searches.push({ about, isPeer, end });
          }),
      },
      failed: () => failures++,
    },
  });
}

/** A request of Alice's client outside dialogs. */
function ofAlice(method: string, headers: Readonly<Record<string, string>> = {}): SipRequest {
  return request(method, 'sip:g@focus.test', { From: `<${alice}>;tag=1`, ...headers });
}

/** What has gone to other edges, or back. */
function sent(): readonly string[] {
  return door.sent.map(
    ({ to, message }) => `${to} ${message.kind === 'request' ? message.method : message.status}`,
  );
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('a request that begins something', () => {
  test.each(['INVITE', 'SUBSCRIBE', 'MESSAGE'])(
    'as %s is taken when nobody else has what it is about, not before [design 7]',
    async (method) => {
      entrance().take(ofAlice(method), fromClient);
      await settle();
      expect(taken).toEqual([]);
      searches[0]?.end.found();
      await settle();
      expect(taken).toEqual([`participating ${method}`]);
      expect(searches[0]?.isPeer).toBe(false);
    },
  );

  test('goes to the edge that has what it is about [design 7]', async () => {
    entrance().take(ofAlice('INVITE'), fromClient);
    searches[0]?.end.found('c');
    await settle();
    expect(sent()).toEqual(['c.test:5060 INVITE']);
    expect(taken).toEqual([]);
  });

  test('is taken here if that edge is lost meanwhile', async () => {
    entrance().take(ofAlice('INVITE'), fromClient);
    await street.kill(houses[2]);
    await street.heartbeats(4);
    searches[0]?.end.found('c');
    await settle();
    expect(taken).toEqual(['participating INVITE']);
  });

  test('goes to its home first, which searches [design 7]', async () => {
    const bob = userAt(houses[0], 'b');
    entrance().take(ofAlice('INVITE', { From: `<${bob}>;tag=1` }), fromClient);
    await settle();
    expect(sent()).toEqual(['b.test:5060 INVITE']);
    expect(searches).toEqual([]);
  });

  test('is not searched for again by the edge that it was found to belong to [design 7]', async () => {
    entrance().take(ofAlice('INVITE'), fromClient);
    searches[0]?.end.found('c');
    await settle();
    const [passed] = door.sent;
    if (passed?.message.kind !== 'request') throw new Error('nothing was sent');
    door = openDoor(houses[2]);
    entrance().take(passed.message, fromEdge(houses[0]));
    expect(taken).toEqual(['participating INVITE']);
    expect(searches).toHaveLength(1);
  });

  test('for the focus is given to it without a search', () => {
    const asserted = { From: '<sip:x@y.test>;tag=1', 'P-Asserted-Identity': '<sip:x@y.test>' };
    const uri = `sip:g1@${domain}`;
    const home = openDoor(houses[0]).gateway.homeOf(uri);
    door = openDoor(houses.find(({ name }) => name === home) ?? houses[0]);
    entrance().take(request('INVITE', uri, asserted), fromPeer);
    expect(taken).toEqual(['controlling INVITE']);
    expect(searches).toEqual([]);
  });

  test('of a peer is searched for as that', async () => {
    const asserted = { 'P-Asserted-Identity': '<sip:x@y.test>', From: '<sip:x@y.test>;tag=1' };
    entrance().take(request('INVITE', alice, asserted), fromPeer);
    expect(searches[0]?.isPeer).toBe(true);
    searches[0]?.end.found();
    await settle();
    expect(taken).toEqual(['participating INVITE']);
  });
});

describe('what belongs to a request that is searched for', () => {
  test('a CANCEL goes the same way and after it, however long the search lasts [RFC 3261 9.1]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    take(ofAlice('CANCEL', { CSeq: '1 CANCEL' }));
    await settle();
    expect(searches).toHaveLength(1);
    searches[0]?.end.found('c');
    await settle();
    expect(sent()).toEqual(['c.test:5060 INVITE', 'c.test:5060 CANCEL']);
  });

  test('a CANCEL follows an INVITE that was taken here [RFC 3261 9.1]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    take(ofAlice('CANCEL'));
    searches[0]?.end.found();
    await settle();
    take(ofAlice('CANCEL'));
    await settle();
    expect(taken).toEqual(['participating INVITE', 'participating CANCEL', 'participating CANCEL']);
  });

  test('a CANCEL without its INVITE is taken at once and leads nothing astray [RFC 3261 9.2]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('CANCEL'));
    await settle();
    expect(taken).toEqual(['participating CANCEL']);
    expect(searches).toEqual([]);
    take(ofAlice('INVITE'));
    searches[0]?.end.found('c');
    await settle();
    expect(sent()).toEqual(['c.test:5060 INVITE']);
  });

  test('a repetition waits for the same search and goes the same way [RFC 3261 17.2.1]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    take(ofAlice('INVITE'));
    searches[0]?.end.found('c');
    await settle();
    take(ofAlice('INVITE'));
    await settle();
    expect(searches).toHaveLength(1);
    expect(sent()).toEqual(Array(3).fill('c.test:5060 INVITE'));
  });

  test('a later request of the same call is searched for anew: what it is about may have moved', async () => {
    const { take } = bound(entrance());
    take(ofAlice('MESSAGE'));
    searches[0]?.end.found('c');
    await settle();
    take(ofAlice('MESSAGE', { CSeq: '2 MESSAGE' }));
    searches[1]?.end.found('b');
    await settle();
    expect(sent()).toEqual(['c.test:5060 MESSAGE', 'b.test:5060 MESSAGE']);
  });

  test('a request of somebody else with the same Call-ID has a search of its own [design 6.9]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    take(ofAlice('INVITE', { From: `<${alice}>;tag=other` }));
    expect(searches).toHaveLength(2);
  });
});

describe('a search that fails', () => {
  test('is answered with 503, and what waited with it too [RFC 3261 21.5.4]', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    take(ofAlice('CANCEL'));
    searches[0]?.end.failed();
    await settle();
    expect(sent()).toEqual(['tcp/7 503', 'tcp/7 503']);
    expect({ taken, failures }).toEqual({ taken: [], failures: 2 });
  });

  test('may be asked for again', async () => {
    const { take } = bound(entrance());
    take(ofAlice('INVITE'));
    searches[0]?.end.failed();
    await settle();
    take(ofAlice('INVITE'));
    searches[1]?.end.found();
    await settle();
    expect(taken).toEqual(['participating INVITE']);
  });
});

test('decisions are remembered up to a bound, the oldest go first [design 6.8]', async () => {
  const { take } = bound(entrance());
  for (let number = 0; number <= decidedRequestsMax; number++) {
    take(ofAlice('INVITE', { 'Call-ID': `call-${number}` }));
  }
  const all = searches.length;
  take(ofAlice('INVITE', { 'Call-ID': 'call-1' }));
  expect(searches).toHaveLength(all);
  take(ofAlice('INVITE', { 'Call-ID': 'call-0' }));
  expect(searches).toHaveLength(all + 1);
});

describe('everything else', () => {
  test('is given to the focus if its transactions or dialogs know it', () => {
    const bye = ofAlice('BYE', { To: '<sip:g@focus.test>;tag=2' });
    const answer = response('SIP/2.0/TCP a.test:5060;branch=z9hG4bKown');
    for (const known of ['transaction', 'dialog']) {
      const one = entrance((what) => what === known);
      one.take(bye, fromClient);
      one.take(answer, fromClient);
    }
    expect(taken).toEqual([
      ...['controlling BYE', 'controlling 200'],
      ...['controlling BYE', 'participating 200'],
    ]);
  });

  test('is for the Participating Function otherwise, at once', () => {
    const { take } = bound(entrance());
    take(ofAlice('BYE', { To: '<sip:g@focus.test>;tag=2' }));
    take(ofAlice('INVITE', { To: '<sip:g@focus.test>;tag=2' }));
    take(ofAlice('OPTIONS'));
    expect(taken).toEqual(['BYE', 'INVITE', 'OPTIONS'].map((name) => `participating ${name}`));
    expect(searches).toEqual([]);
  });

  test("is taken here where there are no other edges, a peer's by the focus [contract: Trust]", () => {
    const alone = new Entrance({
      focus: { hasTransaction: () => false, hasDialog: () => false },
      peers: door.peers,
      receive: (side, message) => taken.push(`${side} ${message.kind}`),
    });
    alone.take(ofAlice('INVITE'), fromClient);
    const zoe = 'sip:zoe@other.test';
    const asserted = { From: `<${zoe}>;tag=1`, 'P-Asserted-Identity': `<${zoe}>` };
    alone.take(request('INVITE', `sip:g1@${domain}`, asserted), fromPeer);
    expect(taken).toEqual(['participating request', 'controlling request']);
  });
});

function bound(one: Entrance): { readonly take: (message: SipMessage) => void } {
  return { take: (message) => one.take(message, fromClient) };
}
