import { describe, expect, it } from 'vitest';
import { parseMsrpUri } from '../../../edge/msrp/uri.ts';
import { type BuiltParts, buildMachines, type EdgeIdentity } from '../../../edge/runtime/build.ts';
import type { Side } from '../../../edge/runtime/machines.ts';
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
