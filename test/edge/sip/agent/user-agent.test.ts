import { expect, test } from 'vitest';
import { answerDraft, at, inviteDraft } from './draft.ts';
import { Side, World } from './world.ts';

const a = '10.0.0.1';
const b = '10.0.0.2';

function pair() {
  const world = new World();
  return { world, caller: new Side(world, a), callee: new Side(world, b) };
}

test('a call is invited, answered, acknowledged and ended by the caller [RFC 3261 13, 15]', () => {
  const { world, caller, callee } = pair();
  callee.onEvent = (event) => {
    if (event.kind === 'invite')
      callee.do((agent, now) => agent.respond(now, event.dialog, answerDraft(b)));
  };
  const dialog = caller.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  world.run(1000);
  expect(caller.kinds).toEqual(['answered']);
  expect(callee.kinds).toEqual(['invite', 'acknowledged']);
  expect(world.lines()).toEqual(['INVITE', '200 INVITE', 'ACK']);
  const bye = caller.do((agent, now) => agent.bye(now, dialog));
  world.run(40_000);
  expect(callee.kinds).toEqual(['invite', 'acknowledged', 'bye']);
  expect(caller.last('response')).toMatchObject({ transaction: bye, status: 200, dialog });
  expect(world.lines()).toEqual(['INVITE', '200 INVITE', 'ACK', 'BYE', '200 BYE']);
  for (const side of [caller, callee]) {
    expect(side.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
    expect(side.timers).toEqual([]);
  }
});

test('a call is ended by the callee [RFC 3261 15]', () => {
  const { world, caller, callee } = pair();
  caller.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b, 'tcp')));
  world.run(10);
  const { dialog } = callee.last('invite');
  callee.do((agent, now) => agent.respond(now, dialog, { status: 180 }));
  world.run(10);
  callee.do((agent, now) => agent.respond(now, dialog, answerDraft(b)));
  world.run(10);
  callee.do((agent, now) => agent.bye(now, dialog, [{ name: 'Reason', value: 'SIP;cause=200' }]));
  world.run(10);
  expect(caller.kinds).toEqual(['progress', 'answered', 'bye']);
  expect(world.lines()).toEqual(['INVITE', '180 INVITE', '200 INVITE', 'ACK', 'BYE', '200 BYE']);
});

test('a call that rings is cancelled [RFC 3261 9]', () => {
  const { world, caller, callee } = pair();
  const dialog = caller.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  caller.do((agent, now) => agent.cancel(now, dialog));
  world.run(50);
  expect(world.lines()).toEqual(['INVITE']);
  world.run(500);
  expect(world.lines()).toEqual([
    ...['INVITE', '100 INVITE', 'CANCEL', '200 CANCEL', '487 INVITE', 'ACK'],
  ]);
  expect(caller.events).toMatchObject([{ kind: 'refused', dialog, status: 487 }]);
  expect(callee.kinds).toEqual(['invite', 'cancelled']);
  world.run(60_000);
  expect(caller.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
  expect(callee.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('a REGISTER and a MESSAGE go out of any dialog and get their answers [RFC 3261 8]', () => {
  const { world, caller, callee } = pair();
  callee.onEvent = (event) => {
    if (event.kind === 'request')
      callee.do((agent, now) => agent.respond(now, event.transaction, { status: 202 }));
  };
  for (const method of ['REGISTER', 'MESSAGE']) {
    const handle = caller.do((agent, now) =>
      agent.request(now, { ...inviteDraft(a, b), method }, at(b)),
    );
    world.run(10);
    expect(caller.last('response')).toMatchObject({ transaction: handle, status: 202 });
  }
  expect(world.lines()).toEqual(['REGISTER', '202 REGISTER', 'MESSAGE', '202 MESSAGE']);
});

test('a subscription is accepted, notified, refreshed and ended [RFC 6665 4]', () => {
  const { world, caller, callee } = pair();
  const dialog = caller.do((agent, now) =>
    agent.subscribe(now, { ...inviteDraft(a, b), method: 'SUBSCRIBE' }, at(b)),
  );
  world.run(10);
  const asked = callee.last('request');
  const notifier = callee.do((agent, now) =>
    agent.acceptSubscription(now, asked.transaction, {
      status: 200,
      headers: [{ name: 'Expires', value: '600' }],
    }),
  );
  const notify = (state: string) =>
    callee.do((agent, now) =>
      agent.requestInDialog(now, notifier, {
        method: 'NOTIFY',
        headers: [{ name: 'Subscription-State', value: state }],
      }),
    );
  caller.onEvent = (event) => {
    if (event.kind === 'request')
      caller.do((agent, now) => agent.respond(now, event.transaction, { status: 200 }));
  };
  notify('active');
  world.run(10);
  expect(caller.events).toMatchObject([
    { kind: 'response', status: 200, dialog },
    { kind: 'request', dialog },
  ]);
  caller.do((agent, now) => agent.requestInDialog(now, dialog, { method: 'SUBSCRIBE' }));
  world.run(10);
  const refresh = callee.last('request');
  expect(refresh.dialog).toBe(notifier);
  callee.do((agent, now) => agent.respond(now, refresh.transaction, { status: 200 }));
  notify('terminated;reason=noresource');
  callee.do((agent, now) => agent.end(now, notifier));
  world.run(100_000);
  expect(callee.of('response').map(({ status }) => status)).toEqual([200, 200]);
  expect(caller.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
  expect(callee.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('within the process a call needs no repetitions, and stays on its way [RFC 3261 17]', () => {
  const { world, caller, callee } = pair();
  world.network = () => [2000];
  callee.onEvent = (event) => {
    if (event.kind !== 'invite') return;
    callee.do((agent, now) => agent.respond(now, event.dialog, answerDraft('elsewhere')));
  };
  const target = { ...at(b, 'local'), flow: `local:${b}:5060` };
  const dialog = caller.do((agent, now) => agent.invite(now, inviteDraft(a, b), target));
  world.run(20_000);
  expect(caller.agent.dialogState(dialog)?.target).toEqual(target);
  callee.do((agent, now) => agent.bye(now, callee.last('invite').dialog));
  world.run(20_000);
  expect(world.lines()).toEqual(['INVITE', '200 INVITE', 'ACK', 'BYE', '200 BYE']);
  expect(caller.kinds).toEqual(['answered', 'bye']);
});
