import { describe, expect, test } from 'vitest';
import { printMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import type { Binding } from '../../../edge/registrar/binding.ts';
import { bindingsPerUserMax, bindingTextMax, maxExpiresS } from '../../../edge/registrar/limit.ts';
import { type Registered, registerLimits } from '../../../edge/registrar/register.ts';
import { registerByCore } from '../../../edge/registrar/third-party.ts';
import { type CoreParts, ofCore } from './core.ts';

const alice = 'sip:alice@rejoin.test';
const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';

function ask(bindings: readonly Binding[], parts: CoreParts, nowMs = 0): Registered {
  const intern = (text: string): string => text;
  const options = { nowMs, limits: registerLimits, intern, user: alice };
  return registerByCore(bindings, ofCore(parts), options);
}

type Updated = Extract<Registered, { kind: 'updated' }>;

function updated(bindings: readonly Binding[], parts: CoreParts, nowMs = 0): Updated {
  const registered = ask(bindings, parts, nowMs);
  if (registered.kind === 'refused') throw new Error(registered.reason);
  return registered;
}

/** Instances and the second of their expiry. */
function devices({ bindings }: Updated): readonly (readonly [string | undefined, number])[] {
  return bindings.map(({ instance, expiresAtMs }) => [instance, expiresAtMs / 1000]);
}

function kinds({ changes }: Updated): readonly string[] {
  return changes.map(({ kind, binding }) => `${kind} ${binding.instance ?? 'any'}`);
}

/** A message of the registration at the core, as it goes into the body. */
function embedded(firstLine: string, ...contacts: readonly string[]): string {
  const head = [
    firstLine,
    'Via: SIP/2.0/UDP ue.test;branch=z9hG4bK9',
    `From: <${alice}>;tag=9`,
    `To: <${alice}>`,
    'Call-ID: of-the-device',
    'CSeq: 9 REGISTER',
    ...contacts.map((contact) => `Contact: ${contact}`),
    'Content-Length: 0',
  ];
  return `${head.join('\r\n')}\r\n\r\n`;
}

const register = (...contacts: readonly string[]): string =>
  embedded('REGISTER sip:rejoin.test SIP/2.0', ...contacts);
const ok = (...contacts: readonly string[]): string => embedded('SIP/2.0 200 OK', ...contacts);

const device = (name: string, more = ''): string =>
  `<sip:alice@${name}.test>;+sip.instance="<${name}>";reg-id=1;${tag}${more}`;

function withBody(text: string, parts: CoreParts = {}): CoreParts {
  return { ...parts, type: 'message/sip', body: utf8Encode(text) };
}

function multipart(...texts: readonly string[]): CoreParts {
  const service = utf8Encode('<ims-3gpp version="1"/>');
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: 'application/3gpp-ims+xml', body: service },
      ...texts.map((text) => ({
        headers: [],
        contentType: 'message/sip',
        body: utf8Encode(text),
      })),
    ],
    'edge',
  );
  return { type: contentType, body };
}

describe('a third-party REGISTER that shows a device', () => {
  const of = (place: string, call: string): CoreParts =>
    withBody(
      register(device('phone').replace('@phone', `@${place}`)).replace('of-the-device', call),
    );
  const next = (parts: CoreParts): CoreParts => ({ ...parts, callId: 'core-2' });

  test('at the same place and in the same registration refreshes it', () => {
    const { bindings } = updated([], of('phone', 'a'));
    expect(kinds(updated(bindings, next(of('phone', 'a'))))).toEqual(['refreshed <phone>']);
  });

  test('at another place, or in a registration that it has begun anew, moves it: its sessions may be lost [RFC 3261 10.2]', () => {
    const { bindings } = updated([], of('phone', 'a'));
    expect(kinds(updated(bindings, next(of('train', 'a'))))).toEqual(['moved <phone>']);
    expect(kinds(updated(bindings, next(of('phone', 'b'))))).toEqual(['moved <phone>']);
  });

  test('beside all others tells of its own registration only', () => {
    const all = (call: string): CoreParts =>
      multipart(
        register(device('phone')).replace('of-the-device', call),
        ok(device('phone'), device('tablet')),
      );
    const { bindings } = updated([], all('a'));
    const kindsAfter = kinds(updated(bindings, next(all('b'))));
    expect(kindsAfter).toEqual(['moved <phone>', 'refreshed <tablet>']);
  });

  test('of which less is told than before refreshes it', () => {
    const { bindings } = updated([], of('phone', 'a'));
    expect(kinds(updated(bindings, next(withBody(ok(device('phone'))))))).toEqual([
      'refreshed <phone>',
    ]);
  });

  test('with a place longer than is kept is refused', () => {
    const far = of(`${'x'.repeat(bindingTextMax)}`, 'a');
    expect(ask([], far)).toMatchObject({ kind: 'refused', status: 403 });
  });
});

describe('a third-party REGISTER without a body', () => {
  test('makes one client without an instance, at the address of the user behind the core [PFT-009, 3GPP TS 24.229 5.4.1.7]', () => {
    const registered = updated([], { expires: 600 });
    expect(registered.bindings).toEqual([
      {
        contact: alice,
        isByCore: true,
        params: '',
        callId: 'core-1',
        cseq: 1,
        expiresAtMs: 600_000,
        q: 1,
        target: { transport: 'udp', host: 'scscf.core.test', port: 6060 },
        path: ['sip:scscf.core.test:6060;lr'],
      },
    ]);
    expect(kinds(registered)).toEqual(['added any']);
    expect(registered.headers).toEqual([
      { name: 'Contact', value: '<sip:scscf.core.test:6060;lr>;expires=600' },
      { name: 'Expires', value: '600' },
    ]);
  });

  test('of a core that takes no loose routes makes it the next hop alone [RFC 3261 16.4]', () => {
    const [binding] = updated([], { contact: '<sip:192.0.2.9>' }).bindings;
    expect(binding?.path).toEqual([]);
    expect(binding?.target).toEqual({ transport: 'udp', host: '192.0.2.9', port: 5060 });
  });

  test('says by Contact, or else by its own Via, over what the core is reached', () => {
    const target = (parts: CoreParts) => updated([], parts).bindings[0]?.target.transport;
    expect(target({ contact: '<sip:scscf.core.test;transport=tcp>' })).toBe('tcp');
    expect(target({ via: ['SIP/2.0/TCP scscf.core.test;branch=z9hG4bK1'] })).toBe('tcp');
    const throughEdge = [
      'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK2;edge=a',
      'SIP/2.0/UDP scscf.core.test;branch=z9hG4bK1',
    ];
    expect(target({ via: throughEdge })).toBe('udp');
    expect(target({ contact: '<sips:scscf.core.test>' })).toBe('tls');
  });

  test('again is a refresh, and a move if the core has another address', () => {
    const { bindings } = updated([], {});
    expect(kinds(updated(bindings, { callId: 'core-2' }))).toEqual(['refreshed any']);
    const elsewhere = { callId: 'core-2', contact: '<sip:scscf2.core.test;lr>' };
    expect(kinds(updated(bindings, elsewhere))).toEqual(['moved any']);
  });

  test('of an earlier moment of the same call is answered and changes nothing [RFC 3261 10.3 step 7]', () => {
    const { bindings } = updated([], { cseq: 5 });
    const late = updated(bindings, { cseq: 4, expires: 0 });
    expect(late.bindings).toEqual(bindings);
    expect(late.changes).toEqual([]);
    expect(updated(bindings, { cseq: 6, expires: 0 }).bindings).toEqual([]);
  });

  test('with an expiry of 0 takes every client back', () => {
    const { bindings } = updated([], withBody(ok(device('phone'), device('tablet'))));
    const gone = updated(bindings, { callId: 'core-2', expires: 0 });
    expect(gone.bindings).toEqual([]);
    expect(kinds(gone)).toEqual(['removed <phone>', 'removed <tablet>']);
  });

  test('is granted what Expires, else Contact, else our default says, and a week at most', () => {
    const expiry = (parts: CoreParts) => updated([], parts).bindings[0]?.expiresAtMs;
    expect(expiry({ expires: 10 })).toBe(10_000);
    const inContact = { contact: '<sip:scscf.core.test>;expires=90', expires: undefined };
    expect(expiry(inContact)).toBe(90_000);
    expect(expiry({ expires: undefined })).toBe(registerLimits.defaultExpiresS * 1000);
    expect(expiry({ expires: 99_999_999 })).toBe(maxExpiresS * 1000);
  });

  test('is done even if it lacks what names a call', () => {
    const headers = ofCore().headers.filter(({ name }) => name === 'Contact');
    const intern = (text: string): string => text;
    const options = { nowMs: 0, limits: registerLimits, intern, user: alice };
    const registered = registerByCore([], { ...ofCore(), headers }, options);
    expect(registered).toMatchObject({ kind: 'updated', bindings: [{ callId: '', cseq: 0 }] });
  });

  test('is refused without a Contact that requests can be sent to', () => {
    const refused = { kind: 'refused', status: 400 };
    for (const contact of ['*', undefined, '<tel:+49>', '<urn:x>']) {
      expect(ask([], { contact })).toMatchObject(refused);
    }
  });
});

describe('a third-party REGISTER with messages in its body', () => {
  test('names the devices that the embedded 200 lists, each until its own expiry', () => {
    const body = multipart(
      register(device('phone')),
      ok(device('phone', ';expires=100'), device('tablet')),
    );
    const registered = updated([], { ...body, expires: 600 });
    expect(devices(registered)).toEqual([
      ['<phone>', 100],
      ['<tablet>', 600],
    ]);
    expect(registered.bindings[0]).toMatchObject({ contact: alice, params: `;${tag}` });
    expect(registered.bindings[0]?.regId).toBeUndefined();
  });

  test('takes back what the embedded 200 lists no more', () => {
    const { bindings } = updated([], withBody(ok(device('phone'), device('tablet'))));
    const next = updated(bindings, withBody(ok(device('tablet')), { callId: 'core-2' }));
    expect(kinds(next)).toEqual(['refreshed <tablet>', 'removed <phone>']);
  });

  test('adds the device of an embedded REGISTER to the others, which keep their time', () => {
    const first = updated(
      [],
      withBody(register(device('phone', ';expires=9999')), { expires: 600 }),
    );
    expect(devices(first)).toEqual([['<phone>', 600]]);
    const moved = { callId: 'core-2', expires: 900, contact: '<sip:scscf2.core.test;lr>' };
    const second = updated(first.bindings, withBody(register(device('tablet')), moved), 1000);
    expect(devices(second)).toEqual([
      ['<phone>', 600],
      ['<tablet>', 901],
    ]);
    expect(second.bindings[0]?.target.host).toBe('scscf2.core.test');
    expect(kinds(second)).toEqual(['moved <phone>', 'added <tablet>']);
  });

  test('takes back the device whose embedded REGISTER has an expiry of 0', () => {
    const { bindings } = updated([], withBody(ok(device('phone'), device('tablet'))));
    const leaving = withBody(register(device('phone', ';expires=0')), { callId: 'core-2' });
    expect(kinds(updated(bindings, leaving))).toEqual(['refreshed <tablet>', 'removed <phone>']);
  });

  test('names no device if the one that leaves was the only one known', () => {
    const { bindings } = updated([], withBody(ok(device('phone'))));
    const leaving = withBody(register(device('phone', ';expires=0')), { callId: 'core-2' });
    expect(devices(updated(bindings, leaving))).toEqual([[undefined, 600]]);
  });

  test('replaces a client of whom nothing was known', () => {
    const { bindings } = updated([], {});
    const named = updated(bindings, withBody(register(device('phone')), { callId: 'core-2' }));
    expect(kinds(named)).toEqual(['added <phone>', 'removed any']);
  });

  test('counts a contact without an instance as a client of whom nothing is known', () => {
    expect(devices(updated([], withBody(ok('<sip:alice@old.test>'))))).toEqual([[undefined, 600]]);
  });

  test('is done without them if they cannot be read, or name no contact', () => {
    const unreadable = [
      withBody('nonsense'),
      withBody(register('*')),
      withBody(embedded('SIP/2.0 401 Unauthorized', device('phone'))),
      { type: 'multipart/mixed', body: utf8Encode('no boundary') },
    ];
    for (const parts of unreadable) expect(devices(updated([], parts))).toEqual([[undefined, 600]]);
  });

  test('may leave out the empty line behind their headers', () => {
    const text = ok(device('phone')).slice(0, -4);
    expect(devices(updated([], withBody(text)))).toEqual([['<phone>', 600]]);
  });

  test('counts the expired ones as gone', () => {
    const { bindings } = updated([], withBody(ok(device('phone'))));
    const next = updated(
      bindings,
      withBody(register(device('tablet')), { callId: 'core-2' }),
      601_000,
    );
    expect(kinds(next)).toEqual(['added <tablet>', 'removed <phone>']);
  });

  test('has a bound for devices, and for the text of each', () => {
    const many = Array.from({ length: bindingsPerUserMax + 1 }, (_, at) => device(`d${at}`));
    expect(updated([], withBody(ok(...many))).bindings).toHaveLength(bindingsPerUserMax);
    const long = device('phone', `;x="${'x'.repeat(bindingTextMax)}"`);
    expect(ask([], withBody(ok(long)))).toMatchObject({ kind: 'refused', status: 403 });
  });
});
