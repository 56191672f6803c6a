/** INVITEs of bob's client, and what is kept for him, for the tests of what becomes of such an INVITE. */
import { ClientCalls } from '../../../edge/participating/calls.ts';
import type { LookupResult, UserFound } from '../../../edge/participating/effect.ts';
import { Registry } from '../../../edge/participating/registry.ts';
import type { SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import type { Participation, Phase } from '../../../shared/core/participation/state.ts';
import { epochOfEdge, epochStart } from '../../../shared/core/position.ts';
import { DeskWorld, peerHost, pf } from './desk-world.ts';

export const bob = 'sip:bob@rejoin.test';
export const alice = 'sip:alice@rejoin.test';
export const groupUri = 'sip:group@cf.test';

export const sdp = [
  'v=0',
  `o=- 1 1 IN IP4 ${peerHost}`,
  's=-',
  `c=IN IP4 ${peerHost}`,
  't=0 0',
  'm=message 2855 TCP/MSRP *',
  `a=path:msrp://${peerHost}:2855/session;tcp`,
  'a=setup:actpass',
  'a=accept-types:message/cpim',
  'a=accept-wrapped-types:text/plain',
  '',
].join('\r\n');

export function participation(phase: Phase, more: Partial<Participation> = {}): Participation {
  return {
    user: bob,
    contributionId: 'c1',
    phase,
    epoch: 1,
    edge: 'edge-1',
    counter: 3,
    group: {
      identity: groupUri,
      headers: [{ name: 'Contribution-ID', value: 'c1' }],
      from: `<${groupUri}>`,
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['text/plain'],
    },
    roster: [alice, bob],
    cursor: epochStart(1),
    last: epochStart(1),
    awaySinceMs: 0,
    isAvailableAgain: false,
    changedAtMs: 0,
    ...more,
  };
}

export function found(...participations: readonly Participation[]): UserFound {
  const epoch = epochOfEdge(Math.max(0, ...participations.map((one) => one.epoch)));
  return { isKnown: true, bindings: [], participations, epoch };
}

export const nobody: UserFound = { isKnown: false, bindings: [], participations: [], epoch: 0 };

type Draft = {
  readonly uri?: string;
  /** A Request-URI that no parser lets through. */
  readonly toldUri?: string;
  readonly callId?: string;
  readonly contributionId?: string;
  readonly type?: string;
  readonly body?: string;
  readonly more?: readonly string[];
};

export class CallsWorld extends DeskWorld {
  readonly registry = new Registry(this.desk);
  readonly calls = new ClientCalls(this.desk, this.registry);
  readonly #answered = new Set<number>();

  /** Bob's client invites. */
  invite(draft: Draft = {}): void {
    this.#send('INVITE', draft);
    const event = this.unowned.findLast(({ kind }) => kind === 'invite');
    if (event?.kind !== 'invite') throw new Error('no INVITE has come');
    this.unowned.length = 0;
    const request = { ...event.request, uri: draft.toldUri ?? event.request.uri };
    this.do((nowMs) => this.calls.invited(nowMs, { ...event, request }, bob));
  }

  /** The client gives up. */
  cancel(draft: Draft = {}): void {
    this.#send('CANCEL', { ...draft, body: '' });
  }

  /** Users who are looked up and not found yet. */
  get lookups(): readonly string[] {
    return this.#open().map(({ user }) => user);
  }

  /** Answers the look-ups of a user that are open; undefined: the store doesn't answer. */
  answer(user: string, result: UserFound | undefined): void {
    for (const { lookup, kind } of this.#open().filter((one) => one.user === user)) {
      this.#answered.add(lookup);
      this.do((nowMs) => this.desk.found(nowMs, lookup, answerTo(kind, result)));
    }
  }

  /** Final answers that the client has got. */
  get statuses(): readonly number[] {
    return this.#finals().map(({ status }) => status);
  }

  get lastResponse(): SipResponse | undefined {
    return this.#finals().at(-1);
  }

  /** INVITEs that the focus has got. */
  get relayed(): readonly SipRequest[] {
    return this.peer.requests('INVITE');
  }

  /** The call that the functions were asked about last. */
  get asked(): {
    readonly call: string;
    readonly contributionId: string;
    readonly instance?: string;
  } {
    const report = this.effects('report').findLast(({ event }) => event.kind === 'rejoin');
    if (report?.event.kind !== 'rejoin') throw new Error('nobody was asked');
    const { call, instance } = report.event;
    const { contributionId } = report.name;
    return { call, contributionId, ...(instance === undefined ? {} : { instance }) };
  }

  get isAsked(): boolean {
    return this.effects('report').some(({ event }) => event.kind === 'rejoin');
  }

  #finals(): readonly SipResponse[] {
    return this.peer
      .responses()
      .filter(
        ({ status, headers }) =>
          status >= 200 &&
          headers.some(({ name, value }) => name === 'CSeq' && value.endsWith('INVITE')),
      );
  }

  #open() {
    const asked = [...this.effects('find-user'), ...this.effects('find-clients')];
    return asked.filter(({ lookup }) => !this.#answered.has(lookup));
  }

  #send(method: string, draft: Draft): void {
    const { uri = groupUri, callId = 'call-1', contributionId = 'c1', more = [] } = draft;
    const { type = 'application/sdp', body = sdp } = draft;
    const id = contributionId === '' ? [] : [`Contribution-ID: ${contributionId}`];
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${peerHost}:5060;branch=z9hG4bK${callId}`,
      'Max-Forwards: 70',
      `From: <${bob}>;tag=${callId}`,
      `To: <${uri}>`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:bob@${peerHost}:5060>`,
      ...(body === '' ? [] : [`Content-Type: ${type}`]),
      ...id,
      ...more,
    ];
    this.peer.send(pf, lines, { body });
  }
}

function answerTo(kind: 'find-user' | 'find-clients', user: UserFound | undefined): LookupResult {
  if (user === undefined) return { kind: 'fault' };
  return kind === 'find-user' ? { kind: 'user', user } : { kind: 'clients', clients: user };
}
