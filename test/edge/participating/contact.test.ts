import { expect, it } from 'vitest';
import {
  acceptDevice,
  clientContact,
  recordRoute,
  routesTo,
} from '../../../edge/participating/contact.ts';
import { Registry } from '../../../edge/participating/registry.ts';
import { bob, found, participation } from './calls-kit.ts';
import { DeskWorld, pf } from './desk-world.ts';

const { group } = participation('joined');

function contactFor(kind: Parameters<typeof given>[0]): string {
  const { world, participant } = given(kind);
  return clientContact(world.desk, participant).value;
}

function given(kind: Pick<typeof group, 'kind' | 'identity'>, instance?: string) {
  const world = new DeskWorld();
  const registry = new Registry(world.desk);
  const fresh = registry.fresh({ user: bob, contributionId: 'c1' }, found());
  return {
    world,
    participant: registry.hold({
      ...fresh,
      group: { ...group, ...kind },
      roster: [],
      ...(instance === undefined ? {} : { instance }),
    }),
  };
}

it('a client is told the Group Session Identity with isfocus, else it would take the session for a 1-1 chat [C-07]', () => {
  const contact = contactFor({ identity: 'sip:group@cf.test' });
  expect(contact).toMatch(/^<sip:group@cf\.test>;isfocus;\+g\.3gpp\.icsi-ref="/);
});

it('a client is told the other user at this function in a session of two', () => {
  const kind = 'one-to-one' as const;
  expect(contactFor({ kind, identity: 'sip:alice@rejoin.test' })).toBe(`<sip:alice@${pf}:5060>`);
  expect(contactFor({ kind, identity: 'tel:+1234' })).toBe(`<sip:user@${pf}:5060>`);
});

it('requests of the client within its dialog come by this edge [RFC 3261 16.6 step 4]', () => {
  expect(recordRoute(new DeskWorld().desk)).toEqual({
    name: 'Record-Route',
    value: `<sip:${pf}:5060;lr>`,
  });
});

it('a client that registered through proxies is reached the same way [RFC 3327 5.2]', () => {
  const target = { transport: 'udp', host: '10.0.0.9', port: 5060 } as const;
  const binding = { contact: 'sip:bob@10.0.0.9', target };
  expect(routesTo(binding)).toEqual([]);
  expect(routesTo({ ...binding, path: ['sip:p1.test;lr', 'sip:p2.test;lr'] })).toEqual([
    { name: 'Route', value: '<sip:p1.test;lr>' },
    { name: 'Route', value: '<sip:p2.test;lr>' },
  ]);
});

it('a request names the device it is for where an IMS core chooses among them, or one is wanted [PFT-071, RFC 3841 9.2]', () => {
  const target = { transport: 'udp', host: '10.0.0.9', port: 5060 } as const;
  const phone = { contact: bob, target, instance: '<urn:uuid:phone>' };
  const accepted = (instance: string) => [
    { name: 'Accept-Contact', value: `*;+sip.instance="${instance}";require;explicit` },
  ];
  expect(acceptDevice(phone)).toEqual([]);
  expect(acceptDevice(phone, '<urn:uuid:tablet>')).toEqual(accepted('<urn:uuid:tablet>'));
  expect(acceptDevice({ ...phone, isByCore: true })).toEqual(accepted('<urn:uuid:phone>'));
  expect(acceptDevice({ contact: bob, target, isByCore: true })).toEqual([]);
});

it('a delivery may go to a client that an IMS core has registered without naming its device [PFT-009, PFT-070]', () => {
  const of = (instance?: string) => given({ identity: 'sip:group@cf.test' }, instance).participant;
  const target = { transport: 'udp', host: '10.0.0.9', port: 5060 } as const;
  const anyOfCore = { contact: bob, target, isByCore: true } as const;
  const phone = { ...anyOfCore, instance: '<urn:uuid:phone>' };
  const nameless = { contact: 'sip:bob@10.0.0.9', target };
  expect(of().eligible([nameless, phone])).toEqual([nameless, phone]);
  const tablet = of('<urn:uuid:tablet>');
  expect(tablet.eligible([nameless, phone, anyOfCore])).toEqual([anyOfCore]);
});
