/** Chunks that a peer sends by hand, and what the host makes of them. */
import type { MsrpEffect } from '../../../edge/msrp/effect.ts';
import { Peer } from './peer.ts';
import { messagesOf, textOf, written } from './world.ts';

export type Chunk = {
  readonly range: string;
  readonly body?: string;
  readonly flag?: string;
  readonly messageId?: string;
  readonly more?: readonly string[];
};

/** A peer whose chunks are named c1, c2 and so on. */
export class Chunks {
  readonly peer = new Peer();
  readonly delivered: string[] = [];
  #sent = 0;

  constructor() {
    this.peer.bind();
  }

  get timer(): string {
    return `hole/${this.peer.session}`;
  }

  /** The answers that a chunk has brought, such as `c1 200`; the owner says 200 to whatever is delivered. */
  send({ range, body, flag = '$', messageId = 'm1.a', more = [] }: Chunk): string {
    this.#sent++;
    const type = body === undefined ? [] : ['Content-Type: text/plain'];
    const headers = [`Message-ID: ${messageId}`, `Byte-Range: ${range}`, ...more, ...type];
    const parts = { id: `c${this.#sent}.x`, headers, flag };
    const request = this.peer.request(body === undefined ? parts : { ...parts, body });
    return this.answersOf(this.peer.receive(request));
  }

  sendAll(...chunks: readonly Chunk[]): string[] {
    return chunks.map((chunk) => this.send(chunk));
  }

  wait(times = 1): string {
    let answers = '';
    for (let round = 0; round < times; round++) {
      this.peer.host.timer(0, this.timer);
      answers += this.answersOf(this.peer.host.drain());
    }
    return answers;
  }

  answersOf(effects: readonly MsrpEffect[]): string {
    let text = written(effects, 'in');
    for (const { inbound, body } of messagesOf(effects)) {
      this.delivered.push(textOf(body));
      this.peer.host.answer(0, inbound, 200);
      text += written(this.peer.host.drain(), 'in');
    }
    return Array.from(text.matchAll(/MSRP (c\d+)\.x (\d+)/g), ([, id, status]) => `${id} ${status}`)
      .sort()
      .join();
  }
}
