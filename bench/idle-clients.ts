/** Many clients that register over TCP and then do nothing: raw sockets, one REGISTER each with digest. */
import { connect, type Socket } from 'node:net';
import { headerValues } from '../edge/sip/header.ts';
import { parseMessage } from '../edge/sip/parse.ts';
import { answerChallenge } from '../test/kit/digest.ts';

const atOnce = 64;

export class IdleClients {
  readonly #server: { readonly host: string; readonly port: number };
  readonly #domain: string;
  readonly #sockets: Socket[] = [];

  constructor(server: { readonly host: string; readonly port: number }, domain: string) {
    this.#server = server;
    this.#domain = domain;
  }

  /** Registers all of them, some at a time. */
  async register(names: readonly string[]): Promise<void> {
    const left = [...names];
    const worker = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) await this.#one(name);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #one(name: string): Promise<void> {
    const socket = connect(this.#server.port, this.#server.host);
    this.#sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => socket.write(this.#request(name, 1, '')));
      socket.on('data', (data) => {
        const parsed = parseMessage(data);
        if (parsed.kind !== 'message' || parsed.message.kind !== 'response') return;
        const { message } = parsed;
        if (message.status === 200) resolve();
        if (message.status !== 401) return;
        const value = answerChallenge(headerValues(message, 'WWW-Authenticate'), {
          method: 'REGISTER',
          uri: `sip:${this.#domain}`,
          user: name,
          password: 'demo',
        });
        socket.write(this.#request(name, 2, `Authorization: ${value}\r\n`));
      });
    });
  }

  #request(name: string, sequence: number, extra: string): string {
    const uri = `sip:${name}@${this.#domain}`;
    return (
      `REGISTER sip:${this.#domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK${name}${sequence}\r\n` +
      `Max-Forwards: 70\r\nFrom: <${uri}>;tag=${name}\r\nTo: <${uri}>\r\nCall-ID: ${name}\r\n` +
      `CSeq: ${sequence} REGISTER\r\nContact: <sip:${name}@127.0.0.1:9;transport=tcp>;expires=3600\r\n` +
      `${extra}Content-Length: 0\r\n\r\n`
    );
  }
}
