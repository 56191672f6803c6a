import { describe, expect, test } from 'vitest';
import { tcpFlow, udpFlow } from './client.ts';
import { type CoreParts, ofCore } from './core.ts';
import { alice, answered, contact, invite, make } from './harness.ts';

const carol = 'sip:carol@rejoin.test';
const core = {
  isUser: (address: string): boolean => address.endsWith('@rejoin.test'),
  isTrusted: ({ transport }: { readonly transport: string }): boolean => transport === 'udp',
};

describe('the registrar behind an IMS core', () => {
  test('knows every user of its domain, whoever is in the users file', () => {
    expect(make({ core }).isKnown(carol)).toBe(true);
    expect(make({ core }).isKnown('sip:carol@example.com')).toBe(false);
    expect(make().isKnown(carol)).toBe(false);
  });

  test('takes the third-party REGISTER of a trusted core without digest [PFT-009]', () => {
    const registrar = make({ core });
    const { response, user, changes } = registrar.handle(0, ofCore({ to: carol }), udpFlow);
    expect([response.status, user, changes.length]).toEqual([200, carol, 1]);
    expect(registrar.bindings(599_999, carol)).toHaveLength(1);
    expect(registrar.bindings(600_000, carol)).toHaveLength(0);
    expect(registrar.expire(600_000)).toEqual([carol]);
  });

  test('refuses what anyone else sends with 403', () => {
    const registrar = make({ core });
    const { response, changes } = registrar.handle(0, ofCore(), tcpFlow);
    expect([response.status, changes]).toEqual([403, []]);
  });

  test('refuses with 403 who registers itself, by digest too', () => {
    const request = answered(make(), { headers: [contact] });
    const { response } = make({ core }).handle(0, request, udpFlow);
    expect(response).toEqual({ status: 403, reason: 'The IMS Core Registers Users' });
  });

  test('answers 404 for who is no user of the domain', () => {
    const status = (parts: CoreParts) =>
      make({ core }).handle(0, ofCore(parts), udpFlow).response.status;
    expect(status({ to: 'sip:alice@example.com' })).toBe(404);
    expect(status({ to: 'urn:x' })).toBe(404);
  });

  test('answers 400 for a REGISTER that says no way to the core', () => {
    const { response, user } = make({ core }).handle(0, ofCore({ contact: '*' }), udpFlow);
    expect([response.status, user]).toEqual([400, alice]);
  });

  test('takes no request for a client that comes by itself', () => {
    const outcome = make({ core }).authenticate(0, invite(), udpFlow);
    expect(outcome).toMatchObject({ kind: 'refused', response: { status: 403 } });
  });

  test('takes over what is stored of a user who was registered by another edge', () => {
    const registrar = make({ core });
    registrar.handle(0, ofCore(), udpFlow);
    const other = make({ core });
    other.load(alice, registrar.bindings(0, alice));
    expect(other.bindings(0, alice)).toEqual(registrar.bindings(0, alice));
  });
});
