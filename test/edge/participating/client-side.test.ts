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

/** A side, and what stands for the session of a dialog with it. */
function sideOf(world: DeskWorld, told: string[] = []) {
  const side = new ClientSide(world.desk, {
    replaced: () => told.push('replaced'),
    lost: () => told.push('lost'),
  } as unknown as ConstructorParameters<typeof ClientSide>[1]);
  const types = { acceptTypes: [], acceptWrappedTypes: [] };
  const contact = { name: 'Contact', value: '<sip:g@cf.test>' };
  const joining = (dialog: string) => ({ dialog, leg: side.newLeg(), contact, types });
  return { side, joining };
}

test('a re-joined session that waits gives way to a newer one: its end is nobody’s loss [promise 4]', () => {
  const world = new DeskWorld();
  const { side, joining } = sideOf(world);
  side.joinNext(world.nowMs, joining('first'));
  side.joinNext(world.nowMs, joining('second'));
  expect(world.desk.dialogOwner('first')).toBeUndefined();
  expect(world.desk.dialogOwner('second')).toBeDefined();
});

test('a session whose media were lost ends when a re-joined one goes on [promise 4]', () => {
  const world = new DeskWorld();
  const told: string[] = [];
  const { side, joining } = sideOf(world, told);
  const before = joining('before');
  before.leg.offer('sendrecv', before.types);
  side.join(world.nowMs, before);
  const media = { path: ['msrp://10.0.0.9:2855/a;tcp'], setup: 'passive' };
  world.do((nowMs) => before.leg.complete(nowMs, media as never));
  world.fire('media/');
  expect(told).toEqual(['lost']);
  side.joinNext(world.nowMs, joining('next'));
  side.advance(world.nowMs, []);
  expect(world.desk.dialogOwner('before')).toBeUndefined();
  expect(world.desk.dialogOwner('next')).toBeDefined();
});
