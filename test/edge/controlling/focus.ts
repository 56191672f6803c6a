/** The focus in a test, and a store that keeps groups as the functions would. */
import { Controlling } from '../../../edge/controlling/controlling.ts';
import type { ControllingOptions } from '../../../edge/controlling/desk.ts';
import type { ControllingEffect, GroupKey } from '../../../edge/controlling/effect.ts';
import { decideGroup, type GroupEvent, type GroupState } from '../../../shared/core/group.ts';
import { at, Node, newToken, type World } from './network.ts';

export const domain = 'rejoin.test';
export const factory = `sip:conference-factory@${domain}`;

export function uriOf(name: string): string {
  return `sip:${name}@${domain}`;
}

/** What the functions keep, and what they were told. */
export class Store {
  readonly events: GroupEvent[] = [];
  readonly groups = new Map<string, GroupState>();
  readonly names = new Map<string, string>();
  /** `hold`: neither answered nor kept until released. */
  mode: 'store' | 'refuse' | 'hold' = 'store';
  lookups: 'answer' | 'fault' | 'hold' = 'answer';
  readonly held: (() => void)[] = [];

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  apply(event: GroupEvent): void {
    this.events.push(event);
    const known = this.groups.get(event.contributionId);
    const { state, effects } = decideGroup(known, event);
    if (state !== undefined) this.groups.set(event.contributionId, state);
    for (const { identity, contributionId } of effects) this.names.set(identity, contributionId);
  }

  find(key: GroupKey): GroupState | undefined {
    const contributionId = key.contributionId ?? this.names.get(key.groupId ?? '') ?? '';
    return this.groups.get(contributionId);
  }

  /** Goes on with what was held. */
  release(): void {
    for (const one of this.held.splice(0)) one();
  }
}

/** The focus. */
export class Focus {
  readonly node: Node;
  readonly store: Store;
  controlling: Controlling;
  readonly options: ControllingOptions;

  constructor(world: World, options: Partial<ControllingOptions> = {}, store = new Store()) {
    this.store = store;
    const messageBytesMax = options.messageBytesMax ?? 100_000;
    this.node = new Node(world, 'focus', messageBytesMax);
    this.options = {
      agent: this.node.agent,
      msrp: this.node.msrp,
      domain,
      factory,
      newToken,
      newGroup: newToken,
      resolve: (uri) => at(/^sip:([^@]+)@/.exec(uri)?.[1] ?? 'nowhere'),
      groupIdleMs: 300_000,
      membersMax: 10,
      messageBytesMax,
      holdMs: 10_000,
      isTrusted: (flow) => flow.host !== 'stranger',
      ...options,
    };
    this.controlling = new Controlling(this.options);
    this.node.onSip = (nowMs, event) => this.controlling.sip(nowMs, event);
    this.node.onMsrp = (nowMs, event) => this.controlling.msrp(nowMs, event);
    this.node.onSettle = () => this.#settle();
  }

  #settle(): boolean {
    const effects = this.controlling.drain();
    for (const effect of effects) this.#carryOut(effect);
    return effects.length > 0;
  }

  #carryOut(effect: ControllingEffect): void {
    const { node, controlling, store } = this;
    const { world } = node;
    if (effect.kind === 'set-timer') {
      node.setTimer(effect.timer, effect.delayMs, () =>
        controlling.timer(world.nowMs, effect.timer),
      );
    } else if (effect.kind === 'clear-timer') node.clearTimer(effect.timer);
    else if (effect.kind === 'report') {
      const { mode } = store;
      const answer = (): void => {
        if (mode !== 'refuse') store.apply(effect.event);
        node.do(() => controlling.reported(world.nowMs, effect.report, mode !== 'refuse'));
      };
      if (mode === 'hold') store.held.push(answer);
      else world.after(1, answer);
    } else {
      const { lookups } = store;
      const answer = (): void => {
        const found = lookups === 'fault' ? lookups : store.find(effect);
        node.do(() => controlling.groupFound(world.nowMs, effect.lookup, found));
      };
      if (lookups === 'hold') store.held.push(answer);
      else world.after(1, answer);
    }
  }
}
