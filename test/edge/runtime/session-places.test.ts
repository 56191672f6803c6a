import { describe, expect, it } from 'vitest';
import { parseMsrpUri } from '../../../edge/msrp/uri.ts';
import { SessionPlaces, type SessionPlacesOptions } from '../../../edge/runtime/session-places.ts';

const participating = { host: '10.0.0.1', port: 2855 };
const controlling = { host: 'focus.invalid', port: 2 };
const other = { host: '10.0.0.2', sipPort: 5060, msrpPort: 2900 };

function places(changes: Partial<SessionPlacesOptions> = {}): SessionPlaces {
  return new SessionPlaces({
    edge: 'edge-a',
    own: { participating, controlling },
    shown: () => ({ host: 'Msrp.example.com', port: 2855 }),
    placeOf: (edge) => (edge === 'edge-b' ? other : undefined),
    isOfFocus: (session) => session.startsWith('focus'),
    ...changes,
  });
}

function inside(uri: string, of = places()): unknown {
  const parsed = parseMsrpUri(uri);
  return parsed && of.insideOf(parsed);
}

describe('the place of a session', () => {
  it('is the edge that its session-id names, as long as that is there [design 7]', () => {
    expect(places().find('token.edge-b')).toEqual({ kind: 'elsewhere', place: other });
    expect(places().find('token.edge-c')).toEqual({ kind: 'unknown' });
  });

  it('is one side or the other of this edge, also where no edge is named', () => {
    expect(places().find('token.edge-a')).toEqual({ kind: 'here', side: 'participating' });
    expect(places().find('focus.edge-a')).toEqual({ kind: 'here', side: 'controlling' });
    expect(places().find('')).toEqual({ kind: 'here', side: 'participating' });
  });

  it('is never this one under the name of another [design 7]', () => {
    const own = { host: '10.0.0.1', sipPort: 5060, msrpPort: 2855 };
    const find = (place: typeof own) => places({ placeOf: () => place }).find('token.edge-b').kind;
    expect(find(own)).toBe('unknown');
    expect(find({ ...own, msrpPort: 2856 })).toBe('elsewhere');
  });
});

describe('a URI that the edges have given out', () => {
  it('leads straight to the edge that it names, and to either side here [design 7]', () => {
    expect(inside('msrp://msrp.example.com:2855/token.edge-b;tcp')).toEqual({
      host: '10.0.0.2',
      port: 2900,
    });
    expect(inside('msrp://MSRP.example.com/token.edge-a;tcp')).toEqual(participating);
    expect(inside('msrp://msrp.example.com/focus.edge-a;tcp')).toEqual(controlling);
    expect(inside('msrp://msrp.example.com/token;tcp')).toEqual(participating);
    expect(inside('msrp://10.0.0.1:2855/focus.edge-a;tcp')).toEqual(controlling);
  });

  it('leads where it says if its edge is not known here, or if it is of somebody else', () => {
    expect(inside('msrp://msrp.example.com/token.edge-c;tcp')).toBeUndefined();
    expect(inside('msrp://other.example.com/token.edge-b;tcp')).toBeUndefined();
    expect(inside('msrp://msrp.example.com:2856/token.edge-b;tcp')).toBeUndefined();
  });

  it('may name each edge by a host of its own [RFC 4975 5.4]', () => {
    const of = places({ shown: (edge) => ({ host: `${edge}.example.com`, port: 2855 }) });
    expect(inside('msrp://edge-b.example.com/token.edge-b;tcp', of)).toMatchObject({ port: 2900 });
    expect(inside('msrp://edge-a.example.com/token;tcp', of)).toEqual(participating);
    expect(inside('msrp://edge-c.example.com/token.edge-b;tcp', of)).toBeUndefined();
  });

  it('may name an IPv6 address', () => {
    const of = places({ shown: () => ({ host: '2001:db8::1', port: 2855 }) });
    expect(inside('msrp://[2001:db8::1]:2855/token.edge-b;tcp', of)).toMatchObject({ port: 2900 });
  });
});
