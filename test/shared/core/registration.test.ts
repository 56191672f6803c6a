import { describe, expect, test } from 'vitest';
import {
  anyInstance,
  decideRegistration,
  instancesAt,
  type RegistrationEvent,
} from '../../../shared/core/registration.ts';

const phone = { instance: '<urn:uuid:phone>', expiresAtMs: 5000 };
const tablet = { instance: '<urn:uuid:tablet>', expiresAtMs: 3000 };
const nameless = { expiresAtMs: 4000 };

function reported(atMs: number, ...bindings: RegistrationEvent['bindings']): RegistrationEvent {
  return { kind: 'registration', user: 'sip:bob@a.test', bindings, atMs };
}

describe('a registration', () => {
  test('is what was reported first [PFT-009]', () => {
    expect(decideRegistration(undefined, reported(10, phone))).toEqual({
      user: 'sip:bob@a.test',
      bindings: [phone],
      atMs: 10,
    });
  });

  test('is replaced as a whole by a newer report [PFT-009]', () => {
    const before = decideRegistration(undefined, reported(10, phone));
    expect(decideRegistration(before, reported(11, tablet)).bindings).toEqual([tablet]);
    expect(decideRegistration(before, reported(11)).bindings).toEqual([]);
  });

  test('stays the same object on a report that comes again or too late [design 6.7]', () => {
    const before = decideRegistration(undefined, reported(10, phone));
    expect(decideRegistration(before, reported(10, phone))).toBe(before);
    expect(decideRegistration(before, reported(9, tablet))).toBe(before);
  });

  test('that changes twice in one millisecond counts as changed a moment later, once [design 4]', () => {
    const before = decideRegistration(undefined, reported(10, phone));
    const second = decideRegistration(before, reported(10, phone, tablet));
    expect(second).toMatchObject({ bindings: [phone, tablet], atMs: 11 });
    expect(decideRegistration(second, reported(10, phone, tablet))).toBe(second);
    expect(decideRegistration(second, reported(10, phone))).toBe(second);
  });
});

describe('the clients that are registered', () => {
  const registration = decideRegistration(undefined, reported(10, phone, tablet, nameless));

  test('are those whose bindings have not expired; one without an instance counts as ""', () => {
    expect(instancesAt(registration, 2999)).toEqual([phone.instance, tablet.instance, '']);
    expect(instancesAt(registration, 3000)).toEqual([phone.instance, '']);
    expect(instancesAt(registration, 5000)).toEqual([]);
  });

  test('are any of the devices of the user, if an IMS core names none [PFT-009]', () => {
    const byCore = { isByCore: true, expiresAtMs: 5000 } as const;
    const core = decideRegistration(undefined, reported(10, byCore, { ...phone, isByCore: true }));
    expect(instancesAt(core, 0)).toEqual([anyInstance, phone.instance]);
  });
});
