/** What the setting `network` changes: whose addresses are users', who registers them, and what comes back from the core. */
import { describe, expect, test } from 'vitest';
import { coreOf, returnOf } from '../../../edge/runtime/core.ts';
import { groupToken } from '../../../edge/runtime/gateway.ts';
import { Registrations } from '../../../edge/runtime/registrations.ts';
import type { Flow, Target } from '../../../edge/sip/effect.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';
import { registrationKey } from '../../../shared/core/key.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import { loadSettings, type Settings } from '../../../shared/settings.ts';
import { ofCore } from '../registrar/core.ts';
import { response } from './door.ts';

const alice = 'sip:alice@rejoin.test';
const core: Flow = { id: 'tcp/3', transport: 'tcp', host: '10.0.0.9', port: 45_000 };
const stranger: Flow = { ...core, id: 'tcp/4', host: '192.0.2.9' };
const isTrusted = ({ host }: Flow): boolean => host.startsWith('10.');

function settingsOf(network: string): Settings {
  const loaded = loadSettings({ env: { REJOIN_NETWORK: network }, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join(' '));
  return loaded.settings;
}

const ims = settingsOf('ims');

describe('with an IMS core', () => {
  test('a user is every address of the domain but those of our own functions [contract: Addresses]', () => {
    const isUser = coreOf(ims, isTrusted).core?.isUser;
    const token = '0123456789abcdef01234567';
    const others = [
      'sip:conference-factory@rejoin.test',
      'sip:rcse-standfw@rejoin.test',
      `sip:${token}@rejoin.test`,
      `sip:${groupToken(token, 'edge-a')}@rejoin.test`,
      'sip:rejoin.test',
      'sip:alice@example.com',
      'tel:+491',
      'urn:x',
    ];
    expect([alice, 'sip:+491@rejoin.test'].map((address) => isUser?.(address))).toEqual([
      true,
      true,
    ]);
    for (const address of others) expect(isUser?.(address), address).toBe(false);
  });

  test('and without one, that is the users file alone', () => {
    expect(coreOf(settingsOf('registrar'), isTrusted)).toEqual({});
  });
});

function edge(store = memoryStore()) {
  const registrations = new Registrations({
    edge: 'edge-a',
    domain: 'rejoin.test',
    users: [],
    store,
    nowMs: () => 1_000,
    isAway: () => false,
    ...coreOf(ims, isTrusted),
  });
  return { store, registrations };
}

describe('the registration of a user by a core', () => {
  test('is what another edge finds in the store [PFT-009, design 7]', async () => {
    const { store, registrations } = edge();
    await registrations.load(alice);
    const { user, changes } = registrations.handle(1_000, ofCore(), core);
    expect(await registrations.isNews(alice, changes)).toBe(true);
    const data = registrations.report(1_000, user ?? '');
    expect(data.bindings).toHaveLength(1);
    await store.commit({ ...registrationKey(alice), version: 1, data });
    expect(await edge(store).registrations.bindings(alice)).toEqual(data.bindings);
  });

  test('counts more than what is stored, also when it has just ended', async () => {
    const { store, registrations } = edge();
    registrations.handle(1_000, ofCore(), core);
    const data = registrations.report(1_000, alice);
    await store.commit({ ...registrationKey(alice), version: 1, data });
    registrations.handle(1_001, ofCore({ callId: 'core-2', expires: 0 }), core);
    expect(await registrations.bindings(alice)).toEqual([]);
  });

  test('is looked for again where there was none: of users who never come nothing is kept', async () => {
    const { store, registrations } = edge();
    expect(await registrations.bindings(alice)).toEqual([]);
    const { registrations: other } = edge();
    other.handle(1_000, ofCore(), core);
    const data = other.report(1_000, alice);
    await store.commit({ ...registrationKey(alice), version: 1, data });
    expect(await registrations.bindings(alice)).toEqual(data.bindings);
  });
});

describe('what comes from a core', () => {
  function returns(settings = ims) {
    const sent: { readonly message: SipMessage; readonly target: Target }[] = [];
    const { returned } = returnOf(settings, {
      host: '10.0.0.1',
      sipPort: 5060,
      isTrusted,
      isEdge: (host, port) => host === '10.0.0.2' && port === 5062,
      send: (bytes, target) => {
        const parsed = parseMessage(bytes);
        if (parsed.kind === 'message') sent.push({ message: parsed.message, target });
      },
    });
    return { sent, returned };
  }

  function brought(from: string, route: string) {
    const via = `SIP/2.0/TCP 10.0.0.9:6060;branch=z9hG4bKcore, SIP/2.0/TCP ${from};branch=z9hG4bK1`;
    const message = ofCore({ via: [via] });
    const headers = message.headers.filter(({ name }) => name !== 'CSeq');
    const own = [
      { name: 'CSeq', value: '1 MESSAGE' },
      { name: 'Route', value: route },
    ];
    return { ...message, method: 'MESSAGE', headers: [...headers, ...own] };
  }

  const way = '<sip:10.0.0.1;lr>, <sip:odi@10.0.0.9:6060;lr>';

  test('goes on if this edge or another one has made it [3GPP TS 24.229 5.7.4]', () => {
    const { returned, sent } = returns();
    expect(returned?.(brought('10.0.0.1:5060', way), core)).toBe(true);
    expect(returned?.(brought('10.0.0.2:5062', way), core)).toBe(true);
    expect(sent.map(({ target }) => `${target.host}:${target.port}`)).toEqual([
      '10.0.0.9:6060',
      '10.0.0.9:6060',
    ]);
  });

  test('is answered over its connection if it can not go on [RFC 3261 16.3]', () => {
    const { returned, sent } = returns();
    expect(returned?.(brought('10.0.0.1:5060', '<sip:10.0.0.1;lr>'), core)).toBe(true);
    const { id, ...place } = core;
    expect(sent).toMatchObject([{ message: { status: 482 }, target: { ...place, flow: id } }]);
  });

  test('is taken here if it is none of ours, as is all that comes where there is no core', () => {
    const { returned, sent } = returns();
    expect(returned?.(brought('10.0.0.7:5060', way), core)).toBe(false);
    expect(returned?.(brought('10.0.0.1:5060', way), stranger)).toBe(false);
    expect(returned?.(response('SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1'), core)).toBe(false);
    expect(sent).toEqual([]);
    expect(returns(settingsOf('registrar')).returned).toBeUndefined();
  });
});
