/** Requests and answers on their way between a client, the edge it is connected to, and the edge that serves its user. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../../edge/sip/effect.ts';
import { headerValues } from '../../../../edge/sip/header.ts';
import type { SipResponse } from '../../../../edge/sip/message.ts';
import {
  isForOwner,
  routeRequest,
  routeResponse,
  routeToOwner,
} from '../../../../edge/sip/proxy/edge-proxy.ts';
import { flowToken, targetOfToken } from '../../../../edge/sip/proxy/flow-token.ts';
import { a, b, client, inner, request, requestOf } from './edges.ts';

describe('a request of a client within a dialog', () => {
  const own = `<sip:10.0.0.1:5060;transport=tcp;lr;edge=a;flow=${flowToken(client)}>`;
  const server = '<sip:10.0.0.2:5060;edge=b;lr>';
  const within = { To: '<sip:g1@rejoin.test>;tag=2', Route: `${own}, ${server}` };

  test.each([client, { ...client, id: 'tcp:99', port: 9999 }])(
    'goes on to the edge that serves its user, whatever connection it comes by [RFC 3261 16.12]',
    (flow) => {
      const routed = routeRequest(request('ACK', 'sip:g1@rejoin.test', within), flow, a);
      expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
      expect(headerValues(requestOf(routed), 'Route')).toEqual([server]);
    },
  );
});

describe('a request that names no edge', () => {
  test('goes to the home of the user who registers, with the way back in Path [RFC 5626 5.1]', () => {
    const routed = routeRequest(request('REGISTER', 'sip:rejoin.test'), client, a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
    const sent = requestOf(routed);
    expect(headerValues(sent, 'Path')).toEqual([
      `<sip:10.0.0.1:5060;transport=tcp;lr;edge=a;flow=${flowToken(client)}>`,
    ]);
    expect(headerValues(sent, 'Record-Route')).toEqual([]);
    expect(headerValues(sent, 'Max-Forwards')).toEqual(['69']);
    expect(headerValues(sent, 'Via')[0]).toBe(
      `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK-edge-one;edge=a;flow=${flowToken(client)}`,
    );
  });

  test('goes to the home of the user who invites, and records the way [RFC 5626 5.3]', () => {
    const sent = requestOf(routeRequest(request('INVITE', 'sip:g1@rejoin.test'), client, a));
    expect(headerValues(sent, 'Record-Route')).toEqual(headerValues(sent, 'Path'));
  });

  test('goes to the home of the user it is for when a peer asserts who sends it [contract: Trust]', () => {
    const from = { From: '<sip:x@other.test>;tag=1', 'P-Asserted-Identity': '<sip:x@other.test>' };
    const invite = request('INVITE', 'sip:bob@rejoin.test', from);
    expect(routeRequest(invite, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(routeRequest(invite, client, a)).toMatchObject({ kind: 'local' });
  });

  test('goes the way of the INVITE of a peer that it cancels, though nobody is asserted in it [RFC 3261 9.1]', () => {
    const from = { From: '<sip:g@focus.test>;tag=1' };
    const cancel = request('CANCEL', 'sip:bob@rejoin.test', from);
    expect(routeRequest(cancel, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(routeRequest(cancel, client, a)).toMatchObject({ kind: 'local' });
    const ofClient = request('CANCEL', 'sip:g1@rejoin.test');
    expect(routeRequest(ofClient, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
  });

  test('stays at the home of its user', () => {
    expect(routeRequest(request('REGISTER', 'sip:rejoin.test'), client, b).kind).toBe('local');
  });

  test('stays if it comes from another edge: two that disagree send nothing to and fro', () => {
    const sent = requestOf(routeRequest(request('REGISTER', 'sip:rejoin.test'), client, a));
    expect(routeRequest(sent, inner, { ...b, homeOf: () => 'a' }).kind).toBe('local');
  });

  test('stays if it is of no user of ours, or within a dialog', () => {
    const anonymous = { From: '<sip:anonymous@anonymous.invalid>;tag=1' };
    expect(routeRequest(request('INVITE', 'sip:x@y.test', anonymous), client, a).kind).toBe(
      'local',
    );
    const known = { To: '<sip:bob@rejoin.test>;tag=2' };
    expect(routeRequest(request('BYE', 'sip:bob@rejoin.test', known), client, a).kind).toBe(
      'local',
    );
    const lost = { To: '<sip:bob@rejoin.test>;tag=2', Route: 'nothing' };
    expect(routeRequest(request('BYE', 'sip:x@y.test', lost), client, a).kind).toBe('local');
    const broken = { From: 'nothing' };
    expect(routeRequest(request('INVITE', 'sip:x@y.test', broken), client, a).kind).toBe('local');
    const nobody = request('INVITE', 'sip:x@y.test');
    const bare = { ...nobody, headers: nobody.headers.filter(({ name }) => name !== 'From') };
    expect(routeRequest(bare, client, a).kind).toBe('local');
  });

  test('is refused when no hop is left [RFC 3261 16.3]', () => {
    const last = request('REGISTER', 'sip:rejoin.test', { 'Max-Forwards': '0' });
    expect(routeRequest(last, client, a)).toMatchObject({ kind: 'refused', status: 483 });
  });

  test('has the same branch as its repetitions, its CANCEL and its ACK [RFC 3261 16.11]', () => {
    const branches = ['INVITE', 'CANCEL', 'ACK'].map((method) => {
      const sent = requestOf(routeRequest(request(method, 'sip:g1@rejoin.test'), client, a));
      return /branch=([^;]+)/.exec(headerValues(sent, 'Via')[0] ?? '')?.[1];
    });
    expect(new Set(branches)).toEqual(new Set(['z9hG4bK-edge-one']));
  });

  test('of an old client has a branch made of what is the same in all of them [RFC 3261 16.11]', () => {
    for (const branch of ['', ';branch=z9hG4bK', ';branch=old-client']) {
      const old = request('INVITE', 'sip:g1@rejoin.test', { Via: `SIP/2.0/UDP x.test${branch}` });
      const sent = requestOf(routeRequest(old, client, a));
      const made =
        branch === ';branch=old-client' ? 'z9hG4bK-edge-old-client' : 'z9hG4bK-edge-call-111';
      expect(headerValues(sent, 'Via')[0]).toContain(made);
    }
    const empty = { ...request('INVITE', 'sip:g1@rejoin.test'), headers: [] };
    const from = { name: 'From', value: '<sip:bob@rejoin.test>' };
    const sent = requestOf(routeRequest({ ...empty, headers: [from] }, client, a));
    expect(headerValues(sent, 'Via')[0]).toContain('branch=z9hG4bK-edge-;');
  });
});

describe('a request that names an edge', () => {
  test('goes there by its route, which stays [RFC 3261 16.12]', () => {
    const bye = request('BYE', 'sip:g1@rejoin.test', {
      Route: '<sip:10.0.0.2:5060;lr;edge=b>',
      To: '<sip:g1@rejoin.test>;tag=2',
    });
    const routed = routeRequest(bye, client, a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(headerValues(requestOf(routed), 'Route')).toHaveLength(1);
    expect(headerValues(requestOf(routed), 'Record-Route')).toEqual([]);
  });

  test('goes there by its Request-URI [design 7]', () => {
    const urn = { From: '<sip:x@other.test>;tag=1' };
    expect(routeRequest(request('INVITE', 'urn:service:sos', urn), inner, a).kind).toBe('local');
    const invite = request('INVITE', 'sip:bob@10.0.0.2:5060;edge=b');
    expect(routeRequest(invite, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(routeRequest(invite, inner, b)).toMatchObject({ kind: 'local' });
  });

  test('is taken where its route ends', () => {
    const own = request('BYE', 'sip:x@y.test', { Route: '<sip:10.0.0.1:5060;lr;edge=a>' });
    expect(routeRequest(own, client, a).kind).toBe('local');
  });
});

describe('a request for a client', () => {
  const token = flowToken(client);
  const route = `<sip:10.0.0.1:5060;transport=tcp;lr;edge=a;flow=${token}>`;

  test('goes over its connection, and what it answers comes back over this edge [RFC 5626 5.3]', () => {
    const invite = request('INVITE', 'sip:bob@192.0.2.9', { Route: route });
    const routed = routeRequest(invite, inner, a);
    expect(routed).toMatchObject({ kind: 'flow', target: { transport: 'tcp', flow: 'tcp/7' } });
    const sent = requestOf(routed);
    expect(headerValues(sent, 'Route')).toEqual([]);
    expect(headerValues(sent, 'Record-Route')).toEqual([route]);
  });

  test('within a dialog records nothing', () => {
    const bye = request('BYE', 'sip:bob@192.0.2.9', { Route: route, To: '<sip:x@y.test>;tag=2' });
    expect(headerValues(requestOf(routeRequest(bye, inner, a)), 'Record-Route')).toEqual([]);
  });

  test('comes from another edge only [design 6.9]', () => {
    const other: Flow = { ...client, id: 'tcp/8' };
    const invite = request('INVITE', 'sip:bob@192.0.2.9', { Route: route });
    expect(routeRequest(invite, other, a)).toMatchObject({ kind: 'refused', status: 403 });
  });

  test('with a token that is none is refused [RFC 5626 5.3]', () => {
    const broken = '<sip:10.0.0.1:5060;lr;edge=a;flow=x>';
    const invite = request('INVITE', 'sip:bob@192.0.2.9', { Route: broken });
    expect(routeRequest(invite, inner, a)).toMatchObject({ kind: 'refused', status: 430 });
  });

  test('with no hop left is refused [RFC 3261 16.3]', () => {
    const headers = { Route: route, 'Max-Forwards': '0' };
    expect(routeRequest(request('BYE', 'sip:b@x.test', headers), inner, a)).toMatchObject({
      status: 483,
    });
  });

  test('from the client itself goes on by the next route [RFC 5626 5.3]', () => {
    const bye = request('BYE', 'sip:g1@rejoin.test', {
      Route: `${route}, <sip:10.0.0.2:5060;lr;edge=b>`,
      To: '<sip:g1@rejoin.test>;tag=2',
    });
    const routed = routeRequest(bye, client, a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(headerValues(requestOf(routed), 'Route')).toEqual(['<sip:10.0.0.2:5060;lr;edge=b>']);
  });
});

describe('a response', () => {
  function response(via: string): SipResponse {
    const headers = [{ name: 'Via', value: via }];
    return { kind: 'response', status: 200, reason: 'OK', headers, body: new Uint8Array() };
  }

  test('goes back over the flow of its request, without the Via of this edge [RFC 3261 16.7]', () => {
    const own = `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK-edge-one;edge=a;flow=${flowToken(client)}`;
    const answer = response(`${own}, SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKone`);
    const routed = routeResponse(answer, inner, a);
    expect(routed).toMatchObject({ kind: 'flow', target: { flow: 'tcp/7' } });
    const vias = routed.kind === 'flow' ? headerValues(routed.message, 'Via') : [];
    expect(vias).toEqual(['SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKone']);
  });

  test('of a client goes back to the edge that serves its user, and to nobody else [RFC 3261 16.7, design 6.9]', () => {
    const over = (flow: Flow): SipResponse =>
      response(`SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKx;edge=a;flow=${flowToken(flow)}, x`);
    expect(routeResponse(over(inner), client, a)).toMatchObject({ target: { flow: 'tcp/2' } });
    const victim = { ...client, host: '192.0.2.10' };
    expect(routeResponse(over(victim), client, a)).toMatchObject({ kind: 'refused' });
  });

  test('to a request of this edge itself, or of another, is its own affair', () => {
    const vias = [
      'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKx',
      `SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bKx;edge=b;flow=${flowToken(client)}`,
      'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKx;edge=a;flow=broken',
      'nothing',
    ];
    for (const via of vias) expect(routeResponse(response(via), inner, a).kind).toBe('local');
  });
});

describe('a request about what another edge has', () => {
  test('goes there from the edge of the client, which stays on the way [design 7]', () => {
    const routed = routeToOwner(request('INVITE', 'sip:g@rejoin.test'), client, 'c', a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'c' });
    const sent = requestOf(routed);
    expect(headerValues(sent, 'Record-Route')).toHaveLength(1);
    expect(isForOwner(sent, inner, b)).toBe(true);
    expect(routeRequest(sent, inner, { ...b, edge: 'c' }).kind).toBe('local');
  });

  test("goes there from its user's home, which does not stay on the way [design 7]", () => {
    const first = requestOf(routeRequest(request('INVITE', 'sip:g@rejoin.test'), client, a));
    expect(isForOwner(first, inner, b)).toBe(false);
    const sent = requestOf(routeToOwner(first, inner, 'c', b));
    expect(headerValues(sent, 'Via')).toHaveLength(3);
    expect(headerValues(sent, 'Record-Route')).toHaveLength(1);
  });

  test('is not believed to be sent on by another edge than one of ours', () => {
    const sent = requestOf(routeToOwner(request('INVITE', 'sip:g@rejoin.test'), client, 'c', a));
    expect(isForOwner(sent, client, b)).toBe(false);
  });

  test('is refused when it has no hop left [RFC 3261 16.3]', () => {
    const last = request('INVITE', 'sip:g@rejoin.test', { 'Max-Forwards': '0' });
    expect(routeToOwner(last, client, 'c', a)).toMatchObject({ kind: 'refused', status: 483 });
  });

  test('of a peer to the factory goes to the edge that has the groups of its Contribution-ID', () => {
    const asked: (string | undefined)[] = [];
    const homeOf = (_address: string, contributionId: string | undefined): string => {
      asked.push(contributionId);
      return 'a';
    };
    const headers = { 'Contribution-ID': 'hike', 'P-Asserted-Identity': '<sip:bob@rejoin.test>' };
    const invite = request('INVITE', 'sip:conference-factory@rejoin.test', headers);
    routeRequest(invite, inner, { ...a, homeOf });
    expect(asked).toEqual(['hike']);
  });
});

describe('the token of a flow', () => {
  test('is read back as it was [RFC 5626 5.2]', () => {
    const flows: readonly Flow[] = [
      client,
      { id: 'udp:[2001:db8::1]:5060', transport: 'udp', host: '2001:db8::1', port: 5060 },
      { id: 'ws/1_2!', transport: 'wss', host: 'h', port: 0 },
    ];
    for (const flow of flows) {
      const { id, ...target } = flow;
      expect(targetOfToken(flowToken(flow))).toEqual({ ...target, flow: id });
      expect(flowToken(flow)).toMatch(/^[A-Za-z0-9._!-]+$/);
    }
  });

  test('is refused where it is none', () => {
    for (const text of ['', 'a!b!c', 'sctp!h!1!x', 'tcp!h!70000!x', 'tcp!h!-1!x', 'tcp!h!1.5!x']) {
      expect(targetOfToken(text)).toBeUndefined();
    }
  });
});
