/** Where the flows between two users begin: Alice and Bob are registered, in a session, or one of them is away. */
import { expect } from 'vitest';
import { findPart, parseMultipart } from '../../../../edge/bytes/multipart.ts';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, bob } from './scene.ts';

export type Scene = { readonly world: World; readonly caller: Client; readonly phone: Client };

export async function online(options: Partial<ParticipatingOptions> = {}): Promise<Scene> {
  const world = new World(options);
  const caller = world.client('laptop', 'alice');
  const phone = world.client('phone', 'bob');
  caller.register();
  phone.register();
  await world.run(100);
  return { world, caller, phone };
}

export type Sending = { readonly world: World; readonly sender: Client; readonly phone: Client };

/** Alice is registered, Bob's phone is not. */
export async function sending(options: Partial<ParticipatingOptions> = {}): Promise<Sending> {
  const world = new World(options);
  const sender = world.client('laptop', 'alice');
  sender.register();
  await world.run(100);
  return { world, sender, phone: world.client('phone', 'bob') };
}

/** A message of Alice for Bob. */
export function message(id: string, text: string): string {
  return chat({ from: alice, to: bob, id, text });
}

/** Alice and Bob are in a session. */
export async function talking(options: Partial<ParticipatingOptions> = {}): Promise<Scene> {
  const scene = await online(options);
  scene.caller.rejoin(bob, 'chat-1');
  await scene.world.run(100);
  expect([scene.caller.up.length, scene.phone.up.length]).toEqual([1, 1]);
  return scene;
}

/** Bob is away, and something of Alice's waits. */
export async function waiting(options: Partial<ParticipatingOptions> = {}): Promise<Scene> {
  const scene = await talking(options);
  scene.phone.restart();
  await scene.world.run(100);
  scene.caller.say('one');
  scene.caller.say('two');
  await scene.world.run(100);
  return scene;
}

export async function phase(
  { world }: Scene,
  user = 'bob',
  peer = alice,
): Promise<string | undefined> {
  return (await world.state(user, `one-to-one:${peer}`))?.phase;
}

export function fine({ world }: Scene): void {
  expect(world.functions.problems).toEqual([]);
}

export function sdpOf(request: SipRequest | undefined): string {
  const type = request && header(request, 'Content-Type');
  const parts = type === undefined ? [] : parseMultipart(type, request?.body ?? new Uint8Array());
  return new TextDecoder().decode(findPart(parts ?? [], 'application/sdp')?.body);
}

export function cpimOf(request: SipRequest | undefined): string | undefined {
  const type = (request && header(request, 'Content-Type')) ?? '';
  const part = findPart(
    parseMultipart(type, request?.body ?? new Uint8Array()) ?? [],
    'message/cpim',
  );
  return part && new TextDecoder().decode(part.body);
}
