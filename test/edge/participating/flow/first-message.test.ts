/** What one user says to another with the INVITE itself (001 8.3.2.9.1.1 step 6, decision O-11). */
import { describe, expect, test } from 'vitest';
import { printMultipart } from '../../../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { chat } from '../../../kit/virtual/message.ts';
import { alice, bob, left } from './scene.ts';
import { cpimOf, fine, online, phase, type Scene, waiting } from './users.ts';

/** Alice calls Bob and says something at once. */
function callWith(caller: Client, text: string): void {
  const message = utf8Encode(chat({ from: alice, to: bob, id: `imdn-${text}`, text }));
  caller.invite({
    uri: bob,
    headers: [
      { name: 'From', value: `<${alice}>` },
      { name: 'To', value: `<${bob}>` },
      { name: 'Contribution-ID', value: 'chat-1' },
    ],
    body: (sdp) =>
      printMultipart(
        [
          { headers: [], contentType: 'application/sdp', body: sdp },
          { headers: [], contentType: 'message/cpim', body: message },
        ],
        'kit-boundary',
      ),
  });
}

function textsOf({ phone }: Scene): readonly string[] {
  return phone.talk.texts;
}

describe('a message within an INVITE', () => {
  test('goes on within the INVITE to a user who is there', async () => {
    const scene = await online();
    callWith(scene.caller, 'hello');
    await scene.world.run(100);
    expect(cpimOf(scene.phone.invites[0])).toContain('hello');
    expect(scene.phone.up).toHaveLength(1);
    fine(scene);
  });

  test('is kept for a user who is away, and brought like any other [PFT-046]', async () => {
    const scene = await online();
    const { world, caller, phone } = scene;
    phone.manners.invite = 480;
    callWith(caller, 'hello');
    await world.run(100);
    expect(caller.up).toHaveLength(1);
    expect(await phase(scene)).toBe('buffering');
    phone.manners.invite = 200;
    phone.register();
    await world.run(500);
    expect(cpimOf(phone.invites.at(-1))).toContain('hello');
    expect(textsOf(scene)).toEqual(['hello']);
    fine(scene);
  });
});

describe('a further call of a user for whose callee something waits', () => {
  test('has what is said in it kept behind that, and all of it brought in order', async () => {
    const scene = await waiting();
    const { world, caller, phone } = scene;
    caller.bye(left);
    await world.run(100);
    phone.manners.invite = 480;
    caller.rejoin(bob, 'chat-2');
    await world.run(100);
    caller.say('three');
    await world.run(100);
    phone.manners.invite = 200;
    phone.register();
    await world.run(1000);
    expect(textsOf(scene)).toEqual(['one', 'two', 'three']);
    fine(scene);
  });
});
