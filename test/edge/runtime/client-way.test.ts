/** What edges tell one another of the way to a client, and what they make of it. */
import { describe, expect, test } from 'vitest';
import type { Binding } from '../../../edge/registrar/binding.ts';
import { inward, outward } from '../../../edge/runtime/client-way.ts';
import { edgeUri } from '../../../edge/sip/proxy/edge-proxy.ts';
import { flowToken } from '../../../edge/sip/proxy/flow-token.ts';

const own = { edge: 'a', host: '10.0.0.1', port: 5060 };
const neighbours = {
  placeOf: (edge: string) =>
    edge === 'b' ? { host: '10.0.0.2', sipPort: 5062, msrpPort: 2855 } : undefined,
};

function binding(more: Partial<Binding> = {}): Binding {
  return {
    contact: 'sip:bob@192.0.2.9:40000;transport=tcp',
    params: '',
    callId: 'call-1',
    cseq: 1,
    expiresAtMs: 1_000,
    q: 1,
    target: { transport: 'tcp', host: '192.0.2.9', port: 40_000, flow: 'tcp/7' },
    path: [],
    ...more,
  };
}

describe('what is stored of a client', () => {
  test('names the edge that it is connected to, and the connection [RFC 3327 5.2, RFC 5626 5.2]', () => {
    const told = outward(binding(), own);
    expect(told.path).toHaveLength(1);
    expect(told.path[0]).toMatch(/^sip:10\.0\.0\.1:5060;transport=tcp;lr;edge=a;flow=tcp!/);
    expect({ ...told, path: [] }).toEqual(binding());
  });

  test('is what its REGISTER has said where another edge or a proxy is on the way [RFC 3327 5.2]', () => {
    const behind = binding({ path: ['sip:proxy.test;lr'] });
    expect(outward(behind, own)).toBe(behind);
  });

  test('names no edge for a client without a connection: any edge reaches it as well', () => {
    const target = { transport: 'udp', host: '192.0.2.9', port: 5060 } as const;
    const datagrams = binding({ target });
    expect(outward(datagrams, own)).toBe(datagrams);
  });
});

describe('a client whose registration is read from the store', () => {
  const told = outward(binding(), { edge: 'b', host: '10.0.0.2', port: 5062 });

  test('is reached over the edge that it is connected to, which finds the connection by Path [RFC 3327 5.2]', () => {
    const read = inward(told, 'a', neighbours);
    expect(read.target).toEqual({ transport: 'tcp', host: '10.0.0.2', port: 5062 });
    expect(read.path).toEqual(told.path);
  });

  test('is tried at its contact if that edge is gone [RFC 3327 5.2]', () => {
    const gone = outward(binding(), { ...own, edge: 'gone' });
    const read = inward(gone, 'a', neighbours);
    expect(read.path).toEqual([]);
    expect(read.target).toEqual({ transport: 'tcp', host: '192.0.2.9', port: 40_000 });
  });

  test('is tried at the port of SIP if its contact has none [RFC 3261 19.1.2]', () => {
    const contact = 'sip:bob@192.0.2.9';
    const read = inward(outward(binding({ contact }), { ...own, edge: 'gone' }), 'a', neighbours);
    expect(read.target).toEqual({ transport: 'udp', host: '192.0.2.9', port: 5060 });
  });

  test('keeps its way if its contact can not be read', () => {
    const broken = outward(binding({ contact: 'nothing' }), { ...own, edge: 'gone' });
    const read = inward(broken, 'a', neighbours);
    const { flow: _flow, ...target } = broken.target;
    expect(read).toEqual({ ...broken, path: [], target });
  });

  test('is reached over its connection again where it is connected to this very edge [RFC 5626 5.3]', () => {
    const read = inward(outward(binding(), own), 'a', neighbours);
    expect(read).toEqual(binding());
    const flow = { id: 'tcp/9', transport: 'tcp', host: '198.51.100.4', port: 55_555 } as const;
    const path = [edgeUri(own, flowToken(flow))];
    expect(inward(binding({ path }), 'a', neighbours).target).toEqual({
      ...binding().target,
      flow: 'tcp/9',
    });
  });

  test('is tried at its contact if this edge can not read which connection it is', () => {
    const path = ['sip:10.0.0.1:5060;lr;edge=a;flow=x'];
    const read = inward(binding({ path }), 'a', neighbours);
    expect(read.target).toEqual({ transport: 'tcp', host: '192.0.2.9', port: 40_000 });
  });

  test('is as it was stored where no edge is on the way, but for connections of others', () => {
    const behind = binding({ path: ['sip:proxy.test;lr'] });
    const { flow: _flow, ...target } = behind.target;
    expect(inward(behind, 'a', neighbours)).toEqual({ ...behind, target });
    const unread = binding({ path: ['nothing'] });
    expect(inward(unread, 'a', neighbours).path).toEqual(['nothing']);
  });
});
