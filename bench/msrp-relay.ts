/** MSRP SENDs of 500 bytes from one session to another, with both answers, against copying the same bytes in and out. */
import { randomBytes } from 'node:crypto';
import { utf8Decode, utf8Encode } from '../edge/bytes/text.ts';
import { MsrpHost } from '../edge/msrp/host.ts';
import { alternate, type Pair } from './alternate.ts';

const readBytes = 65_536;
const near = 'msrp://10.1.1.1:7654/near567890near567890;tcp';
const far = 'msrp://10.1.1.2:7655/far4567890far4567890;tcp';

/** Messages a second through the host alone, and through a loop that only copies. */
export function msrpRelay(): Pair {
  const relay = new Relay();
  const stream = relay.stream();
  const reads: Uint8Array[] = [];
  for (let at = 0; at < stream.bytes.length; at += readBytes) {
    reads.push(stream.bytes.subarray(at, at + readBytes));
  }
  return alternate(
    { name: 'msrp-relay', run: () => relay.run(reads) },
    { name: 'raw-relay', run: () => copy(reads, stream.messages) },
  );
}

function copy(reads: readonly Uint8Array[], messages: number): number {
  for (const read of reads) Buffer.concat([read.slice()]);
  return messages;
}

class Relay {
  readonly #host: MsrpHost;
  readonly #from: string;
  readonly #to: string;
  readonly #body: string;

  constructor() {
    this.#host = new MsrpHost({
      newToken: () => randomBytes(12).toString('hex'),
      host: '127.0.0.1',
      port: 2855,
      responseTimeoutMs: 30_000,
      messageBytesMax: 1_048_576,
    });
    this.#from = this.#bind('near', near);
    this.#to = this.#bind('far', far);
    const head =
      'From: <sip:alice@rejoin.test>\r\nTo: <sip:g@rejoin.test>\r\n\r\nContent-Type: text/plain\r\n\r\n';
    this.#body = head.padEnd(500, 'x');
  }

  /** About 1 MB of SENDs, as they come from a socket. */
  stream(): { readonly bytes: Uint8Array; readonly messages: number } {
    let text = '';
    let messages = 0;
    while (text.length < 1_000_000) {
      const id = `tid${1_000_000 + messages}`;
      messages++;
      text += `MSRP ${id} SEND\r\nTo-Path: ${this.#host.path(this.#from)}\r\nFrom-Path: ${near}\r\n`;
      text += `Message-ID: m${id}\r\nByte-Range: 1-500/500\r\nContent-Type: message/cpim\r\n\r\n`;
      text += `${this.#body}\r\n-------${id}$\r\n`;
    }
    return { bytes: utf8Encode(text), messages };
  }

  run(reads: readonly Uint8Array[]): number {
    let relayed = 0;
    for (const read of reads) {
      this.#host.received(0, 'near', read.slice());
      this.#passOn();
      const answers = this.#answersOfPeer();
      this.#host.received(0, 'far', answers);
      relayed += this.#answerSender();
    }
    this.#host.drain();
    return relayed;
  }

  #passOn(): void {
    for (const effect of this.#host.drain()) {
      if (effect.kind !== 'msrp-event' || effect.event.kind !== 'message') continue;
      const { inbound, messageId, contentType, body } = effect.event.message;
      this.#host.send(0, this.#to, {
        reference: inbound,
        messageId,
        contentType,
        body,
        isSuccessReportWanted: false,
        failureReport: 'yes',
      });
    }
  }

  #answersOfPeer(): Uint8Array {
    let answers = '';
    for (const effect of this.#host.drain()) {
      if (effect.kind !== 'write' || effect.connection !== 'far') continue;
      const text = Buffer.concat(effect.parts).toString('latin1');
      for (const match of text.matchAll(/MSRP (\S+) SEND\r\nTo/g)) {
        answers += `MSRP ${match[1]} 200 OK\r\nTo-Path: ${this.#host.path(this.#to)}\r\n`;
        answers += `From-Path: ${far}\r\n-------${match[1]}$\r\n`;
      }
    }
    return utf8Encode(answers);
  }

  #answerSender(): number {
    let count = 0;
    for (const effect of this.#host.drain()) {
      if (effect.kind !== 'msrp-event' || effect.event.kind !== 'delivered') continue;
      this.#host.answer(0, effect.event.reference, 200);
      count++;
    }
    return count;
  }

  #bind(connection: string, peer: string): string {
    const session = this.#host.open();
    this.#host.accepted(0, connection);
    this.#host.start(0, session, { path: [peer], isActive: false });
    const request =
      `MSRP bind1234 SEND\r\nTo-Path: ${this.#host.path(session)}\r\nFrom-Path: ${peer}\r\n` +
      'Message-ID: 1234\r\nByte-Range: 1-0/0\r\n-------bind1234$\r\n';
    this.#host.received(0, connection, utf8Encode(request));
    const bound = this.#host.drain().some((effect) => effect.kind === 'write');
    if (!bound) throw new Error(`no answer to ${utf8Decode(utf8Encode(request))}`);
    return session;
  }
}
