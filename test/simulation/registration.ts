/** The registration of a simulated client: REGISTER with digest, refreshed at half its time, tried again where it fails. */
import { createHash } from 'node:crypto';
import { parseChallenge } from '../../edge/sip/authorization.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { headerValues } from '../../edge/sip/header.ts';
import type { Account, DeviceSurroundings } from './account.ts';
import { domain } from './hosts.ts';
import type { Peer } from './peer.ts';

type Response = Extract<SipEvent, { kind: 'response' }>;

export class ClientRegistration {
  readonly #around: DeviceSurroundings;
  readonly #peer: Peer;
  readonly #account: Account;
  readonly #instance: string;
  #transaction = '';
  #expiresS = 0;
  #sequence = 0;
  #tries = 0;
  #edge = '';
  isRegistered = false;

  constructor(around: DeviceSurroundings, peer: Peer, account: Account, instance: string) {
    this.#around = around;
    this.#peer = peer;
    this.#account = account;
    this.#instance = instance;
  }

  /** Registers, or with 0 takes the registration back. */
  start(expiresS: number): void {
    this.#expiresS = expiresS;
    this.#tries = 0;
    this.#edge = this.#around.entry();
    this.#send([]);
  }

  /** True if the response was for this registration. */
  responded(event: Response): boolean {
    if (event.transaction !== this.#transaction) return false;
    const challenges = event.response ? headerValues(event.response, 'WWW-Authenticate') : [];
    if (event.status === 401 && this.#tries++ < 2) {
      this.#send([{ name: 'Authorization', value: this.#credentials(challenges[0] ?? '') }]);
    } else if (event.status === 200) this.#done();
    else {
      this.isRegistered = false;
      const { random } = this.#around.simulation;
      this.#peer.later(random.between(2000, 30_000), () => this.start(this.#expiresS));
    }
    return true;
  }

  #done(): void {
    this.isRegistered = this.#expiresS > 0;
    if (!this.isRegistered) return;
    const sequence = this.#sequence;
    this.#peer.later(this.#expiresS * 500, () => {
      if (sequence === this.#sequence) this.start(this.#expiresS);
    });
  }

  #send(more: readonly { name: string; value: string }[]): void {
    const { peer, account } = { peer: this.#peer, account: this.#account };
    this.#sequence++;
    const contact =
      `<sip:${account.userName}@${peer.host}:5060>;+sip.instance="${this.#instance}"` +
      `;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"`;
    this.#transaction = peer.do(() =>
      peer.agent.request(
        peer.nowMs,
        {
          method: 'REGISTER',
          uri: `sip:${domain}`,
          headers: [
            { name: 'From', value: `<${account.uri}>` },
            { name: 'To', value: `<${account.uri}>` },
            { name: 'Call-ID', value: `reg-${this.#instance}` },
            { name: 'CSeq', value: `${peer.nowMs % 1_000_000_000} REGISTER` },
            { name: 'Contact', value: contact },
            { name: 'Expires', value: String(this.#expiresS) },
            ...more,
          ],
        },
        { transport: 'udp', host: this.#edge, port: 5060 },
      ),
    );
  }

  #credentials(challenge: string): string {
    return credentials(challenge, this.#account, 'REGISTER', `sip:${domain}`);
  }
}

/** The Authorization value for a challenge (RFC 7616). */
export function credentials(
  challenge: string,
  account: Account,
  method: string,
  uri: string,
): string {
  const params = parseChallenge(challenge)?.params;
  const nonce = params?.get('nonce') ?? '';
  const realm = params?.get('realm') ?? '';
  const { userName, password } = account;
  const secret = sha256(`${userName}:${realm}:${password}`);
  const what = sha256(`${method}:${uri}`);
  const response = sha256(`${secret}:${nonce}:00000001:c:auth:${what}`);
  return (
    `Digest username="${userName}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `response="${response}", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c"`
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
