/** Subscriptions of clients to the participants when something fails or crosses. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { Client } from '../../kit/virtual/client.ts';
import type { Carried } from '../../kit/virtual/station.ts';
import type { World } from '../../kit/virtual/world.ts';
import { alice, bob, carol, joined, refresh, told } from './rosters.ts';

/** The phone's media are gone, its dialogs are not; messages wait. */
async function cutOff(world: World, phone: Client): Promise<void> {
  phone.manners.message = 'leave';
  world.network.streams.cut('phone.test');
  await world.run(100);
  world.focus.say('one');
  await world.run(100);
}

/** What the focus answers to SUBSCRIBEs takes longer than its NOTIFYs. */
function delayAnswers(world: World): void {
  world.network.fate = ({ from, message }) => {
    const isAnswer = message.kind === 'response' && from === 'cf.test';
    return isAnswer && header(message, 'CSeq')?.endsWith('SUBSCRIBE') === true ? [500] : [1];
  };
}

describe('while a delivery is pending', () => {
  test('the last notification of the focus is not the last one [O-07]', async () => {
    const { world, phone } = await joined();
    phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([alice, bob, carol]);
    await world.run(100);
    await cutOff(world, phone);
    world.focus.notify([alice, bob, carol], { state: 'terminated;reason=noresource' });
    await world.run(100);
    expect(told(phone)).toHaveLength(1);
    world.focus.bye();
    phone.manners.message = 200;
    phone.register();
    await world.run(100);
    expect(phone.talk.texts.slice(0, 1)).toEqual(['one']);
    expect(told(phone).map(({ version, state }) => [version, state])).toEqual([
      [1, 'active;expires=3600'],
      [2, 'terminated;reason=noresource'],
    ]);
  });

  test('a refresh that the focus refuses is answered here [D-05]', async () => {
    const { world, phone } = await joined();
    const dialog = phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([alice, bob]);
    await world.run(100);
    await cutOff(world, phone);
    world.focus.manners.request = 404;
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(told(phone)[1]).toMatchObject({ state: 'active;expires=300', version: 2, users: [bob] });
  });

  test('a subscription that the focus refuses meanwhile is answered here [D-05]', async () => {
    const { world, phone } = await joined();
    world.focus.manners.request = 404;
    delayAnswers(world);
    phone.subscribe(world.focus.identity);
    await world.run(10);
    await cutOff(world, phone);
    await world.run(500);
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(told(phone)).toMatchObject([{ state: 'active;expires=600', users: [bob] }]);
  });
});

describe('with nothing pending', () => {
  test('what the focus refuses is refused [PFO-022]', async () => {
    const { world, phone } = await joined();
    world.focus.manners.request = 404;
    phone.subscribe(world.focus.identity);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(404);
  });

  test('a refresh that gets 404 ends the subscription [CL-012]', async () => {
    const { world, phone } = await joined();
    const dialog = phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([alice, bob]);
    world.focus.manners.request = 404;
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(404);
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(481);
  });

  test('another refusal of a refresh leaves it [RFC 6665 4.1.2.2]', async () => {
    const { world, phone } = await joined();
    const dialog = phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([alice, bob]);
    world.focus.manners.request = 500;
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(500);
    world.focus.manners.request = 200;
    world.focus.notify([alice, bob, carol]);
    await world.run(100);
    expect(told(phone)).toHaveLength(2);
  });

  test('the end that the focus tells is the end [PFO-023]', async () => {
    const { world, phone } = await joined();
    const dialog = phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([alice, bob], { state: 'terminated;reason=noresource' });
    await world.run(100);
    expect(told(phone)).toMatchObject([{ state: 'terminated;reason=noresource' }]);
    refresh(phone, dialog, 300);
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(481);
  });

  test('a focus that never notifies ends it [RFC 6665 4.1.2.4]', async () => {
    const { world, phone } = await joined();
    const states: (string | undefined)[] = [];
    const sip = ({ message }: Carried): void => {
      if (message.kind === 'request' && message.method === 'NOTIFY') {
        states.push(header(message, 'Subscription-State'));
      }
    };
    world.network.watchers.push({ sip, msrp: () => {} });
    phone.subscribe(world.focus.identity);
    await world.run(40_000);
    expect(states).toEqual(['terminated;reason=deactivated']);
  });

  test('what is no roster passes unchanged [PFO-023]', async () => {
    const { world, phone } = await joined();
    phone.subscribe(world.focus.identity);
    await world.run(100);
    world.focus.notify([], { body: new TextEncoder().encode('<odd/>') });
    await world.run(100);
    expect(phone.notified.map(({ body }) => new TextDecoder().decode(body))).toEqual(['<odd/>']);
  });

  test('a client that has forgotten its subscription ends it [RFC 6665 4.2.2]', async () => {
    const { world, phone } = await joined();
    phone.subscribe(world.focus.identity);
    await world.run(100);
    phone.manners.request = 481;
    world.focus.notify([alice, bob]);
    await world.run(100);
    world.focus.notify([alice, bob]);
    await world.run(100);
    expect(told(phone)).toHaveLength(1);
  });
});

describe('notifications before the answer', () => {
  test('are kept for the client [RFC 6665 4.1.2.4]', async () => {
    const { world, phone } = await joined();
    delayAnswers(world);
    phone.subscribe(world.focus.identity);
    await world.run(10);
    world.focus.notify([alice, bob]);
    await world.run(100);
    expect(told(phone)).toEqual([]);
    await world.run(1000);
    expect(told(phone)).toMatchObject([{ version: 1, users: [alice, bob] }]);
  });

  test('are refused when there are too many', async () => {
    const { world, phone } = await joined();
    delayAnswers(world);
    phone.subscribe(world.focus.identity);
    await world.run(10);
    for (let count = 0; count < 17; count++) world.focus.notify([alice, bob]);
    await world.run(100);
    expect(world.focus.responses.at(-1)?.status).toBe(503);
    await world.run(1000);
    expect(told(phone)).toHaveLength(16);
  });
});
