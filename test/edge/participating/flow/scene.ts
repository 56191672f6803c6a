/** Where most flows begin: Bob's phone is registered, the focus has invited him, and he is in the group, or was. */
import { expect } from 'vitest';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import type { SipMessage, SipRequest } from '../../../../edge/sip/message.ts';
import type { Call } from '../../../kit/virtual/call.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import type { Focus } from '../../../kit/virtual/focus.ts';
import { userUri, World } from '../../../kit/virtual/world.ts';

export const alice = userUri('alice');
export const bob = userUri('bob');
export const carol = userUri('carol');
export const group = { user: bob, contributionId: 'c1', members: [alice, bob] };
export const bobInGroup = { user: bob, contributionId: 'c1' };
export const left = 'SIP;cause=200;text="Call completed"';

export type Scene = {
  readonly world: World;
  readonly phone: Client;
  readonly focus: Focus;
  /** The focus's session with the Participating Function. */
  readonly leg: Call;
};

export type Registered = { readonly world: World; readonly phone: Client };

/** Bob's phone is registered. */
export async function registered(
  options: Partial<ParticipatingOptions> = {},
  more: Parameters<World['client']>[2] = {},
): Promise<Registered> {
  const world = new World(options);
  const phone = world.client('phone', 'bob', more);
  phone.register();
  await world.run(100);
  return { world, phone };
}

/** Bob is in the group. */
export async function inGroup(
  options: Partial<ParticipatingOptions> = {},
  more: Parameters<World['client']>[2] = {},
): Promise<Scene> {
  const { world, phone } = await registered(options, more);
  const leg = world.focus.open(group);
  await world.run(100);
  expect(phone.up).toHaveLength(1);
  return { world, phone, focus: world.focus, leg };
}

/** Bob was in the group, and his phone is off. */
export async function away(options: Partial<ParticipatingOptions> = {}): Promise<Scene> {
  const scene = await inGroup(options);
  scene.phone.restart();
  await scene.world.run(100);
  expect((await scene.world.state('bob', 'c1'))?.phase).toBe('buffering');
  return scene;
}

/** Bob was away when the focus ended the session; `texts` wait for him. */
export async function ended(
  texts: readonly string[] = ['one', 'two'],
  options: Partial<ParticipatingOptions> = {},
): Promise<Scene> {
  const scene = await away(options);
  for (const text of texts) scene.focus.say(text);
  await scene.world.run(100);
  scene.focus.bye();
  await scene.world.run(100);
  return scene;
}

/** What has been said and not yet handed over is said by the focus in one go. */
export async function says(scene: Scene, ...texts: readonly string[]): Promise<readonly string[]> {
  const ids = texts.map((text) => scene.focus.say(text));
  await scene.world.run(100);
  return ids;
}

/** The group goes on live: what is said reaches the phone, and is answered, at once. */
export async function isLive(scene: Scene, text = 'now'): Promise<void> {
  const ids = await says(scene, text);
  expect(scene.phone.talk.texts.at(-1)).toBe(text);
  expect(outcomes(scene.focus, ids)).toEqual([200]);
}

export function outcomes(focus: Focus, ids: readonly string[]): readonly (number | undefined)[] {
  return ids.map((id) => focus.talk.outcomes.get(id));
}

/** Requests of a method that a party got. */
export function requestsOf(party: { requests: SipRequest[] }, method: string): SipRequest[] {
  return party.requests.filter((request) => request.method === method);
}

export function reasonOf(message: SipMessage | undefined): string | undefined {
  return message && header(message, 'Reason');
}

export function valuesOf(message: SipMessage | undefined, name: string): readonly string[] {
  return message === undefined ? [] : headerValues(message, name);
}

export async function phaseOf(world: World): Promise<string | undefined> {
  return (await world.state('bob', 'c1'))?.phase;
}

/** Nothing went wrong behind the scene. */
export function fine({ world }: Scene): void {
  expect(world.functions.problems).toEqual([]);
}

/** Nothing of what has passed is remembered but what is stored, once the transactions have run out. */
export async function nothingLeft(world: World): Promise<void> {
  await world.run(70_000);
  const { participating, node } = world.edge;
  expect(participating.size).toBe(0);
  expect(participating.counts).toEqual({ dialogs: 0, sessions: 0, waiting: 0 });
  expect(node.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
  expect(node.msrp.counts).toMatchObject({ sessions: 0, connections: 0 });
}
