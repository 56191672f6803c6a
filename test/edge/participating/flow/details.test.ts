/** What is rare on the legs: forks behind a proxy, ACKs that don't come, media before answers, answers that refuse a message. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import type { SipMessage } from '../../../../edge/sip/message.ts';
import type { Carried } from '../../../kit/virtual/station.ts';
import { World } from '../../../kit/virtual/world.ts';
import {
  away,
  fine,
  group,
  inGroup,
  nothingLeft,
  outcomes,
  phaseOf,
  reasonOf,
  registered,
  says,
  valuesOf,
} from './scene.ts';

const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';

function isAnswerToInvite({ message }: Carried): boolean {
  if (message.kind !== 'response' || message.status !== 200) return false;
  return header(message, 'CSeq')?.endsWith(' INVITE') === true;
}

function isAck({ message }: Carried): boolean {
  return message.kind === 'request' && message.method === 'ACK';
}

/** The same answer of another device, as a proxy that forks passes it on. */
function ofAnother(message: SipMessage): SipMessage {
  const headers = message.headers.map((one) =>
    one.name === 'To' ? { ...one, value: `${one.value}other` } : one,
  );
  return { ...message, headers };
}

describe('a second 200 to the same INVITE', () => {
  test('gets a BYE: the first to accept has the session [RFC 3261 13.2.2.4, promise 4]', async () => {
    const { world, phone } = await registered();
    const byes: Carried[] = [];
    const flow = {
      id: 'tcp:phone.test:5060',
      transport: 'tcp',
      host: phone.host,
      port: 5060,
    } as const;
    world.network.watchers.push({
      sip: (carried) => {
        const { message, from } = carried;
        if (message.kind === 'request' && message.method === 'BYE') byes.push(carried);
        if (from !== phone.host || !isAnswerToInvite(carried)) return;
        world.clock.after({ isOver: false }, 5, () =>
          world.network.at('pf.test')?.sip(ofAnother(message), flow),
        );
      },
      msrp: () => undefined,
    });
    world.focus.open(group);
    await world.run(1000);
    expect(phone.up).toHaveLength(1);
    expect(byes.map(({ message }) => reasonOf(message))).toEqual([elsewhere]);
    expect(byes.map(({ message }) => header(message, 'To')?.endsWith('other'))).toEqual([true]);
  });
});

describe('an answer of a device', () => {
  test('that does not name its instance is known by its registration [PFT-070]', async () => {
    const { world, phone } = await registered();
    phone.hasInstance = false;
    world.focus.open(group);
    await world.run(100);
    expect((await world.state('bob', 'c1'))?.instance).toBe(`<${phone.instance}>`);
  });

  test('of which no instance is known at all keeps no device, the first time and later', async () => {
    const scene = await inGroup({}, { hasInstance: false });
    const { world, phone } = scene;
    phone.restart();
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect(valuesOf(phone.invites[1], 'Accept-Contact')).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.instance).toBeUndefined();
    fine(scene);
  });

  test('that comes after its media has its media up at once', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    world.network.fate = (carried) =>
      carried.from === phone.host && isAnswerToInvite(carried) ? [500] : [1];
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('that rings when it is asked no longer is not told to the focus', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.register();
    phone.manners.invite = 'leave';
    await world.run(100);
    world.focus.open(group);
    await world.run(500);
    world.focus.cancel();
    await world.run(1);
    phone.ring();
    await world.run(100);
    expect(world.focus.rang).toBe(0);
    expect(phone.cancels).toHaveLength(1);
    await nothingLeft(world);
  });
});

describe('an ACK that does not come', () => {
  test('of a client that re-joins is a loss of it [RFC 3261 13.3.1.4]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.network.fate = (carried) => (carried.from === phone.host && isAck(carried) ? [] : [1]);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(await phaseOf(world)).toBe('joined');
    await world.run(40_000);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });

  test('of the focus is the end of its session', async () => {
    const { world, phone } = await registered();
    world.network.fate = (carried) => (carried.from === 'cf.test' && isAck(carried) ? [] : [1]);
    world.focus.open(group);
    await world.run(40_000);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
    await nothingLeft(world);
  });
});

describe('a message', () => {
  test('that the client refuses is refused to the focus, and the session goes on', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 415;
    const ids = await says(scene, 'one');
    phone.manners.message = 200;
    const more = await says(scene, 'two');
    expect(outcomes(focus, ids)).toEqual([415]);
    expect(outcomes(focus, more)).toEqual([200]);
    expect(world.edge.counted.delivered).toBe(1);
    fine(scene);
  });

  test('of no known form is kept and delivered like any other [C-06]', async () => {
    const scene = await away();
    const { world, phone, focus, leg } = scene;
    focus.talk.say(leg, 'neither head nor body', { messageId: 'x1' });
    focus.talk.say(leg, 'plain', { messageId: 'x2', type: 'text/plain' });
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.talk.got.map(({ messageId, contentType }) => [messageId, contentType])).toEqual([
      ['x1', 'message/cpim'],
      ['x2', 'text/plain'],
    ]);
    fine(scene);
  });

  test('for which the focus wants a success report has it when it is safe', async () => {
    const scene = await away();
    const { world, focus, leg } = scene;
    focus.talk.say(leg, 'plain', { messageId: 'x1', type: 'text/plain', wants: true });
    await world.run(100);
    expect(focus.talk.reports).toEqual([{ messageId: 'x1', status: 200 }]);
  });
});
