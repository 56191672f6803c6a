import { describe, expect, it } from 'vitest';
import { parseMsrpUri } from '../../../edge/msrp/uri.ts';
import { type BuiltParts, buildMachines, type EdgeIdentity } from '../../../edge/runtime/build.ts';
import type { Side } from '../../../edge/runtime/machines.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { loadSettings } from '../../../shared/settings.ts';

const addresses = { host: '10.0.0.1', sipPort: 5060, msrpPort: 2900 };
const neighbour = { host: '10.0.0.2', sipPort: 5060, msrpPort: 2901 };
/** The way between edges, as far as MSRP goes. */
const gateway = {
  targetOf: () => undefined,
  placeOf: (edge: string) => (edge === 'edge-b' ? neighbour : undefined),
};

function built(
  env: Readonly<Record<string, string>>,
  identity: Partial<EdgeIdentity> = {},
): BuiltParts {
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  let tokens = 0;
  const token = (): string => `token${++tokens}`;
  const edge = { name: 'edge-a', isUser: () => true, ...identity };
  return buildMachines(loaded.settings, edge, addresses, token);
}

function path({ msrp }: BuiltParts, side: Side): string {
  return msrp[side].path(msrp[side].open());
}

function inside({ places }: BuiltParts, uri: string): unknown {
  const parsed = parseMsrpUri(uri);
  return parsed && places.insideOf(parsed);
}

describe('the MSRP of an edge', () => {
  it('names the address that is bound, and no edge, where there is one only', () => {
    const parts = built({});
    expect(path(parts, 'participating')).toMatch(/^msrp:\/\/10\.0\.0\.1:2900\/token\d+;tcp$/);
    const focus = path(parts, 'controlling');
    // Members may be in other networks.
    expect(focus).toMatch(/^msrp:\/\/10\.0\.0\.1:2900\/token\d+;tcp$/);
    expect(inside(parts, focus)).toEqual({ host: 'focus.invalid', port: 2 });
  });

  it('names the public address and the edge where there are several, for the focus too [design 7]', () => {
    const env = { REJOIN_MSRP_PUBLIC_HOST: 'msrp.example.com', REJOIN_MSRP_PUBLIC_PORT: '2855' };
    const parts = built(env, { gateway });
    const own = path(parts, 'participating');
    const focus = path(parts, 'controlling');
    expect(own).toMatch(/^msrp:\/\/msrp\.example\.com:2855\/token\d+\.edge-a;tcp$/);
    expect(focus).toMatch(/^msrp:\/\/msrp\.example\.com:2855\/token\d+\.edge-a;tcp$/);
    expect(inside(parts, own)).toEqual({ host: '10.0.0.1', port: 2900 });
    expect(inside(parts, focus)).toEqual({ host: 'focus.invalid', port: 2 });
    expect(inside(parts, 'msrp://msrp.example.com:2855/t.edge-b;tcp')).toEqual({
      host: '10.0.0.2',
      port: 2901,
    });
  });

  it('names each edge by a host of its own where the public host has room for it [RFC 4975 5.4]', () => {
    const parts = built({ REJOIN_MSRP_PUBLIC_HOST: '*.msrp.example.com' }, { gateway });
    expect(path(parts, 'participating')).toContain('//edge-a.msrp.example.com:2900/');
    const other = 'msrp://edge-b.msrp.example.com:2900/t.edge-b;tcp';
    expect(inside(parts, other)).toEqual({ host: '10.0.0.2', port: 2901 });
  });
});

describe('what a function says that it allows', () => {
  const request = (method: string): SipRequest => ({
    kind: 'request',
    method,
    uri: 'sip:rejoin.test',
    headers: [
      { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1' },
      { name: 'From', value: '<sip:alice@rejoin.test>;tag=1' },
      { name: 'To', value: '<sip:rejoin.test>' },
      { name: 'Call-ID', value: method },
      { name: 'CSeq', value: `1 ${method}` },
    ],
    body: new Uint8Array(),
  });
  const flow = { id: 'u', transport: 'udp', host: '192.0.2.1', port: 5060 } as const;

  function answer({ agents }: BuiltParts, side: Side, method: string): string {
    agents[side].receive(0, request(method), flow);
    const sent = agents[side].drain().find((effect) => effect.kind === 'send-sip');
    return sent === undefined ? '' : new TextDecoder().decode(sent.bytes);
  }

  const lines = {
    participating:
      'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REGISTER, SUBSCRIBE, NOTIFY, MESSAGE',
    controlling: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, SUBSCRIBE, REFER',
  };

  it.each<[Side, string, string]>([
    ['participating', 'REFER', 'SIP/2.0 405'],
    ['participating', 'PUBLISH', 'SIP/2.0 405'],
    ['participating', 'OPTIONS', 'SIP/2.0 200'],
    ['controlling', 'MESSAGE', 'SIP/2.0 405'],
    ['controlling', 'REGISTER', 'SIP/2.0 405'],
    ['controlling', 'OPTIONS', 'SIP/2.0 200'],
  ])('is what it takes: %s and %s [RFC 3261 8.2.1, 20.5]', (side, method, status) => {
    const text = answer(built({}), side, method);
    expect(text).toContain(status);
    expect(text).toContain(`\r\nAllow: ${lines[side]}\r\n`);
  });

  it('goes with what it supports: adding others is the focus’s [RFC 5368]', () => {
    const parts = built({});
    expect(answer(parts, 'participating', 'OPTIONS')).not.toContain('multiple-refer');
    expect(answer(parts, 'controlling', 'OPTIONS')).toContain('multiple-refer, norefersub');
  });
});
