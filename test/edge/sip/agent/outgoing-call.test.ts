import { expect, test } from 'vitest';
import type { UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import { at, inviteDraft } from './draft.ts';
import { Peer } from './peer.ts';
import { nameOf, Side, World } from './world.ts';

const a = '10.0.0.1';
const b = '10.0.0.2';
const contact = `Contact: <sip:b@${b}:5060>`;

function call(options: Partial<UserAgentOptions> = {}, draft = inviteDraft(a, b)) {
  const world = new World();
  const side = new Side(world, a, options);
  const peer = new Peer(world, b);
  const dialog = side.do((agent, now) => agent.invite(now, draft, at(b)));
  world.run(5);
  const invite = () => {
    const request = peer.requests('INVITE').at(-1);
    if (request === undefined) throw new Error('no INVITE');
    return request;
  };
  const answer = (status: number, more: readonly string[] = []) =>
    peer.answer(a, invite(), status, more);
  return { world, side, peer, dialog, invite, answer };
}

test('an INVITE carries what every request must have [RFC 3261 8.1.1, 13.2.1]', () => {
  const { invite } = call();
  const request = invite();
  expect(header(request, 'Via')).toMatch(
    /^SIP\/2.0\/UDP 10.0.0.1:5060;branch=z9hG4bKx1-\w+;rport$/,
  );
  expect(header(request, 'From')).toMatch(/^<sip:a@10.0.0.1>;tag=x1\w+$/);
  expect(header(request, 'To')).toBe('<sip:b@10.0.0.2>');
  expect(header(request, 'CSeq')).toBe('1 INVITE');
  expect(header(request, 'Max-Forwards')).toBe('70');
  expect(header(request, 'User-Agent')).toBe('CPM-serv/OMA2.0 rejoin/test');
  expect(headerValues(request, 'Allow')).toContain('BYE');
  expect(headerValues(request, 'Supported')).toEqual(['timer', 'norefersub']);
  expect(headerValues(request, 'Session-Expires')).toEqual([]);
});

test('what the draft gives is kept [RFC 3261 8.1.1]', () => {
  const draft = inviteDraft(a, b);
  const { invite } = call(
    {},
    {
      ...draft,
      headers: [
        { name: 'From', value: '<sip:a@x>;tag=mine' },
        { name: 'Call-ID', value: 'kept' },
        { name: 'CSeq', value: '7 INVITE' },
        { name: 'User-Agent', value: 'other' },
        { name: 'Max-Forwards', value: '3' },
      ],
    },
  );
  const request = invite();
  const values = ['From', 'To', 'Call-ID', 'CSeq', 'User-Agent', 'Max-Forwards'].map((name) =>
    headerValues(request, name).join(),
  );
  expect(values).toEqual([
    ...['<sip:a@x>;tag=mine', '<sip:b@10.0.0.2>', 'kept', '7 INVITE', 'other', '3'],
  ]);
});

test('silence is a refusal with 408 and no response [RFC 3261 17.1.1.2]', () => {
  const { world, side, dialog, peer } = call();
  world.run(40_000);
  expect(side.events).toEqual([{ kind: 'refused', dialog, status: 408 }]);
  expect(peer.requests('INVITE')).toHaveLength(7);
  expect(side.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('an INVITE that can not be sent is refused with 503', () => {
  const world = new World();
  const side = new Side(world, a);
  world.isBroken = () => true;
  const dialog = side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b, 'tcp')));
  world.run(10);
  expect(side.events).toEqual([{ kind: 'refused', dialog, status: 503 }]);
});

test('provisionals but 100 are progress, and a refusal comes with its response [RFC 3261 13.2.2]', () => {
  const { side, peer, answer } = call();
  answer(100);
  answer(180, [contact]);
  answer(183, [contact]);
  answer(486);
  expect(side.kinds).toEqual(['progress', 'progress', 'refused']);
  expect(side.last('refused')).toMatchObject({ status: 486, response: { status: 486 } });
  const ack = peer.requests('ACK')[0];
  expect(header(ack!, 'To')).toContain('tag=peer');
});

test('an answer that comes again gets its ACK again and is told once [RFC 3261 13.2.2.4]', () => {
  const { side, peer, answer } = call();
  answer(200, [contact]);
  answer(200, [contact]);
  expect(side.kinds).toEqual(['answered']);
  const acks = peer.requests('ACK');
  expect(acks).toHaveLength(2);
  expect(acks[0]).toEqual(acks[1]);
  expect(acks[0]?.uri).toBe('sip:b@10.0.0.2:5060');
});

test('the ACK has the credentials of the INVITE [RFC 3261 22.1]', () => {
  const draft = inviteDraft(a, b);
  const credentials = { name: 'Authorization', value: 'Digest username="a"' };
  const { peer, answer } = call({}, { ...draft, headers: [...draft.headers, credentials] });
  answer(200, [contact]);
  expect(header(peer.requests('ACK')[0]!, 'Authorization')).toBe('Digest username="a"');
});

test('a second phone that answers is a call of its own [RFC 3261 13.2.2.4]', () => {
  const { side, peer, dialog, answer, invite } = call();
  answer(180, ['To: <sip:b@10.0.0.2>;tag=two', contact]);
  answer(180, ['To: <sip:b@10.0.0.2>;tag=one', contact]);
  answer(200, ['To: <sip:b@10.0.0.2>;tag=one', contact]);
  answer(200, ['To: <sip:b@10.0.0.2>;tag=two', contact]);
  expect(side.kinds).toEqual(['progress', 'progress', 'answered', 'answered-again']);
  const { other } = side.last('answered-again');
  expect(peer.requests('ACK').map((ack) => header(ack, 'To'))).toEqual([
    ...['<sip:b@10.0.0.2>;tag=one', '<sip:b@10.0.0.2>;tag=two'],
  ]);
  side.do((agent, now) => agent.bye(now, other));
  side.do((agent, now) => agent.bye(now, dialog));
  answer(200, ['To: <sip:b@10.0.0.2>;tag=three', contact]);
  expect(side.kinds).toHaveLength(4);
  expect(peer.requests('BYE').map((bye) => header(bye, 'To'))).toEqual([
    ...['<sip:b@10.0.0.2>;tag=two', '<sip:b@10.0.0.2>;tag=one', '<sip:b@10.0.0.2>;tag=three'],
  ]);
  expect(header(invite(), 'CSeq')).toBe('1 INVITE');
});

test('more answers than phones anyone has are not looked at', () => {
  const { side, peer, answer } = call({ limits: { forksMax: 2 } });
  for (const tag of ['1', '2', '3']) answer(200, [`To: <sip:b@x>;tag=${tag}`, contact]);
  expect(side.kinds).toEqual(['answered', 'answered-again']);
  expect(peer.requests('ACK')).toHaveLength(2);
});

test('a CANCEL waits for a provisional and names the INVITE [RFC 3261 9.1]', () => {
  const { world, side, peer, dialog, answer, invite } = call();
  const reason = [{ name: 'Reason', value: 'SIP;cause=200' }];
  side.do((agent, now) => agent.cancel(now, dialog, reason));
  side.do((agent, now) => agent.cancel(now, dialog));
  expect(peer.requests('CANCEL')).toEqual([]);
  answer(100);
  answer(180, [contact]);
  world.run(10);
  const cancel = peer.requests('CANCEL')[0]!;
  expect(peer.requests('CANCEL')).toHaveLength(1);
  for (const name of ['Via', 'From', 'To', 'Call-ID']) {
    expect(header(cancel, name)).toBe(header(invite(), name));
  }
  expect(header(cancel, 'CSeq')).toBe('1 CANCEL');
  expect(header(cancel, 'Reason')).toBe('SIP;cause=200');
  expect(header(cancel, 'Require')).toBeUndefined();
  peer.answer(a, cancel, 200);
  answer(487);
  expect(side.last('refused')).toMatchObject({ status: 487 });
});

test('an answer that crosses the CANCEL is told, and the owner ends it [RFC 3261 9.1]', () => {
  const { world, side, peer, dialog, answer } = call();
  answer(180, [contact]);
  side.do((agent, now) => agent.cancel(now, dialog));
  answer(200, [contact]);
  expect(side.kinds).toEqual(['progress', 'answered']);
  side.do((agent, now) => agent.cancel(now, dialog));
  side.do((agent, now) => agent.bye(now, dialog));
  world.run(5);
  expect(peer.requests().map((message) => nameOf({ message }))).toEqual([
    ...['INVITE', 'CANCEL', 'ACK', 'BYE'],
  ]);
});

test('a cancelled INVITE without a final answer counts as over after 64*T1 [RFC 3261 9.1]', () => {
  const { world, side, dialog, answer } = call();
  answer(180, [contact]);
  side.do((agent, now) => agent.cancel(now, dialog));
  world.run(33_000);
  expect(side.last('refused')).toEqual({ kind: 'refused', dialog, status: 408 });
  expect(side.agent.counts).toEqual({ transactions: 0, dialogs: 0 });
});

test('goodbye before an answer is a CANCEL, and nothing more is heard [RFC 3261 15]', () => {
  const { world, side, peer, dialog, answer } = call();
  answer(180, [contact]);
  expect(side.do((agent, now) => agent.bye(now, dialog))).toBeUndefined();
  world.run(10);
  answer(183, [contact]);
  answer(487);
  expect(side.kinds).toEqual(['progress']);
  expect(peer.requests('CANCEL')).toHaveLength(1);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('an answer that crosses the goodbye is acknowledged and ended [RFC 3261 15]', () => {
  const { world, side, peer, dialog, answer } = call();
  answer(180, [contact]);
  side.do((agent, now) => agent.bye(now, dialog));
  answer(200, [contact]);
  world.run(10);
  expect(side.kinds).toEqual(['progress']);
  expect(peer.requests('ACK')).toHaveLength(1);
  expect(peer.requests('BYE')).toHaveLength(1);
  expect(side.agent.counts.dialogs).toBe(0);
});

test('an INVITE that rings for ever is given up [RFC 3261 16.6]', () => {
  const { world, side, peer, answer } = call();
  answer(180, [contact]);
  world.run(240_010);
  expect(peer.requests('CANCEL').length).toBeGreaterThan(0);
  answer(487);
  expect(side.last('refused')).toMatchObject({ status: 487 });
});

test('too short a session interval is raised without a word to the owner [RFC 4028 7.3]', () => {
  const { side, peer, answer, invite } = call({ sessionExpiresS: 1800 });
  expect(header(invite(), 'Session-Expires')).toBe('1800');
  answer(422, ['Min-SE: 3600']);
  expect(side.events).toEqual([]);
  expect(header(invite(), 'CSeq')).toBe('2 INVITE');
  expect(header(invite(), 'Session-Expires')).toBe('3600');
  expect(header(invite(), 'Min-SE')).toBe('3600');
  expect(header(invite(), 'Call-ID')).toBe(header(peer.requests('INVITE')[0]!, 'Call-ID'));
  answer(200, [contact]);
  expect(header(peer.requests('ACK').at(-1)!, 'CSeq')).toBe('2 ACK');
});

test('the raising of the interval has an end [RFC 4028 7.3]', () => {
  const { side, answer } = call({ sessionExpiresS: 1800 });
  for (const minS of [2000, 3000, 4000, 5000, 6000]) answer(422, [`Min-SE: ${minS}`]);
  expect(side.last('refused')).toMatchObject({ status: 422 });
});

test('an INVITE that is cancelled is not raised', () => {
  const { side, dialog, answer } = call({ sessionExpiresS: 1800 });
  side.do((agent, now) => agent.cancel(now, dialog));
  answer(422, ['Min-SE: 3600']);
  expect(side.last('refused')).toMatchObject({ dialog, status: 422 });
});

test('TCP that was taken for the size of the INVITE is not the way of its dialog [RFC 3261 18.1.1]', () => {
  const { side, dialog, answer } = call({}, { ...inviteDraft(a, b), body: new Uint8Array(1300) });
  answer(180, [contact]);
  expect(side.agent.dialogState(dialog)?.target).toEqual(at(b));
  answer(200, [contact]);
  expect(side.agent.dialogState(dialog)?.target).toEqual(at(b));
});

test('what the owner supports is named beside what the agent supports [RFC 3261 20.37]', () => {
  const draft = inviteDraft(a, b);
  const supported = { name: 'Supported', value: 'outbound, timer' };
  const { invite } = call({}, { ...draft, headers: [...draft.headers, supported] });
  expect(headerValues(invite(), 'Supported')).toEqual(['outbound', 'timer', 'norefersub']);
});

test('a body that can not be read is sent as it is', () => {
  const headers = [{ name: 'Content-Type', value: 'multipart/mixed' }];
  const { invite } = call(
    {},
    { ...inviteDraft(a, b), headers: [inviteDraft(a, b).headers[0]!, ...headers] },
  );
  expect(header(invite(), 'Content-Type')).toBe('multipart/mixed');
});

test('a call that the owner has forgotten is heard of no more', () => {
  const { world, side, peer, dialog, answer } = call();
  side.do((agent, now) => agent.end(now, dialog));
  answer(180, [contact]);
  answer(486);
  expect(peer.requests('ACK')).toHaveLength(1);
  const second = side.do((agent, now) => agent.invite(now, inviteDraft(a, b), at(b)));
  side.do((agent, now) => agent.end(now, second));
  world.run(40_000);
  expect(side.events).toEqual([]);
});
