import { describe, expect, it } from 'vitest';
import { edgeOfSession, sessionIdOf } from '../../../edge/msrp/session-id.ts';
import { parseMsrpUri } from '../../../edge/msrp/uri.ts';
import { newHost } from './world.ts';

const token = '0123456789abcdef01234567';
const edge = 'edge-a1b2c3d4e5f6';

describe('a session-id', () => {
  it('is the token alone where there is one edge only [RFC 4975 14.1]', () => {
    expect(sessionIdOf(token, undefined)).toBe(token);
    expect(edgeOfSession(token)).toBeUndefined();
  });

  it('names the edge behind the whole of the token where there are several [design 7]', () => {
    const id = sessionIdOf(token, edge);
    expect(id.startsWith(token)).toBe(true);
    expect(edgeOfSession(id)).toBe(edge);
    expect(parseMsrpUri(`msrp://192.0.2.1:2855/${id};tcp`)?.sessionId).toBe(id);
  });

  it('is what the path of a host that has an edge names [design 7]', () => {
    const host = newHost('192.0.2.1', { edge });
    const session = host.open();
    expect(edgeOfSession(session)).toBe(edge);
    expect(host.path(session)).toBe(`msrp://192.0.2.1:2855/${session};tcp`);
  });

  it('leads its own network straight to the edge, and others as its path is written [design 7]', () => {
    const inside = { host: '10.0.0.7', port: 2900 };
    const host = newHost('192.0.2.1', {
      insideOf: ({ sessionId }) => (edgeOfSession(sessionId) === edge ? inside : undefined),
    });
    const connectionTo = (sessionId: string) => {
      const path = [`msrp://msrp.example.com:2855/${sessionId};tcp`];
      host.start(0, host.open(), { path, isActive: true });
      return host.drain().find(({ kind }) => kind === 'connect');
    };
    expect(connectionTo(sessionIdOf(token, edge))).toMatchObject(inside);
    expect(connectionTo(token)).toMatchObject({ host: 'msrp.example.com', port: 2855 });
  });
});
