/**
 * A desk with a real SIP agent and a real MSRP host, in virtual time. What the agent tells goes to the desk's owners, as
 * `Participating` does it; reports, look-ups and the desk's timers wait until a test says what comes of them.
 */
import { Desk, type ParticipatingOptions } from '../../../edge/participating/desk.ts';
import type { LookupResult, ParticipatingEffect } from '../../../edge/participating/effect.ts';
import { policyOf } from '../../../edge/runtime/policy.ts';
import type { UserAgent } from '../../../edge/sip/agent/user-agent.ts';
import type { SipEvent, Target } from '../../../edge/sip/effect.ts';
import { loadSettings } from '../../../shared/settings.ts';
import { newHost } from '../msrp/world.ts';
import { Peer } from '../sip/agent/peer.ts';
import { Side, World } from '../sip/agent/world.ts';

type Kind = ParticipatingEffect['kind'];

export const pf = '10.0.0.1';
export const peerHost = '10.0.0.2';

export function optionsFor(agent: UserAgent, msrp = newHost(pf)): ParticipatingOptions {
  const loaded = loadSettings({ env: {}, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  let tokens = 0;
  return {
    agent,
    msrp,
    edge: 'edge-1',
    domain: 'rejoin.test',
    factoryUser: 'conference-factory',
    host: pf,
    sipPort: 5060,
    msrpHost: pf,
    msrpPort: 2855,
    uriParams: '',
    newToken: () => `token${++tokens}`,
    isElsewhere: (user) => user.startsWith('sip:elsewhere'),
    resolve: (): Target => ({ transport: 'udp', host: peerHost, port: 5060 }),
    isTrusted: () => true,
    ...policyOf(loaded.settings),
  };
}

export class DeskWorld {
  readonly sip = new World();
  readonly side = new Side(this.sip, pf);
  /** Whoever our requests go to, and theirs come from. */
  readonly peer = new Peer(this.sip, peerHost);
  readonly desk: Desk;
  /** Events of the agent that nobody owned. */
  readonly unowned: SipEvent[] = [];
  readonly #effects: ParticipatingEffect[] = [];
  readonly #timers = new Map<string, number>();

  constructor(more: Partial<ParticipatingOptions> = {}) {
    this.desk = new Desk({ ...optionsFor(this.side.agent), ...more });
    this.side.onEvent = (event) => this.#event(event);
  }

  get nowMs(): number {
    return this.sip.nowMs;
  }

  /** Does something, and lets the network carry what comes of it. */
  do<T>(action: (nowMs: number) => T): T {
    const result = action(this.nowMs);
    this.side.settle();
    this.sip.run(2);
    return result;
  }

  /** Effects of a kind so far. */
  effects<K extends Kind>(kind: K): Extract<ParticipatingEffect, { kind: K }>[] {
    this.#collect();
    return this.#effects.filter(
      (effect): effect is Extract<ParticipatingEffect, { kind: K }> => effect.kind === kind,
    );
  }

  /** The desk's timers that are set, with their delays. */
  get timers(): ReadonlyMap<string, number> {
    this.#collect();
    return this.#timers;
  }

  /** Lets the timer whose name begins so run out, after its time. */
  fire(prefix: string): void {
    const [timer, delayMs] = [...this.timers].find(([name]) => name.startsWith(prefix)) ?? [];
    if (timer === undefined || delayMs === undefined) throw new Error(`no timer ${prefix}`);
    this.#timers.delete(timer);
    this.sip.run(delayMs);
    this.do((nowMs) => this.desk.timer(nowMs, timer));
  }

  /** Answers the last look-up. */
  found(result: LookupResult): void {
    const asked = ['find-clients', 'find-user', 'read-segments', 'read-tail'] as const;
    const lookups = asked.flatMap((kind) => this.effects(kind)).map(({ lookup }) => lookup);
    this.do((nowMs) => this.desk.found(nowMs, Math.max(...lookups), result));
  }

  /** Gives the last report its outcome. */
  reported(isStored = true): void {
    const last = this.effects('report').at(-1);
    if (last === undefined) throw new Error('nothing was reported');
    this.do((nowMs) => this.desk.reported(nowMs, last.report, isStored));
  }

  #collect(): void {
    for (const effect of this.desk.drain()) {
      if (effect.kind === 'set-timer') this.#timers.set(effect.timer, effect.delayMs);
      else if (effect.kind === 'clear-timer') this.#timers.delete(effect.timer);
      else this.#effects.push(effect);
    }
  }

  #event(event: SipEvent): void {
    if (event.kind === 'response' && this.desk.responded(this.nowMs, event)) return;
    const owner =
      'dialog' in event && event.dialog ? this.desk.dialogOwner(event.dialog) : undefined;
    if (owner === undefined) this.unowned.push(event);
    else owner(this.nowMs, event);
  }
}
