/**
 * Somebody with an address on the wire: a SIP user agent and an MSRP host of the product's own, with real sockets on free loopback ports,
 * run by one step loop. What the party does with its events is the subclass's business.
 */
import { randomBytes } from 'node:crypto';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { MsrpHost } from '../../edge/msrp/host.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import { MsrpTransport } from '../../edge/runtime/msrp-transport.ts';
import { SipTransport } from '../../edge/runtime/sip-transport.ts';
import { TimerWheel } from '../../edge/runtime/timer-wheel.ts';
import { UserAgent } from '../../edge/sip/agent/user-agent.ts';
import type { SipEvent, Target } from '../../edge/sip/effect.ts';
import type { Ladder } from './ladder.ts';

const host = '127.0.0.1';

export type PartyOptions = {
  readonly name: string;
  readonly server: { readonly host: string; readonly port: number };
  readonly ladder: Ladder;
};

export abstract class Party {
  readonly name: string;
  readonly server: Target;
  readonly ladder: Ladder;
  readonly #timers = new TimerWheel();
  readonly #sip: SipTransport;
  #msrpIo: MsrpTransport;
  #agent: UserAgent | undefined;
  #media: MsrpHost | undefined;
  #sipPort = 0;
  #msrpPort = 0;
  /** Deaf and mute, as without network. */
  #isDark = false;

  constructor(options: PartyOptions) {
    this.name = options.name;
    this.ladder = options.ladder;
    this.server = { transport: 'tcp', host: options.server.host, port: options.server.port };
    this.#sip = new SipTransport({
      handler: {
        onMessage: (message, flow) => {
          if (!this.#isDark) this.step(() => this.agent.receive(nowMs(), message, flow));
        },
        onRefused: () => undefined,
        onFlowClosed: () => {
          if (!this.#isDark) this.flowClosed();
        },
      },
    });
    this.#msrpIo = this.#newMsrpTransport();
  }

  get agent(): UserAgent {
    if (this.#agent === undefined) throw new Error(`${this.name} is not open yet`);
    return this.#agent;
  }

  get media(): MsrpHost {
    if (this.#media === undefined) throw new Error(`${this.name} is not open yet`);
    return this.#media;
  }

  get address(): string {
    return `${host}:${this.#sipPort}`;
  }

  get msrpPort(): number {
    return this.#msrpPort;
  }

  /** Takes ports. */
  async open(): Promise<this> {
    this.#sipPort = await this.#sip.listen({ host, port: 0, setting: 'a free port' });
    this.#agent = new UserAgent({
      name: this.name.slice(0, 1),
      newToken,
      sentBy: () => this.address,
      serverHeader: 'CPM-client/OMA2.0 rejoin-kit',
      sessionExpiresS: 0,
      minSessionExpiresS: 90,
      allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'NOTIFY', 'MESSAGE', 'UPDATE'],
      supported: ['recipient-list-invite'],
    });
    await this.#openMedia();
    return this;
  }

  async close(): Promise<void> {
    this.#isDark = true;
    this.#timers.close();
    await Promise.all([this.#sip.close(), this.#msrpIo.close()]);
  }

  /** Media connections break, and nothing goes in or out any more. */
  async loseNetwork(): Promise<void> {
    this.#isDark = true;
    await this.#msrpIo.close();
  }

  /** As a restarted client: old sessions are forgotten. */
  async findNetwork(): Promise<void> {
    this.#msrpIo = this.#newMsrpTransport();
    await this.#openMedia();
    this.#isDark = false;
  }

  /** Does something and carries out all that it causes. */
  step(action: () => void): void {
    action();
    for (let isBusy = true; isBusy; ) isBusy = this.#drain();
  }

  /** A connection for SIP has ended. */
  flowClosed(): void {}

  abstract onSip(event: SipEvent): void;
  abstract onMsrp(event: MsrpEvent): void;

  async #openMedia(): Promise<void> {
    this.#msrpPort = await this.#msrpIo.listen({ host, port: 0, setting: 'a free port' });
    this.#media = new MsrpHost({
      newToken,
      host,
      port: this.#msrpPort,
      responseTimeoutMs: 10_000,
      messageBytesMax: 10_000_000,
    });
  }

  #newMsrpTransport(): MsrpTransport {
    const on = (input: () => void): void => {
      if (!this.#isDark) this.step(input);
    };
    return new MsrpTransport({
      input: {
        accepted: (name) => on(() => this.media.accepted(nowMs(), name)),
        connected: (name) => on(() => this.media.connected(nowMs(), name)),
        connectFailed: (name) => on(() => this.media.connectFailed(nowMs(), name)),
        closed: (name) => on(() => this.media.closed(nowMs(), name)),
        received: (name, bytes) => on(() => this.media.received(nowMs(), name, bytes)),
        backlog: (name, bytes) => on(() => this.media.backlog(nowMs(), name, bytes)),
      },
    });
  }

  #drain(): boolean {
    const sip = this.agent.drain();
    for (const effect of sip) {
      if (effect.kind === 'sip-event') this.onSip(effect.event);
      else if (effect.kind === 'send-sip') {
        if (this.#isDark) continue;
        this.#sip.send(effect.bytes, effect.target, () =>
          this.step(() => this.agent.sendFailed(nowMs(), effect.transaction)),
        );
      } else if (effect.kind === 'clear-timer') this.#timers.clear(`sip ${effect.timer}`);
      else {
        const { timer, delayMs } = effect;
        this.#timers.set(`sip ${timer}`, nowMs() + delayMs, () =>
          this.step(() => this.agent.timer(nowMs(), timer)),
        );
      }
    }
    return this.#drainMedia() || sip.length > 0;
  }

  #drainMedia(): boolean {
    const effects = this.media.drain();
    for (const effect of effects) {
      if (effect.kind === 'msrp-event') this.onMsrp(effect.event);
      else if (effect.kind === 'clear-timer') this.#timers.clear(`msrp ${effect.timer}`);
      else if (effect.kind === 'set-timer') {
        const { timer, delayMs } = effect;
        this.#timers.set(`msrp ${timer}`, nowMs() + delayMs, () =>
          this.step(() => this.media.timer(nowMs(), timer)),
        );
      } else this.#msrpIo.execute(effect);
    }
    return effects.length > 0;
  }
}

/** A token of 96 random bits. */
export function newToken(): string {
  return randomBytes(12).toString('hex');
}
