/** An edge as one of several, before and after its own ports are bound. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Binding } from '../../../edge/registrar/binding.ts';
import { AmongEdges } from '../../../edge/runtime/among-edges.ts';
import { participationKey } from '../../../shared/core/key.ts';
import { domain, fromClient, request, userAt } from './door.ts';
import { type House, Street } from './street.ts';

let street: Street;
let houses: readonly [House, House, House];
let among: AmongEdges;
let sent: string[];
/** At home at `b`. */
let bob: string;

beforeEach(async () => {
  vi.useFakeTimers();
  street = new Street();
  houses = await street.three();
  sent = [];
  bob = userAt(houses[0], 'b');
  among = amongEdges(houses[0]);
});

afterEach(async () => {
  await street.close();
  vi.useRealTimers();
});

function amongEdges({ name, neighbours }: House): AmongEdges {
  return new AmongEdges({
    edge: name,
    settings: { domain, network: 'registrar' },
    store: street.store,
    neighbours,
    isTrusted: () => false,
    isUser: () => true,
    sip: { send: (_bytes, { host, port }) => sent.push(`${host}:${port}`) },
    failed: () => {},
  });
}

function binding(): Binding {
  const { id: flow, transport, host, port } = fromClient;
  return {
    contact: `sip:bob@${host}:${port};transport=tcp`,
    params: '',
    callId: 'call-1',
    cseq: 1,
    expiresAtMs: 1_000,
    q: 1,
    target: { transport, host, port, flow },
    path: [],
  };
}

describe('an edge whose ports are not bound yet', () => {
  test('is home to everybody and has no way to tell', () => {
    expect(among.homeOf(bob)).toBe('a');
    expect(among.ways.isHome(bob)).toBe(true);
    const own = binding();
    expect(among.ways.outward(own)).toBe(own);
    expect(among.elsewhere).toEqual({});
  });
});

describe('an edge as one of several', () => {
  test('has the homes of all others [design 7]', () => {
    among.settle(houses[0].place);
    expect(among.homeOf(bob)).toBe('b');
    expect(among.ways.isHome(bob)).toBe(false);
    expect(among.ways.isHome(userAt(houses[0], 'a'))).toBe(true);
  });

  test('tells the others of its clients what they find them by [RFC 3327 5.2]', () => {
    among.settle(houses[0].place);
    const other = amongEdges(houses[1]);
    other.settle(houses[1].place);
    const told = among.ways.outward(binding());
    expect(other.ways.inward(told).target).toEqual({
      transport: 'tcp',
      host: 'a.test',
      port: 5060,
    });
    expect(among.ways.inward(told)).toEqual(binding());
  });

  test('finds whose a request is, and sends it there [design 7]', async () => {
    among.settle(houses[0].place);
    const { elsewhere } = among.elsewhere;
    const name = { user: bob, contributionId: 'hike' };
    const data = { state: { ...name, edge: 'c', group: {} }, effects: [] };
    await street.store.commit({ ...participationKey(name), version: 1, data });
    const headers = { From: `<${bob}>;tag=1`, 'Contribution-ID': 'hike' };
    const invite = request('INVITE', 'sip:g@focus.test', headers);
    const owner = await elsewhere?.owners.find(invite, false);
    expect(owner).toBe('c');
    expect(elsewhere?.gateway.giveToOwner(invite, fromClient, 'c')).toBe(true);
    expect(sent).toEqual(['c.test:5060']);
  });

  test('doubts an edge that it could not reach [design 7]', async () => {
    among.settle(houses[0].place);
    await street.kill(houses[1]);
    among.unreached({ transport: 'tcp', host: 'b.test', port: 5060 });
    await vi.advanceTimersByTimeAsync(1);
    expect(among.homeOf(bob)).not.toBe('b');
  });
});
