import { expect, test } from 'vitest';
import { ClientSide } from '../../../edge/participating/client-side.ts';
import { DeskWorld } from './desk-world.ts';

test('media of a client that has not joined are nobody’s loss when they do not come about', () => {
  const world = new DeskWorld();
  const told: string[] = [];
  const tell = (what: string) => () => void told.push(what);
  const side = new ClientSide(world.desk, {
    up: tell('up'),
    returned: tell('returned'),
    lost: tell('lost'),
    left: tell('left'),
    replaced: tell('replaced'),
    message: tell('message'),
    answered: tell('answered'),
    room: tell('room'),
  } as ConstructorParameters<typeof ClientSide>[1]);
  const leg = side.newLeg();
  leg.offer('sendrecv', { acceptTypes: [], acceptWrappedTypes: [] });
  expect(leg.takesWrapped('message/imdn+xml')).toBe(false);
  const path = ['msrp://10.0.0.9:2855/a;tcp'];
  world.do((nowMs) =>
    leg.complete(nowMs, {
      path,
      acceptTypes: ['*'],
      acceptWrappedTypes: [],
      setup: 'passive',
      direction: 'recvonly',
    } as unknown as Parameters<typeof leg.complete>[1]),
  );
  world.fire('media/');
  expect(told).toEqual([]);
});
