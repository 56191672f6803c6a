/** What a simulated client says, and what it was told became of it. */
import { utf8Encode } from '../../edge/bytes/text.ts';
import type { Account } from './account.ts';
import type { Peer } from './peer.ts';

export class Speaker {
  readonly #peer: Peer;
  readonly #said = new Map<number, string>();
  /** Answered 200. */
  readonly accepted = new Set<string>();
  #count = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  say(session: string, account: Account): void {
    const reference = ++this.#count;
    const peer = this.#peer;
    const id = `${account.userName}.${peer.process.name.split('/')[1] ?? ''}.${reference}`;
    this.#said.set(reference, id);
    const text = `From: <${account.uri}>\r\n\r\nContent-Type: text/plain\r\n\r\nsecret ${id}`;
    peer.do(() =>
      peer.msrp.send(peer.nowMs, session, {
        reference,
        messageId: id,
        contentType: 'message/cpim',
        body: utf8Encode(text),
        isSuccessReportWanted: false,
        failureReport: 'yes',
      }),
    );
  }

  answered(reference: number): void {
    const id = this.#said.get(reference);
    if (id !== undefined) this.accepted.add(id);
  }
}
