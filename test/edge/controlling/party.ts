/** A member in a test: a SIP agent and an MSRP host that act as a client, or the function that acts for it, would. */
import { expect } from 'vitest';
import { printMultipart } from '../../../edge/bytes/multipart.ts';
import { readOffer } from '../../../edge/controlling/request.ts';
import { answerSetup, isOffererActive } from '../../../edge/sdp/negotiate.ts';
import { parseAddress } from '../../../edge/sip/address.ts';
import type { SipEvent } from '../../../edge/sip/effect.ts';
import { header } from '../../../edge/sip/header.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';
import { type Recipient, writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import { factory, uriOf } from './focus.ts';
import { at, type World } from './network.ts';
import { Watcher } from './watcher.ts';

export class Party extends Watcher {
  /** What to do with an INVITE: answer with this status, or leave it. */
  onInvite: number | 'leave' = 200;
  readonly invites: SipRequest[] = [];
  readonly byes: SipRequest[] = [];
  readonly cancels: SipRequest[] = [];
  readonly responses: Extract<SipEvent, { kind: 'response' }>[] = [];
  readonly refusals: Extract<SipEvent, { kind: 'refused' }>[] = [];
  dialog = '';
  /** The dialog of the INVITE that was sent last. */
  calling = '';
  /** MSRP sessions by dialog. */
  readonly #media = new Map<string, string>();

  constructor(world: World, name: string) {
    super(world, name);
    this.node.onSip = (_nowMs, event) => this.#sip(event);
  }

  // --- calls

  /** Asks the factory for a group. */
  create(
    others: readonly (string | Recipient)[],
    options: { readonly contributionId?: string; readonly headers?: readonly Header[] } = {},
  ): void {
    const { contributionId = 'group-1', headers = [] } = options;
    const recipients = others.map((one) => (typeof one === 'string' ? { uri: uriOf(one) } : one));
    const own = [
      { name: 'Contribution-ID', value: contributionId },
      { name: 'Require', value: 'recipient-list-invite' },
      ...headers,
    ];
    this.call(factory, own, writeResourceLists(recipients));
  }

  /** INVITEs the focus; with a list if there is one. */
  call(uri: string, headers: readonly Header[] = [], list?: Uint8Array): void {
    const { contentType, body } = this.#body(list);
    this.callWith(uri, [{ name: 'Content-Type', value: contentType }, ...headers], body);
  }

  /** INVITEs the focus with a body of any kind. */
  callWith(uri: string, headers: readonly Header[], body: Uint8Array): void {
    const asserted = headers.some(({ name }) => name === 'P-Asserted-Identity')
      ? []
      : [{ name: 'P-Asserted-Identity', value: `<${this.uri}>` }];
    this.calling = this.node.do(() =>
      this.node.agent.invite(
        this.nowMs,
        {
          method: 'INVITE',
          uri,
          headers: [
            { name: 'From', value: `<${this.uri}>` },
            { name: 'To', value: `<${uri}>` },
            { name: 'Contact', value: `<sip:${this.name}@${this.name}:5060>` },
            ...asserted,
            ...headers.filter(({ value }) => value !== ''),
          ],
          body,
        },
        at('focus'),
      ),
    );
    this.#media.set(this.calling, this.session);
  }

  #body(list: Uint8Array | undefined): { contentType: string; body: Uint8Array } {
    const sdp = this.describe('actpass');
    if (list === undefined) return { contentType: 'application/sdp', body: sdp };
    const disposition = { name: 'Content-Disposition', value: 'recipient-list' };
    return printMultipart(
      [
        { headers: [], contentType: 'application/sdp', body: sdp },
        { headers: [disposition], contentType: 'application/resource-lists+xml', body: list },
      ],
      'boundary1',
    );
  }

  /** Answers the INVITE that is waiting. */
  answer(status = 200, headers: readonly Header[] = []): void {
    const request = this.invites.at(-1);
    if (request === undefined) throw new Error(`${this.name} has no INVITE`);
    if (status >= 300 || status < 200) {
      this.node.do(() => this.node.agent.respond(this.nowMs, this.dialog, { status }));
      return;
    }
    const offer = readOffer(request, false);
    if (offer.kind === 'refused') throw new Error(offer.reason);
    this.identity = parseAddress(header(request, 'Contact') ?? '')?.uri ?? '';
    const setup =
      this.sdp.setup === 'passive' ? 'passive' : answerSetup(offer.media.setup, 'active');
    const contact = { name: 'Contact', value: `<sip:${this.name}@${this.name}:5060>` };
    const type = { name: 'Content-Type', value: 'application/sdp' };
    this.node.do(() => {
      const body = this.describe(setup);
      this.#media.set(this.dialog, this.session);
      const draft = { status, headers: [contact, type, ...headers], body };
      this.node.agent.respond(this.nowMs, this.dialog, draft);
      const isActive = setup === 'active';
      this.node.msrp.start(this.nowMs, this.session, { path: offer.media.path, isActive });
    });
  }

  /** Gives the INVITE up. */
  cancel(): void {
    this.node.do(() => this.node.agent.cancel(this.nowMs, this.calling));
  }

  bye(reason?: string): void {
    const headers = reason === undefined ? [] : [{ name: 'Reason', value: reason }];
    this.node.do(() => {
      this.node.agent.bye(this.nowMs, this.dialog, headers);
      this.node.msrp.close(this.nowMs, this.session);
    });
  }

  /** Brings new media within the dialog. */
  reinvite(body: Uint8Array = this.describe('actpass'), headers: readonly Header[] = []): void {
    const type = { name: 'Content-Type', value: 'application/sdp' };
    this.#media.set(this.dialog, this.session);
    this.node.do(() =>
      this.node.agent.reinvite(this.nowMs, this.dialog, { headers: [type, ...headers], body }),
    );
  }

  request(method: string, headers: readonly Header[], body?: Uint8Array): void {
    this.node.do(() =>
      this.node.agent.requestInDialog(this.nowMs, this.dialog, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      }),
    );
  }

  /** A request outside a dialog, answered in `responses`. */
  send(method: string, uri: string, headers: readonly Header[], body?: Uint8Array): void {
    this.node.do(() =>
      this.node.agent.request(
        this.nowMs,
        {
          method,
          uri,
          headers: [
            { name: 'From', value: `<${this.uri}>` },
            { name: 'To', value: `<${uri}>` },
            { name: 'Contact', value: `<sip:${this.name}@${this.name}:5060>` },
            { name: 'P-Asserted-Identity', value: `<${this.uri}>` },
            ...headers,
          ],
          ...(body === undefined ? {} : { body }),
        },
        at('focus'),
      ),
    );
  }

  #sip(event: SipEvent): void {
    switch (event.kind) {
      case 'invite':
        this.invites.push(event.request);
        this.dialog = event.dialog;
        if (this.onInvite !== 'leave') this.answer(this.onInvite);
        return;
      case 'answered':
        this.#answered(event);
        return;
      case 'refused':
        this.refusals.push(event);
        return;
      case 'bye':
        this.byes.push(event.request);
        this.node.msrp.close(this.nowMs, this.#media.get(event.dialog) ?? '');
        return;
      case 'cancelled':
        this.cancels.push(event.request);
        return;
      case 'request':
        this.takeNotify(event);
        return;
      case 'response':
        this.#responded(event);
        return;
      default:
    }
  }

  #answered({ dialog, response }: Extract<SipEvent, { kind: 'answered' }>): void {
    const answer = readOffer(response, false);
    this.dialog = dialog;
    this.session = this.#media.get(dialog) ?? '';
    this.identity = parseAddress(header(response, 'Contact') ?? '')?.uri ?? '';
    if (answer.kind === 'media') this.#start(answer.media);
  }

  #responded(event: Extract<SipEvent, { kind: 'response' }>): void {
    this.responses.push(event);
    const isInvite = event.response && header(event.response, 'CSeq')?.endsWith('INVITE');
    const answer = event.response && readOffer(event.response, false);
    if (isInvite && event.status < 300 && answer?.kind === 'media') this.#start(answer.media);
  }

  #start(media: {
    readonly path: readonly string[];
    readonly setup?: 'active' | 'passive' | 'actpass';
  }): void {
    const isActive = isOffererActive(media.setup);
    this.node.msrp.start(this.nowMs, this.session, { path: media.path, isActive });
  }
}

/** Parties with these names, in a group that the first of them has made. */
export function inGroup(
  world: World,
  names: readonly string[],
  setUp: (party: Party) => void = () => undefined,
): Party[] {
  const parties = names.map((name) => new Party(world, name));
  for (const party of parties) setUp(party);
  parties[0]?.create(names.slice(1), { headers: [{ name: 'Subject', value: 'Trip' }] });
  world.run(100);
  for (const party of parties) expect(party.isUp, `${party.name} is in`).toBe(true);
  return parties;
}
