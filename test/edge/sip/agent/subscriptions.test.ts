import { expect, test } from 'vitest';
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import { fromTag, toTag } from '../../../../edge/sip/tags.ts';
import { at, inviteDraft } from './draft.ts';
import { a, b, contact } from './established.ts';
import { Peer, type Written, written } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

const draft = { ...inviteDraft(a, b), method: 'SUBSCRIBE' };

function subscribing(options: Partial<UserAgentOptions> = {}) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  const dialog = side.do((agent, now) => agent.subscribe(now, draft, at(b)));
  world.run(2);
  const subscribe = peer.requests('SUBSCRIBE')[0]!;
  const answer = (status: number, more: readonly string[] = [contact]) =>
    peer.answer(a, subscribe, status, more);
  const tags = { callId: header(subscribe, 'Call-ID') ?? '', toTag: fromTag(subscribe) };
  const notify = (state: string, parts: Written = {}) =>
    peer.send(
      a,
      written('NOTIFY', b, a, {
        ...{ ...tags, fromTag: 'peer', more: [`Subscription-State: ${state}`] },
        ...parts,
      }),
    );
  const got = () => peer.received.slice(1).map((message) => nameOf({ message }));
  const ok = () =>
    side.do((agent, now) => agent.respond(now, side.last('request').transaction, { status: 200 }));
  return { world, side, peer, dialog, answer, notify, got, ok };
}

test('the 2xx makes the dialog, and the NOTIFY comes within it [RFC 6665 4.1.2]', () => {
  const { side, answer, notify, dialog } = subscribing();
  answer(200, [contact, 'Record-Route: <sip:p1;lr>, <sip:p2;lr>']);
  expect(side.agent.dialogState(dialog)).toMatchObject({
    remoteTag: 'peer',
    remoteTarget: 'sip:b@10.0.0.2:5060',
    routes: ['<sip:p2;lr>', '<sip:p1;lr>'],
    isCaller: true,
  });
  notify('active');
  expect(side.events).toMatchObject([
    { kind: 'response', status: 200, dialog },
    { kind: 'request', dialog },
  ]);
});

test('a NOTIFY before the 2xx makes the dialog as well [RFC 6665 4.1.2.4]', () => {
  const { side, answer, notify, dialog, got, ok } = subscribing();
  notify('active', { more: ['Subscription-State: active', 'Record-Route: <sip:p1;lr>'] });
  expect(side.agent.dialogState(dialog)).toMatchObject({
    remoteTag: 'peer',
    routes: ['<sip:p1;lr>'],
    localSequence: 1,
    remoteSequence: 1,
    isCaller: true,
  });
  ok();
  answer(200);
  expect(side.kinds).toEqual(['request', 'response']);
  expect(got()).toEqual(['200 NOTIFY']);
  expect(side.agent.dialogState(dialog)?.routes).toEqual(['<sip:p1;lr>']);
});

test('a NOTIFY of a second notifier gets 481 [RFC 6665 4.4.1]', () => {
  const { notify, got } = subscribing();
  notify('active');
  notify('active', { fromTag: 'fork', branch: 'second' });
  expect(got()).toEqual(['481 NOTIFY']);
});

test('without a NOTIFY the subscription is gone after timer N [RFC 6665 4.1.2.4]', () => {
  const { world, side, answer, dialog } = subscribing();
  answer(200);
  world.run(32_100);
  expect(side.last('dialog-lost')).toEqual({ kind: 'dialog-lost', dialog, loss: 'gone' });
  expect(side.agent.counts.dialogs).toBe(0);
});

test('a refused SUBSCRIBE leaves nothing, and provisionals say nothing [RFC 6665 4.1.2.1]', () => {
  const { world, side, answer } = subscribing();
  answer(100, []);
  answer(489);
  world.run(60_000);
  expect(side.events).toMatchObject([{ kind: 'response', status: 489 }]);
  expect(side.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('silence and a failed send are answers to a SUBSCRIBE too', () => {
  const { world, side } = subscribing();
  world.run(33_000);
  expect(side.of('response')).toMatchObject([{ status: 408 }]);
  expect(side.agent.counts.dialogs).toBe(0);
  world.isBroken = () => true;
  const second = side.do((agent, now) => agent.subscribe(now, draft, at(b, 'tcp')));
  side.do((agent, now) => agent.end(now, second));
  world.run(10);
  expect(side.last('response')).toMatchObject({ status: 503, dialog: second });
});

test('an answer after the owner has ended it is told and makes no dialog', () => {
  const { side, dialog, answer } = subscribing();
  side.do((agent, now) => agent.end(now, dialog));
  answer(200);
  expect(side.last('response').status).toBe(200);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('the last NOTIFY ends the subscription and is answered by the owner [RFC 6665 4.1.3]', () => {
  const { side, answer, notify, got, ok, dialog } = subscribing();
  answer(200);
  notify('terminated;reason=noresource');
  ok();
  expect(side.last('request').dialog).toBe(dialog);
  expect(got()).toEqual([]);
  expect(side.agent.counts.dialogs).toBe(0);
  const late = side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'SUBSCRIBE' }));
  expect(side.last('response')).toMatchObject({ transaction: late, status: 481 });
});

test('a refresh waits for a NOTIFY again, unless it is refused [RFC 6665 4.1.2.2]', () => {
  const { world, side, peer, answer, notify, ok, dialog } = subscribing();
  answer(200);
  notify('active');
  ok();
  world.run(60_000);
  const refresh = () => {
    side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'SUBSCRIBE' }));
    world.run(5);
    return peer.requests('SUBSCRIBE').at(-1)!;
  };
  peer.answer(a, refresh(), 503);
  world.run(60_000);
  expect(side.kinds).not.toContain('dialog-lost');
  expect(header(refresh(), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
  peer.answer(a, peer.requests('SUBSCRIBE').at(-1)!, 200, ['Contact: <sip:new@10.0.0.2>']);
  expect(side.agent.dialogState(dialog)?.remoteTarget).toBe('sip:new@10.0.0.2');
  world.run(33_000);
  expect(side.last('dialog-lost')).toMatchObject({ dialog, loss: 'gone' });
});

test('a refresh that gets 481 ends the subscription; silence does not [RFC 6665 4.1.2.2]', () => {
  const { world, side, peer, answer, notify, ok, dialog } = subscribing();
  answer(200);
  notify('active');
  ok();
  side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'SUBSCRIBE' }));
  world.run(5);
  notify('active', { sequence: 2 });
  world.run(33_000);
  expect(side.last('response').status).toBe(408);
  expect(side.kinds).not.toContain('dialog-lost');
  side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'SUBSCRIBE' }));
  world.run(5);
  peer.answer(a, peer.requests('SUBSCRIBE').at(-1)!, 481);
  expect(side.last('dialog-lost')).toMatchObject({ dialog, loss: 'gone' });
  expect(peer.requests('BYE')).toEqual([]);
});

function subscribed() {
  const world = new World();
  const side = new Side(world, a);
  const peer = new Peer(world, b);
  peer.send(a, written('SUBSCRIBE', b, a, { more: ['Record-Route: <sip:p1;lr>'] }));
  const { transaction } = side.last('request');
  return { world, side, peer, transaction };
}

test('an accepted SUBSCRIBE makes a dialog whose tag is in the 2xx [RFC 6665 4.2.1]', () => {
  const { world, side, peer, transaction } = subscribed();
  const headers = [
    { name: 'Expires', value: '60' },
    { name: 'Contact', value: '<sip:c@x>' },
  ];
  const dialog = side.do((agent, now) =>
    agent.acceptSubscription(now, transaction, { status: 200, headers }),
  );
  world.run(2);
  const response = peer.responses()[0]!;
  expect(headerValues(response, 'Contact')).toEqual(['<sip:c@x>']);
  expect(headerValues(response, 'Record-Route')).toEqual(['<sip:p1;lr>']);
  expect(side.agent.dialogState(dialog)).toMatchObject({
    localTag: toTag(response),
    localContact: '<sip:c@x>',
    routes: ['<sip:p1;lr>'],
    isCaller: false,
  });
});

test('a Contact that the owner leaves out is made up [RFC 6665 4.2.1]', () => {
  const { world, side, peer, transaction } = subscribed();
  side.do((agent, now) => agent.acceptSubscription(now, transaction, { status: 202 }));
  world.run(2);
  expect(header(peer.responses()[0]!, 'Contact')).toBe('<sip:10.0.0.1:5060>');
});

test('a SUBSCRIBE that is accepted too late makes no dialog', () => {
  const { world, side, transaction } = subscribed();
  world.run(33_000);
  const dialog = side.do((agent, now) =>
    agent.acceptSubscription(now, transaction, { status: 200 }),
  );
  side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'NOTIFY' }));
  expect(side.last('response')).toMatchObject({ status: 481, dialog });
});

test('a NOTIFY that gets 481 or no answer ends the subscription [RFC 6665 4.2.2]', () => {
  for (const status of [481, undefined]) {
    const { world, side, peer, transaction } = subscribed();
    const headers = [{ name: 'Contact', value: '<sip:c@x>' }];
    const dialog = side.do((agent, now) =>
      agent.acceptSubscription(now, transaction, { status: 200, headers }),
    );
    side.agent.redirect(dialog, { target: at(b) });
    side.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'NOTIFY' }));
    world.run(5);
    expect(header(peer.requests('NOTIFY')[0]!, 'Contact')).toBe('<sip:c@x>');
    if (status !== undefined) peer.answer(a, peer.requests('NOTIFY')[0]!, status);
    world.run(33_000);
    expect(side.kinds).toEqual(['request', 'response', 'dialog-lost']);
    expect(side.agent.counts.dialogs).toBe(0);
  }
});

test('a subscription is no call: INVITE, UPDATE and BYE within it get 481 [RFC 5057 4]', () => {
  const { side, answer, notify, peer, got, dialog } = subscribing();
  answer(200);
  notify('active');
  const { callId, localTag } = side.agent.dialogState(dialog)!;
  for (const [index, method] of ['INVITE', 'UPDATE', 'BYE', 'OPTIONS'].entries()) {
    const parts = { callId, toTag: localTag, fromTag: 'peer', sequence: 20 + index };
    peer.send(a, written(method, b, a, parts));
  }
  expect(got()).toEqual(['481 INVITE', '481 UPDATE', '481 BYE', '200 OPTIONS']);
});

test('goodbye to a subscription forgets it without a message', () => {
  const { world, side, answer, dialog, got } = subscribing();
  answer(200);
  expect(side.do((agent, now) => agent.bye(now, dialog))).toBeUndefined();
  side.do((agent, now) => agent.cancel(now, dialog));
  world.run(40_000);
  expect(got()).toEqual([]);
  expect(side.kinds).toEqual(['response']);
});
