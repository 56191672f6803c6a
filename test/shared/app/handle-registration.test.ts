import { beforeEach, describe, expect, test } from 'vitest';
import { handleParticipation } from '../../../shared/app/handle-participation.ts';
import { handleRegistration } from '../../../shared/app/handle-registration.ts';
import { queueNames } from '../../../shared/app/queue-names.ts';
import { registrationKey } from '../../../shared/core/key.ts';
import type { RegistrationEvent } from '../../../shared/core/registration.ts';
import {
  name,
  openedAway,
  type PhaseName,
  phases,
  phone,
  Spec,
} from '../core/participation/spec.ts';
import { failing, World } from './world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

const binding = { instance: phone, expiresAtMs: 1e12 };

function reported(atMs: number, ...bindings: RegistrationEvent['bindings']): RegistrationEvent {
  return { kind: 'registration', user: name.user, bindings, atMs };
}

async function given(phase: PhaseName, contributionId = name.contributionId): Promise<void> {
  const spec = new Spec();
  const of = { ...name, contributionId };
  for (const step of phases[phase]) {
    const envelope = { ...spec.envelope(step), name: of };
    spec.take(envelope);
    await handleParticipation(world.ports, of, [envelope]);
  }
}

async function told(): Promise<readonly object[]> {
  const bodies: object[] = [];
  for (;;) {
    const records = await world.queue.receive(queueNames.participation, {
      max: 10,
      waitMs: 0,
      visibilityMs: 1e6,
    });
    if (records.length === 0) return bodies;
    bodies.push(...records.map(({ body }) => JSON.parse(body) as object));
    await world.queue.remove(
      queueNames.participation,
      records.map(({ receipt }) => receipt),
    );
  }
}

async function stored() {
  const key = registrationKey(name.user);
  return await world.store.read(key.partition, key.sort);
}

describe('a registration', () => {
  test('is kept until its last binding expires [PFT-009]', async () => {
    await handleRegistration(world.ports, [reported(5, binding, { expiresAtMs: 2e12 })]);
    expect(await stored()).toMatchObject({
      version: 1,
      data: { atMs: 5, bindings: [binding, { expiresAtMs: 2e12 }] },
      expiresAtS: 2e9 + 1,
    });
  });

  test('is what the last report of a batch says [PFT-009]', async () => {
    await handleRegistration(world.ports, [reported(5, binding), reported(6)]);
    expect(await stored()).toMatchObject({ version: 1, data: { atMs: 6, bindings: [] } });
  });

  test('is not written again by a report that comes again, but told again [design 4.3]', async () => {
    await given('buffering');
    await handleRegistration(world.ports, [reported(5, binding)]);
    world.nowMs += 600_000;
    await handleRegistration(world.ports, [reported(5, binding)]);
    expect(await stored()).toMatchObject({ version: 1 });
    expect(await told()).toHaveLength(2);
  });

  test('that was kept but not told is told when the report comes again [design 6.6]', async () => {
    await given('buffering');
    const queue = failing(world.queue, () => 'before');
    const dying = handleRegistration({ ...world.ports, queue }, [reported(5, binding)]);
    await expect(dying).rejects.toThrow();
    await handleRegistration(world.ports, [reported(5, binding)]);
    expect(await told()).toHaveLength(1);
  });

  test('of no client that is still there wakes nobody', async () => {
    await given('buffering');
    await handleRegistration(world.ports, [reported(5)]);
    await handleRegistration(world.ports, [reported(6, { ...binding, expiresAtMs: world.nowMs })]);
    expect(await told()).toEqual([]);
  });

  test('without a report is no registration', async () => {
    await handleRegistration(world.ports, []);
    expect(await stored()).toBeUndefined();
  });

  test('that is changed by others again and again is a fault [design 4.6]', async () => {
    const store = new Proxy(world.ports.store, {
      get: (target, key) =>
        key === 'commit' ? async () => ({ kind: 'conflict' }) : Reflect.get(target, key),
    });
    const handling = handleRegistration({ ...world.ports, store }, [reported(5, binding)]);
    await expect(handling).rejects.toThrow('20 times in a row');
  });
});

describe('the participations of the user', () => {
  test.each<[PhaseName, number]>([
    ['joined', 0],
    ['buffering', 1],
    ['reinviting', 1],
    ['inactive', 1],
    ['draining', 1],
    ['restarting', 0],
    ['gone', 0],
  ])('in %s are told of it %i times [PFT-035, PFT-023]', async (phase, times) => {
    await given(phase);
    await handleRegistration(world.ports, [reported(5000, binding)]);
    const bodies = await told();
    expect(bodies).toHaveLength(times);
    for (const body of bodies) {
      expect(body).toEqual({
        name,
        event: {
          kind: 'client-available',
          instances: [phone],
          registeredAtMs: 5000,
          atMs: world.nowMs,
        },
      });
    }
  });

  test('are all told, however many there are [PFT-057]', async () => {
    for (let count = 0; count < 230; count++) await given('buffering', `c-${count}`);
    await handleRegistration(world.ports, [reported(5000, binding)]);
    const names = (await told()).map((body) => (body as { name: typeof name }).name.contributionId);
    expect(new Set(names).size).toBe(230);
  });

  test('of another user are not', async () => {
    const other = { user: 'sip:erin@a.test', contributionId: 'c-9' };
    const envelope = { ...new Spec().envelope(openedAway()), name: other };
    await handleParticipation(world.ports, other, [envelope]);
    await handleRegistration(world.ports, [reported(5, binding)]);
    expect(await told()).toEqual([]);
  });
});
