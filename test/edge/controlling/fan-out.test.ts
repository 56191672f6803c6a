import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, type Party } from './party.ts';

type Three = [Party, Party, Party];

function three(options: ConstructorParameters<typeof Focus>[1] = {}) {
  const world = new World();
  const focus = new Focus(world, options);
  return { world, focus, parties: inGroup(world, ['alice', 'bob', 'carol']) as Three };
}

test('a message goes to every other member, with its Message-ID and its bytes', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  const raw = utf8Encode(
    `from: x\r\nFrom: <${alice.uri}>\r\nX: \u00e4\r\n\r\nContent-type: text/plain\r\n\r\nhi\r\n\r\n`,
  );
  alice.say('', { id: 'id-1', raw });
  world.run(50);
  for (const party of [bob, carol]) {
    expect(party.received.map(({ messageId }) => messageId)).toEqual(['id-1']);
    expect(party.received[0]?.body).toEqual(raw);
    expect(party.received[0]?.contentType).toBe('message/cpim');
  }
  expect(alice.received).toEqual([]);
});

test('the sender has its 200 when every other member has acknowledged (promise 1)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  carol.onMessage = 'leave';
  const id = alice.say('hello', { isReportWanted: true });
  world.run(5000);
  expect(bob.texts).toEqual(['hello']);
  expect(alice.outcomes.get(id)).toBeUndefined();
  expect(alice.reports).toEqual([]);
  carol.acknowledge();
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(alice.reports).toEqual([`${id} 200`]);
});

test('messages of one author keep their order at each member', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`);
  for (const text of texts) alice.say(text);
  world.run(500);
  expect(bob.texts).toEqual(texts);
  expect(carol.texts).toEqual(texts);
});

test('messages larger than a chunk come whole', () => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  const text = 'x'.repeat(90_000);
  const id = alice.say(text);
  world.run(100);
  expect(bob.texts).toEqual([text]);
  expect(alice.outcomes.get(id)).toBe(200);
});

describe('a message is refused', () => {
  test.each<[string, number, Parameters<Party['say']>[1]]>([
    ['403 in the name of another (RFC 7701 6.3)', 403, { from: uriOf('bob') }],
    ['403 in the name of an address that is none', 403, { from: 'mailto:alice' }],
    ['400 without an author', 400, { raw: utf8Encode('To: <sip:a@b>\r\n\r\n\r\nhi') }],
    ['400 if it is no CPIM', 400, { raw: utf8Encode('hello') }],
    ['413 if it is too large', 413, { raw: new Uint8Array(200_000) }],
  ])('%s', (_name, status, options) => {
    const { world, parties } = three();
    const [alice, bob] = parties;
    const id = alice.say('x', options);
    world.run(100);
    expect(alice.outcomes.get(id)).toBe(status);
    expect(bob.received).toEqual([]);
  });

  test('415 if it is of a type that the focus did not announce', () => {
    const { world, parties } = three();
    const [alice] = parties;
    const id = alice.say('x', { outer: 'text/plain' });
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(415);
  });
});

test.each([
  ['another spelling of the same address', `SIP:alice@REJOIN.test;user=phone`],
  ['an anonymous address (RFC 3323)', 'sip:anonymous@anonymous.invalid'],
])('the author may be named by %s', (_name, from) => {
  const { world, parties } = three();
  const [alice, bob] = parties;
  const id = alice.say('hello', { from });
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.texts).toEqual(['hello']);
});

test('a message to one member is for that one alone (RFC 7701 6.2)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  alice.say('psst', { to: [bob.uri], type: 'message/imdn+xml' });
  alice.say('both of you', { to: ['SIP:bob@REJOIN.test;user=phone', carol.uri] });
  alice.say('all', { to: [bob.uri, 'sip:else@where.test'] });
  alice.say('nobody named', { to: [] });
  world.run(50);
  expect(bob.texts).toEqual(['psst', 'both of you', 'all', 'nobody named']);
  expect(carol.texts).toEqual(['both of you', 'all', 'nobody named']);
});

test('a message that nobody can be reached with is not found (RFC 7701 6.3)', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  bob.bye('SIP;cause=480');
  world.run(50);
  const direct = alice.say('bob?', { to: [bob.uri] });
  carol.bye('SIP;cause=480');
  world.run(50);
  const all = alice.say('anybody?');
  world.run(50);
  expect([direct, all].map((id) => alice.outcomes.get(id))).toEqual([404, 404]);
});

test('one member who refuses a message is no failure for the sender', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  bob.onMessage = 413;
  const ids = [alice.say('one')];
  world.run(50);
  carol.onMessage = 415;
  ids.push(alice.say('two'));
  world.run(50);
  ids.push(alice.say('two', { id: ids[1] as string }));
  world.run(50);
  expect(ids.map((id) => alice.outcomes.get(id))).toEqual([200, 413, 413]);
  expect(bob.texts).toEqual(['one', 'two']);
});

describe('what a member does not take is not sent to it (RFC 4975 8.6, 8.9)', () => {
  test('larger messages than it has announced', () => {
    const world = new World();
    new Focus(world);
    const [alice, bob, carol] = joined(world, (party) => {
      if (party.name === 'bob') party.sdp = { maxSize: 300 };
    });
    const id = alice.say('x'.repeat(500));
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
    expect(bob.texts).toEqual([]);
    expect(carol.texts).toHaveLength(1);
    const alone = alice.say('x'.repeat(500), { to: [bob.uri] });
    world.run(50);
    expect(alice.outcomes.get(alone)).toBe(413);
  });

  test('isComposing as it is', () => {
    const world = new World();
    new Focus(world);
    const [alice, bob, carol] = joined(world, (party) => {
      if (party.name === 'bob') party.sdp = { acceptTypes: ['message/cpim'] };
    });
    const raw = utf8Encode('<isComposing/>');
    alice.say('', { outer: 'application/im-iscomposing+xml', raw });
    world.run(50);
    expect(bob.texts).toEqual([]);
    expect(carol.texts).toEqual(['<isComposing/>']);
  });

  test.each(['sendonly', 'inactive'] as const)('anything, while its stream is %s', (direction) => {
    const world = new World();
    new Focus(world);
    const [alice, bob, carol] = joined(world, (party) => {
      if (party.name === 'bob') party.sdp = { direction };
    });
    const id = alice.say('hello');
    alice.say('<isComposing/>', { type: 'application/im-iscomposing+xml' });
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
    expect(bob.texts).toEqual([]);
    expect(carol.texts).toHaveLength(2);
    bob.sdp = { direction: 'recvonly' };
    bob.reinvite(bob.describeAgain('actpass'));
    world.run(50);
    alice.say('again');
    world.run(50);
    expect(bob.texts).toEqual(['again']);
  });
});

describe('isComposing (decision C-11)', () => {
  test('is passed on, and waits for nobody', () => {
    const { world, parties } = three();
    const [alice, bob, carol] = parties;
    carol.onMessage = 'leave';
    const id = alice.say('<isComposing/>', { type: 'application/im-iscomposing+xml' });
    world.run(50);
    expect(alice.outcomes.get(id)).toBe(200);
    expect(bob.received.map(({ failureReport }) => failureReport)).toEqual(['no']);
    expect(carol.texts).toEqual(['<isComposing/>']);
  });

  test('is not kept for a member who is away', () => {
    const { world, parties } = three();
    const [alice, bob] = parties;
    world.cut('bob');
    alice.say('<isComposing/>', { type: 'application/im-iscomposing+xml' });
    world.run(50);
    bob.reinvite();
    world.run(50);
    expect(bob.isUp).toBe(true);
    expect(bob.texts).toEqual([]);
  });
});

/** A group whose members were set up before they were invited. */
function joined(world: World, setUp: (party: Party) => void): Three {
  return inGroup(world, ['alice', 'bob', 'carol'], setUp) as Three;
}
