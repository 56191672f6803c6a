/** Bytes that no peer should send, over real sockets: each is refused or dropped, and harms nobody else. */
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { Server } from '../kit/server.ts';
import { pause, until } from '../kit/wait.ts';

const torture = new URL('../data/rfc4475/', import.meta.url);

let server: Server;
let udp: Datagrams;
let heard: string[] = [];

async function open(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  server = await new Server(settings).start();
  heard = [];
  udp = createSocket('udp4');
  udp.on('message', (data) => heard.push(data.toString()));
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
}

beforeEach(() => open());

afterEach(async () => {
  udp.close();
  await server.close();
});

function send(text: string | Uint8Array): void {
  udp.send(text, server.sip.port, server.sip.host);
}

function request(method: string, uri: string, extra: readonly string[] = []): string {
  const token = Math.random().toString(36).slice(2);
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${udp.address().port};branch=z9hG4bK${token};rport`,
    'Max-Forwards: 70',
    `From: <sip:alice@rejoin.test>;tag=${token}`,
    `To: <${uri}>`,
    `Call-ID: ${token}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:alice@127.0.0.1:${udp.address().port}>`,
    ...extra,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** The status of the answer to a request. */
async function ask(text: string): Promise<number> {
  const id = /^Call-ID: (\S+)/m.exec(text)?.[1] ?? '';
  send(text);
  const isFinal = (answer: string): boolean =>
    answer.includes(id) && /^SIP\/2\.0 [2-6]/.test(answer);
  const answer = await until(`an answer to ${text.slice(0, 40)}`, () => heard.find(isFinal));
  return Number(answer.slice(8, 11));
}

/** Over a connection of its own; answers what came back until the other side closed or a moment passed. */
async function stream(port: number, bytes: Uint8Array | string): Promise<string> {
  let text = '';
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (data) => {
    text += data.toString();
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  await pause(150);
  socket.destroy();
  return text;
}

describe('whatever arrives', () => {
  test('the messages of RFC 4475 leave the process as well as it was [RFC 4475]', async () => {
    for (const name of readdirSync(torture).filter((file) => file.endsWith('.dat'))) {
      const bytes = readFileSync(new URL(name, torture));
      send(bytes);
      await stream(server.sip.port, bytes);
      expect(await ask(request('OPTIONS', 'sip:rejoin.test')), `after ${name}`).toBe(200);
    }
  });

  test.each(['0', '00', '65535', '65536'])(
    'a request whose way back is port %s is answered there, or nowhere [RFC 3261 18.2.2]',
    async (port) => {
      const via = /Via: .*/;
      const asked = request('OPTIONS', 'sip:rejoin.test');
      send(asked.replace(via, `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${port}`));
      await stream(
        server.sip.port,
        asked.replace(via, `Via: SIP/2.0/TCP x:${port};branch=z9hG4bK`),
      );
      expect(await ask(request('OPTIONS', 'sip:rejoin.test'))).toBe(200);
      expect(server.output).not.toContain('Error');
    },
  );

  test('noise on both ports is dropped [RFC 3261 18.3, RFC 4975 7.3]', async () => {
    const noise = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256);
    send(noise.subarray(0, 1_000));
    await stream(server.sip.port, noise);
    await stream(server.msrpPort, noise);
    expect(await ask(request('OPTIONS', 'sip:rejoin.test'))).toBe(200);
  });

  test('MSRP for a session that nobody has is answered 481, and counted as what is no MSRP is [RFC 4975 7.3.1]', async () => {
    const frame = [
      'MSRP abcd1234 SEND',
      `To-Path: msrp://127.0.0.1:${server.msrpPort}/nobody1234567890;tcp`,
      'From-Path: msrp://127.0.0.1:9/peer1234567890;tcp',
      'Message-ID: 12345678',
      'Byte-Range: 1-0/0',
      '-------abcd1234$',
      '',
    ].join('\r\n');
    expect(await stream(server.msrpPort, frame)).toContain('MSRP abcd1234 481');
    await stream(server.msrpPort, 'GET / HTTP/1.1\r\n\r\n');
    const counted = await server.metrics();
    expect(counted).toContain('rejoin_msrp_refused_total{status="481"} 1\n');
    expect(counted).toContain('rejoin_msrp_refused_total{status="none"} 1\n');
  });
});

describe('a client that asks for what is not there', () => {
  test.each(['sip:nobody@rejoin.test', 'tel:+491234567'])(
    'is told at once that %s is not found [RFC 3261 21.4.5]',
    async (address) => {
      const options = { name: 'alice', domain: 'rejoin.test', password: 'demo' };
      const alice = await new Client({
        ...options,
        ladder: new Ladder(),
        server: server.sip,
      }).open();
      await alice.register();
      expect(await alice.write(address, 'hello')).toBe(404);
      await alice.chat(address);
      expect(alice.refusal).toBe(404);
      await alice.close();
    },
  );
});

describe('who is not who they say', () => {
  test('is asked for credentials, whatever identity is asserted from outside [RFC 3325]', async () => {
    udp.close();
    await server.close();
    await open({ REJOIN_TRUSTED_PEERS: '127.0.0.9' });
    const asserted = ['P-Asserted-Identity: <sip:bob@rejoin.test>', 'Contribution-ID: abc'];
    expect(await ask(request('INVITE', 'sip:carol@rejoin.test', asserted))).toBe(401);
    expect(await ask(request('REGISTER', 'sip:rejoin.test'))).toBe(401);
  });
});
