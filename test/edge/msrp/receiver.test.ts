import { describe, expect, it } from 'vitest';
import { strayMs, strayRequestsMax, unansweredMax } from '../../../edge/msrp/limit.ts';
import { Peer, peerPath, textHeaders } from './peer.ts';
import { eventsOf, messagesOf, written } from './world.ts';

describe('requests of a peer', () => {
  it('an empty SEND is answered and not delivered [RFC 4975 7.3.1]', () => {
    const peer = new Peer();
    expect(peer.ask({})).toBe(peer.response('200 OK'));
    const effects = peer.receive(peer.request({ headers: [] }));
    expect(eventsOf(effects)).toEqual([]);
    expect(written(effects, 'in')).toBe(peer.response('200 OK'));
  });

  it('a message is delivered; its owner answers, once, whenever it likes [RFC 4975 7.2]', () => {
    const peer = new Peer();
    peer.bind();
    const text = ['one1', 'two2', 'three3'].map((id) =>
      peer.request({ id, headers: textHeaders, body: 'hi' }),
    );
    const effects = peer.receive(text.join(''));
    expect(written(effects, 'in')).toBe('');
    const inbounds = messagesOf(effects).map(({ inbound }) => inbound);
    expect(messagesOf(effects)[0]).toEqual({
      session: peer.session,
      inbound: inbounds[0],
      messageId: 'peer.1',
      contentType: 'text/plain',
      body: new Uint8Array(Buffer.from('hi')),
      isSuccessReportWanted: false,
      failureReport: 'yes',
    });
    peer.host.answer(0, inbounds[2]!, 200);
    peer.host.answer(0, inbounds[2]!, 200);
    peer.host.answer(0, inbounds[0]!, 413, 'Too much');
    expect(written(peer.host.drain(), 'in')).toBe(
      peer.response('200 OK', { id: 'three3' }) + peer.response('413 Too much', { id: 'one1' }),
    );
    peer.host.answer(0, inbounds[1]!, 200, 'Fine');
    expect(written(peer.host.drain(), 'in')).toBe(peer.response('200 Fine', { id: 'two2' }));
  });

  it.each<[string, string, number, string]>([
    ['yes', '200 OK', 200, '200 OK'],
    ['yes', '403 Forbidden', 403, '403 Forbidden'],
    ['partial', '200 OK', 200, ''],
    ['partial', '403 Forbidden', 403, '403 Forbidden'],
    ['no', '200 OK', 200, ''],
    ['no', '403 Forbidden', 403, ''],
  ])(
    'Failure-Report %s: "%s" is sent or not [RFC 4975 7.2]',
    (failureReport, _status, status, wanted) => {
      const peer = new Peer();
      peer.bind();
      const headers = [`Failure-Report: ${failureReport}`, 'Success-Report: yes', ...textHeaders];
      const [message] = messagesOf(peer.receive(peer.request({ headers, body: 'hi' })));
      expect(message).toMatchObject({ failureReport, isSuccessReportWanted: true });
      peer.host.answer(0, message!.inbound, status);
      expect(written(peer.host.drain(), 'in')).toBe(wanted === '' ? '' : peer.response(wanted));
    },
  );

  it('a session is known by its session-id, whatever host the path names [RFC 6714]', () => {
    const peer = new Peer();
    const toPath = peer.path.replace('h.example.com:2855', '10.0.0.1:99');
    expect(peer.ask({ toPath })).toBe(peer.response('200 OK', { fromPath: toPath }));
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('the response goes to the leftmost URI of From-Path [RFC 4975 7.2]', () => {
    const peer = new Peer();
    const relay = 'msrp://relay.example.com:9/r;tcp';
    expect(peer.ask({ fromPath: `${relay} ${peerPath}` })).toBe(
      peer.response('200 OK', { toPath: relay }),
    );
  });

  it.each<[string, string, object]>([
    [
      '481 Session Does Not Exist',
      'another session',
      { toPath: 'msrp://h.example.com:2855/other;tcp' },
    ],
    ['481 Session Does Not Exist', 'no MSRP URI', { toPath: 'sip:x' }],
    ['501 Unknown Method', 'AUTH', { method: 'AUTH' }],
    ['501 Unknown Method', 'NICKNAME', { method: 'NICKNAME' }],
    ['400 Bad Request', 'a bad Byte-Range', { headers: ['Message-ID: 1234', 'Byte-Range: x'] }],
    ['400 Bad Request', 'a bad From-Path', { fromPath: 'nonsense' }],
    ['400 Bad Request', 'a bad URI in From-Path', { fromPath: `${peerPath} nonsense` }],
    ['400 Bad Request', 'no Message-ID', { headers: ['Content-Type: text/plain'], body: 'hi' }],
    ['400 Bad Request', 'no Content-Type', { headers: ['Message-ID: 1234'], body: 'hi' }],
    [
      '413 Stop Sending',
      'a message that is too large',
      { headers: textHeaders, body: 'x'.repeat(1001) },
    ],
    [
      '415 Unsupported Media Type',
      'a type that isn’t taken',
      { headers: ['Message-ID: 1234', 'Content-Type: text/html'], body: 'hi' },
    ],
  ])('%s is the answer to %s [RFC 4975 7.3]', (status, _what, parts) => {
    const peer = new Peer(
      { acceptTypes: ['text/plain', 'Message/CPIM'] },
      { messageBytesMax: 1000 },
    );
    const fromPath = 'toPath' in parts ? String(parts.toPath) : peer.path;
    const toPath = 'fromPath' in parts ? String(parts.fromPath).split(' ')[0]! : peerPath;
    expect(peer.ask(parts)).toBe(peer.response(status, { fromPath, toPath }));
    expect(peer.host.counts.refusals).toEqual(new Map([[Number(status.slice(0, 3)), 1]]));
  });

  it('types match without case and parameters [RFC 4975 8.6]', () => {
    const peer = new Peer({ acceptTypes: ['text/plain', 'Message/CPIM'] });
    for (const type of [
      'message/cpim',
      'message/cpim',
      'MESSAGE/cpim ; a=b',
      'text/plain;charset=UTF-8',
    ]) {
      const headers = ['Message-ID: 1234', `Content-Type: ${type}`];
      expect(messagesOf(peer.receive(peer.request({ headers, body: 'hi' })))).toHaveLength(1);
    }
  });

  it('506 is the answer on another connection than the session’s own [RFC 4975 7.3]', () => {
    const peer = new Peer();
    peer.bind();
    peer.host.accepted(0, 'other');
    expect(peer.ask({}, 'other')).toBe(peer.response('506 Session In Use'));
    peer.receive(
      peer.request({ method: 'REPORT', headers: ['Message-ID: 1234', 'Status: 000 200 OK'] }),
      'other',
    );
    expect(eventsOf(peer.host.drain())).toEqual([]);
  });

  it('a REPORT is told and never answered [RFC 4975 7.1.2]', () => {
    const peer = new Peer();
    peer.bind();
    const headers = ['Message-ID: 1234', 'Byte-Range: 1-2/2', 'Status: 000 408 Timeout'];
    expect(peer.receive(peer.request({ method: 'REPORT', headers }))).toEqual([
      {
        kind: 'msrp-event',
        event: { kind: 'report', session: peer.session, messageId: '1234', status: 408 },
      },
    ]);
    for (const bad of [
      ['Message-ID: 1234'],
      ['Status: 000 200 OK'],
      ['Message-ID: 1 2', 'Status: 000 200'],
    ]) {
      const effects = peer.receive(peer.request({ method: 'REPORT', headers: bad }));
      expect(written(effects, 'in')).toBe('');
    }
    expect(
      peer.receive(peer.request({ method: 'REPORT', toPath: 'msrp://h/x;tcp', headers })),
    ).toEqual([]);
  });

  it('chunks but the last are answered at once, the last by the owner [RFC 4975 7.3.1]', () => {
    const peer = new Peer();
    peer.bind();
    const head = ['Message-ID: peer.1', 'Content-Type: text/plain'];
    expect(peer.ask({ headers: ['Byte-Range: 1-*/4', ...head], body: 'ab', flag: '+' })).toBe(
      peer.response('200 OK'),
    );
    const [message] = messagesOf(
      peer.receive(
        peer.request({ id: 'last', headers: ['Byte-Range: 3-4/4', ...head], body: 'cd' }),
      ),
    );
    expect(Buffer.from(message!.body).toString()).toBe('abcd');
    peer.host.answer(0, message!.inbound, 200);
    expect(written(peer.host.drain(), 'in')).toBe(peer.response('200 OK', { id: 'last' }));
  });

  it('a message that is given up is answered and not delivered [RFC 4975 7.3.1]', () => {
    const peer = new Peer();
    peer.bind();
    const headers = [
      'Byte-Range: 1-*/4',
      ...textHeaders.filter((header) => !header.startsWith('Byte')),
    ];
    peer.ask({ headers, body: 'ab', flag: '+' });
    const effects = peer.receive(peer.request({ headers, body: 'ab', flag: '#' }));
    expect(effects.map(({ kind }) => kind)).toEqual(['write']);
    expect(peer.ask({ headers: ['Message-ID: more', 'Byte-Range: 1-0/0'], flag: '+' })).toBe(
      peer.response('200 OK'),
    );
  });

  it('a large message is refused before it has all come, once, and then taken when it is smaller [RFC 4975 7.3.1]', () => {
    const peer = new Peer({}, { messageBytesMax: 100_000 });
    peer.bind();
    const headers = ['Message-ID: peer.1', 'Byte-Range: 1-*/*', 'Content-Type: text/plain'];
    const text = peer.request({ headers, body: 'x'.repeat(300_000) });
    const answers = Array.from({ length: 10 }, (_, part) =>
      written(peer.receive(text.slice(part * 32_000, (part + 1) * 32_000)), 'in'),
    );
    expect(answers.filter((answer) => answer !== '')).toEqual([peer.response('413 Stop Sending')]);
    expect(answers[9]).toBe('');
    const small = peer.request({ headers, body: 'x'.repeat(90_000) });
    const pieces = [small.slice(0, 50_000), small.slice(50_000)].map((piece) =>
      peer.receive(piece),
    );
    expect(pieces.flatMap(messagesOf)).toMatchObject([{ body: { length: 90_000 } }]);
  });

  it('the rest of a refused chunk is dropped, and of one whose session is closed', () => {
    const peer = new Peer();
    const other = peer.host.open();
    peer.host.start(0, other, { path: [peerPath], isActive: false });
    peer.bind();
    peer.receive(peer.request({ toPath: peer.host.path(other) }));
    const headers = ['Message-ID: peer.1', 'Byte-Range: 1-*/*', 'Content-Type: text/plain'];
    const large = { headers, body: 'x'.repeat(60_000) };
    const stray = peer.request({ ...large, toPath: 'msrp://h/x;tcp' });
    expect(written(peer.receive(stray.slice(0, 30_000)), 'in')).toContain('481');
    expect(peer.receive(stray.slice(30_000))).toEqual([]);
    const text = peer.request({ ...large, toPath: peer.host.path(other) });
    expect(peer.receive(text.slice(0, 20_000))).toEqual([]);
    peer.host.close(0, other);
    expect(peer.receive(text.slice(20_000, 40_000))).toEqual([]);
    expect(peer.receive(text.slice(40_000))).toEqual([]);
    const chunk = peer.request({
      ...large,
      headers: ['Message-ID: peer.2', 'Byte-Range: 1-*/9999999', 'Content-Type: a/b'],
      flag: '+',
    });
    expect(written(peer.receive(chunk.slice(0, 20_000)), 'in')).toContain('413');
    expect(peer.receive(chunk.slice(20_000))).toEqual([]);
  });

  it('who guesses sessions is cut off', () => {
    const peer = new Peer();
    const guess = peer.request({ toPath: 'msrp://h.example.com:2855/guess;tcp' });
    const effects = peer.receive(guess.repeat(strayRequestsMax + 5));
    expect(effects.map(({ kind }) => kind)).toEqual(['write', 'set-timer', 'clear-timer', 'close']);
    expect(written(effects, 'in').match(/ 481 /g)).toHaveLength(strayRequestsMax);
  });

  it('who has asked for a session that nobody has, and for no other, is not waited for', () => {
    const peer = new Peer();
    const guess = peer.request({ toPath: 'msrp://h.example.com:2855/guess;tcp' });
    const timer = 'stray/in';
    expect(peer.receive(guess)).toContainEqual({ kind: 'set-timer', timer, delayMs: strayMs });
    expect(peer.receive(guess).map(({ kind }) => kind)).toEqual(['write']);
    peer.host.timer(strayMs, timer);
    expect(peer.host.drain()).toEqual([{ kind: 'close', connection: 'in' }]);
    peer.host.timer(strayMs, timer);
    expect(peer.host.drain()).toEqual([]);
  });

  it('who has asked for one in vain may have another', () => {
    const peer = new Peer();
    const guess = peer.request({ toPath: 'msrp://h.example.com:2855/guess;tcp' });
    peer.receive(guess);
    peer.bind();
    peer.host.timer(strayMs, 'stray/in');
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('a connection with a session may ask for another in vain', () => {
    const peer = new Peer();
    peer.bind();
    const guess = peer.request({ toPath: 'msrp://h.example.com:2855/guess;tcp' });
    peer.receive(guess.repeat(strayRequestsMax + 5));
    expect(peer.host.isBound(peer.session)).toBe(true);
  });

  it('a connection is not read while very many messages wait for their owner', () => {
    const peer = new Peer();
    peer.bind();
    const text = peer.request({ headers: textHeaders, body: 'hi' });
    const effects = peer.receive(text.repeat(unansweredMax + 1));
    expect(effects.filter(({ kind }) => kind === 'pause')).toHaveLength(1);
    const inbounds = messagesOf(effects).map(({ inbound }) => inbound);
    expect(inbounds).toHaveLength(unansweredMax + 1);
    for (const inbound of inbounds) peer.host.answer(0, inbound, 200);
    expect(peer.host.drain().filter(({ kind }) => kind === 'resume')).toHaveLength(1);
  });
});
