import { expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { sdp, sdpType } from './draft.ts';
import { called, calling } from './established.ts';

const draft = { headers: [sdpType], body: sdp };

function reinviting(from = calling()) {
  const { side, dialog, world } = from;
  const handle = side.do((agent, now) => agent.reinvite(now, dialog, draft));
  world.run(5);
  return { ...from, handle };
}

test('a re-INVITE has the next number and our Contact, and gets its ACK [RFC 3261 14.1]', () => {
  const { side, asked, answer, got, handle, dialog } = reinviting();
  expect(header(asked('INVITE'), 'CSeq')).toBe('2 INVITE');
  expect(header(asked('INVITE'), 'Contact')).toBe('<sip:a@10.0.0.1:5060>');
  expect(asked('INVITE').uri).toBe('sip:b@10.0.0.2:5060');
  answer('INVITE', 100, []);
  answer('INVITE', 200, ['Contact: <sip:moved@10.0.0.2:5070>']);
  answer('INVITE', 200, ['Contact: <sip:moved@10.0.0.2:5070>']);
  expect(got()).toEqual(['INVITE', 'ACK', 'ACK']);
  expect(header(asked('ACK'), 'CSeq')).toBe('2 ACK');
  expect(asked('ACK').uri).toBe('sip:moved@10.0.0.2:5070');
  expect(side.events).toMatchObject([{ kind: 'response', transaction: handle, status: 200 }]);
  expect(side.agent.dialogState(dialog)).toMatchObject({
    remoteTarget: 'sip:moved@10.0.0.2:5070',
    target: { port: 5070 },
  });
});

test('one re-INVITE at a time, and none without a call', () => {
  const { side, dialog, handle } = reinviting();
  const second = side.do((agent, now) => agent.reinvite(now, dialog, draft));
  const unknown = side.do((agent, now) => agent.reinvite(now, 'd99', draft));
  expect(side.events).toMatchObject([
    { transaction: second, status: 491 },
    { transaction: unknown, status: 481 },
  ]);
  expect(second).not.toBe(handle);
});

test('a refused re-INVITE leaves the call as it was [RFC 3261 14.1]', () => {
  const { side, answer, handle } = reinviting();
  answer('INVITE', 488);
  expect(side.events).toMatchObject([{ transaction: handle, status: 488 }]);
  expect(side.agent.counts.dialogs).toBe(1);
});

test.each([481, 408])(
  'a re-INVITE refused with %i ends the call by BYE [RFC 3261 14.1]',
  (status) => {
    const { world, side, answer, got, dialog } = reinviting();
    answer('INVITE', status);
    world.run(5);
    expect(side.kinds).toEqual(['response', 'dialog-lost']);
    expect(side.last('dialog-lost')).toEqual({ kind: 'dialog-lost', dialog, loss: 'gone' });
    expect(got()).toEqual(['INVITE', 'ACK', 'BYE']);
  },
);

test('silence on a re-INVITE ends the call [RFC 3261 14.1]', () => {
  const { world, side } = reinviting();
  world.run(33_000);
  expect(side.last('response')).toMatchObject({ status: 408 });
  expect(side.last('dialog-lost').loss).toBe('gone');
});

test('the owner of the Call-ID tries again 2.1 to 4 s after 491 [RFC 3261 14.1]', () => {
  const { world, side, answer, got, asked } = reinviting();
  answer('INVITE', 491);
  world.run(2090);
  expect(got()).toEqual(['INVITE', 'ACK']);
  world.run(2000);
  expect(got().slice(0, 3)).toEqual(['INVITE', 'ACK', 'INVITE']);
  expect(header(asked('INVITE'), 'CSeq')).toBe('3 INVITE');
  answer('INVITE', 200);
  expect(side.last('response')).toMatchObject({ status: 200 });
});

test('the other side tries again within 2 s after 491 [RFC 3261 14.1]', () => {
  const { world, answer, got } = reinviting(called());
  answer('INVITE', 491);
  world.run(2005);
  expect(got().slice(0, 3)).toEqual(['INVITE', 'ACK', 'INVITE']);
});

test('the tries after 491 have an end', () => {
  const { world, side, answer } = reinviting();
  for (let tries = 0; tries < 9; tries++) {
    expect(side.events).toEqual([]);
    answer('INVITE', 491);
    world.run(4100);
  }
  expect(side.last('response')).toMatchObject({ status: 491, response: { status: 491 } });
});

test('a re-INVITE waits while one of the other side is open [RFC 3261 14.1]', () => {
  const { world, side, send, dialog, got } = calling();
  send('INVITE', { body: 'v=0' });
  const { transaction } = side.last('update');
  side.do((agent, now) => agent.reinvite(now, dialog, draft));
  world.run(10);
  expect(got()).toEqual([]);
  side.do((agent, now) => agent.respond(now, transaction, { status: 488 }));
  world.run(10);
  expect(got()).toEqual(['488 INVITE', 'INVITE']);
});

test('a re-INVITE waits for the ACK of our answer', () => {
  const { world, side, send, dialog, got } = calling();
  send('INVITE', { body: 'v=0' });
  const { transaction } = side.last('update');
  side.do((agent, now) => agent.respond(now, transaction, { status: 200 }));
  side.do((agent, now) => agent.reinvite(now, dialog, draft));
  world.run(10);
  expect(got()).toEqual(['200 INVITE']);
  send('ACK');
  world.run(10);
  expect(got()).toEqual(['200 INVITE', 'INVITE']);
});

test('a re-INVITE whose turn never comes is given up with 491', () => {
  const { world, side, send, dialog } = calling();
  send('INVITE', { body: 'v=0' });
  const handle = side.do((agent, now) => agent.reinvite(now, dialog, draft));
  world.run(40_000);
  expect(side.of('response')).toMatchObject([{ transaction: handle, status: 491 }]);
});

test('a re-INVITE that waits when the call ends gets 481', () => {
  const { side, send, dialog } = calling();
  send('INVITE', { body: 'v=0' });
  const handle = side.do((agent, now) => agent.reinvite(now, dialog, draft));
  side.do((agent, now) => agent.bye(now, dialog));
  expect(side.last('response')).toMatchObject({ transaction: handle, status: 481 });
});

test('an answer to a re-INVITE is acknowledged even if the call has ended [RFC 3261 13.2.2.4]', () => {
  const { world, side, dialog, answer, handle, got } = reinviting();
  side.do((agent, now) => agent.bye(now, dialog));
  world.run(5);
  answer('INVITE', 200);
  expect(got()).toEqual(['INVITE', 'BYE', 'ACK']);
  expect(side.events).toMatchObject([{ transaction: handle, status: 200 }]);
});

test('a refusal of a re-INVITE is told even if the call has ended', () => {
  const { side, dialog, answer, handle } = reinviting();
  side.do((agent, now) => agent.end(now, dialog));
  answer('INVITE', 491);
  expect(side.events).toMatchObject([{ transaction: handle, status: 491 }]);
});

test('too short an interval in a re-INVITE is raised [RFC 4028 7.3]', () => {
  const { side, answer, asked, handle } = reinviting(
    calling({ sessionExpiresS: 1800 }, ['Session-Expires: 1800;refresher=uac']),
  );
  expect(header(asked('INVITE'), 'Session-Expires')).toBe('1800;refresher=uac');
  for (const minS of [2000, 3000, 4000, 5000]) {
    answer('INVITE', 422, [`Min-SE: ${minS}`]);
    expect(header(asked('INVITE'), 'Session-Expires')).toBe(`${minS};refresher=uac`);
  }
  answer('INVITE', 422, ['Min-SE: 6000']);
  expect(side.events).toMatchObject([{ transaction: handle, status: 422 }]);
});

test('a re-INVITE has one answer, whatever tag it comes with', () => {
  const { side, answer, got } = reinviting();
  answer('INVITE', 200);
  answer('INVITE', 200, ['To: <sip:b@10.0.0.2>;tag=odd']);
  expect(got()).toEqual(['INVITE', 'ACK', 'ACK']);
  expect(side.kinds).toEqual(['response']);
});
