/**
 * A subscription to the roster of a group session at its focus, in a client's name: a dialog, its refreshes, and the notifications
 * that come over it. Who hears of them, and in what dialog, is in `client-subscription.ts`.
 */
import type { SipEvent } from '../sip/effect.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { tagParam } from './invitation-text.ts';
import { ownUri } from './own-uri.ts';

export type FocusAnswer = Extract<SipEvent, { kind: 'response' }>;

export type FocusNews = {
  /** The focus has answered the first SUBSCRIBE. */
  readonly answered: (nowMs: number, answer: FocusAnswer) => void;
  /** To be answered by its transaction. */
  readonly notified: (nowMs: number, transaction: string, request: SipRequest) => void;
  readonly lost: (nowMs: number) => void;
};

export class FocusSubscription {
  readonly #desk: Desk;
  readonly #dialog: string;

  constructor(
    nowMs: number,
    desk: Desk,
    what: {
      readonly user: string;
      readonly identity: string;
      readonly headers: readonly Header[];
      readonly body?: Uint8Array;
    },
    news: FocusNews,
  ) {
    this.#desk = desk;
    this.#dialog = subscribeToRoster(nowMs, desk, what);
    desk.ownDialog(this.#dialog, (atMs, event) => {
      if (event.kind === 'request') news.notified(atMs, event.transaction, event.request);
      else if (event.kind === 'response') news.answered(atMs, event);
      else news.lost(atMs);
    });
  }

  /** Another SUBSCRIBE, to go on or to end it. */
  refresh(
    nowMs: number,
    request: { readonly headers: readonly Header[]; readonly body: Uint8Array },
    then: (nowMs: number, answer: FocusAnswer) => void,
  ): void {
    const { agent } = this.#desk;
    const transaction = agent.requestInDialog(nowMs, this.#dialog, {
      method: 'SUBSCRIBE',
      ...request,
    });
    this.#desk.onResponse(transaction, then);
  }

  /** Forgets it without a word. */
  forget(nowMs: number): void {
    this.#desk.leaveDialog(this.#dialog);
    this.#desk.agent.end(nowMs, this.#dialog);
  }
}

/** Sends the first SUBSCRIBE in the name of a user (003 5.2.3.5); answers the dialog. */
export function subscribeToRoster(
  nowMs: number,
  desk: Desk,
  what: {
    readonly user: string;
    readonly identity: string;
    readonly headers: readonly Header[];
    readonly body?: Uint8Array;
  },
): string {
  const { user, identity, headers, body } = what;
  const { agent, options } = desk;
  return agent.subscribe(
    nowMs,
    {
      method: 'SUBSCRIBE',
      uri: identity,
      headers: [
        { name: 'From', value: `<${user}>` },
        { name: 'To', value: `<${identity}>` },
        { name: 'Contact', value: `<${ownUri(desk)}>` },
        { name: 'P-Asserted-Identity', value: `<${user}>` },
        { name: 'Accept-Contact', value: `*;${tagParam(options.featureTag)}` },
        ...headers,
      ],
      ...(body === undefined ? {} : { body }),
    },
    options.resolve(identity),
  );
}
