/**
 * What is counted, and its Prometheus text. Counting is a number in a map, because it happens for every message; the numbers become
 * metrics when they are asked for. What stands still (registrations, groups, queues), and what others count (MSRP), is asked from the owner at that moment.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { utf8Decode } from '../bytes/text.ts';
import type { MsrpCounts } from '../msrp/host-state.ts';
import { metricReasonsMax } from './limit.ts';
import { Tally } from './tally.ts';

export type Direction = 'in' | 'out';

/** What the process holds at the moment. */
export type Levels = {
  readonly registrations: number;
  readonly groups: number;
  readonly participations: Readonly<Record<string, number>>;
  /** Records that wait, by queue. */
  readonly queues: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  /** Open connections by protocol. */
  readonly connections: Readonly<Record<string, number>>;
};

const sipMethods = new Set([
  ...['ACK', 'BYE', 'CANCEL', 'INFO', 'INVITE', 'MESSAGE', 'NOTIFY', 'OPTIONS', 'PRACK'],
  ...['PUBLISH', 'REFER', 'REGISTER', 'SUBSCRIBE', 'UPDATE'],
]);

const storeBuckets = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** As many bytes as a method, or a version and a status, may have. */
const firstWordsBytes = 24;

export class Metrics {
  readonly #registry = new Registry();
  readonly #sip: Tally;
  readonly #sipRefused: Tally;
  readonly #msrpMessages: Tally;
  readonly #msrpBytes: Tally;
  readonly #msrpRefused: Tally;
  readonly #messages: Tally;
  readonly #segments: Tally;
  readonly #takeOvers: Tally;
  readonly #store: Histogram<'operation'>;

  #msrp: () => readonly Readonly<MsrpCounts>[] = () => [];
  readonly #levels: () => Levels | Promise<Levels>;
  readonly #registrations: Gauge;
  readonly #groups: Gauge;
  readonly #deadLetters: Gauge;
  readonly #participations: Gauge<'state'>;
  readonly #queues: Gauge<'queue'>;
  readonly #connections: Gauge<'protocol'>;

  constructor(levels: () => Levels | Promise<Levels>) {
    this.#levels = levels;
    this.#sip = this.#tally('sip_messages_total', 'SIP messages', ['direction', 'method', 'class']);
    this.#sipRefused = this.#tally('sip_refused_total', 'SIP bytes that were no message', [
      'reason',
    ]);
    this.#msrpMessages = this.#tally('msrp_messages_total', 'Whole MSRP messages', ['direction']);
    this.#msrpBytes = this.#tally('msrp_bytes_total', 'Bytes of MSRP', ['direction']);
    this.#msrpRefused = this.#tally(
      'msrp_refused_total',
      'MSRP requests refused, and bytes that were none',
      ['status'],
    );
    this.#messages = this.#tally('messages_total', 'Messages stored for later, and delivered', [
      'outcome',
    ]);
    this.#segments = this.#tally('segments_total', 'Segments of deferred messages written', []);
    this.#takeOvers = this.#tally('take_overs_total', 'Participations taken over', []);
    this.#store = new Histogram({
      name: 'rejoin_store_seconds',
      help: 'Time that calls of the store took',
      labelNames: ['operation'],
      buckets: storeBuckets,
      registers: [this.#registry],
    });
    this.#registrations = this.#gauge('registrations', 'Registered clients');
    this.#groups = this.#gauge('groups', 'Group sessions of the own focus');
    this.#deadLetters = this.#gauge('dead_letters', 'Records that were given up');
    this.#participations = this.#gauge('participations', 'Participations by state', ['state']);
    this.#queues = this.#gauge('queue_depth', 'Records that wait in a queue', ['queue']);
    this.#connections = this.#gauge('connections', 'Open connections', ['protocol']);
  }

  /** Adds what the platform tells of the process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Counts a SIP message by its method and, if it's a response, the class of its status. */
  sip(direction: Direction, method: string, status?: number): void {
    const kind = status === undefined ? 'request' : `${Math.floor(status / 100)}xx`;
    this.#sip.add(1, direction, sipMethods.has(method) ? method : 'other', kind);
  }

  /** Counts a SIP message that goes out, by its first words. */
  sipSent(bytes: Uint8Array): void {
    const [first = '', second] = utf8Decode(bytes.subarray(0, firstWordsBytes)).split(' ', 2);
    if (first === 'SIP/2.0') this.sip('out', 'response', Number(second));
    else this.sip('out', first);
  }

  sipRefused(reason: string): void {
    this.#sipRefused.add(1, reason);
  }

  /** Has what MSRP hosts count read when somebody asks. */
  watchMsrp(counts: () => readonly Readonly<MsrpCounts>[]): void {
    this.#msrp = counts;
  }

  /** Messages stored for later. */
  deferred(messages: number): void {
    this.#messages.add(messages, 'deferred');
  }

  /** Messages that a client has acknowledged. */
  delivered(messages: number): void {
    this.#messages.add(messages, 'delivered');
  }

  segments(count: number): void {
    this.#segments.add(count);
  }

  /** A participation came here from an edge that was lost. */
  takenOver(): void {
    this.#takeOvers.add(1);
  }

  storeTook(operation: string, durationMs: number): void {
    this.#store.observe({ operation }, durationMs / 1000);
  }

  /** Messages deferred and delivered since the start. */
  get totals(): { readonly deferred: number; readonly delivered: number } {
    return {
      deferred: this.#messages.value('deferred'),
      delivered: this.#messages.value('delivered'),
    };
  }

  /** What goes wrong, since the start: answers of the class 5xx that were given, and participations that were taken over. */
  get troubles(): { readonly serverErrors: number; readonly takeOvers: number } {
    const refused = this.#sip
      .entries()
      .filter(({ labels }) => labels.direction === 'out' && labels.class === '5xx');
    const serverErrors = refused.reduce((sum, { value }) => sum + value, 0);
    return { serverErrors, takeOvers: this.#takeOvers.value() };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in Prometheus's text format. */
  async text(): Promise<string> {
    this.#setLevels(await this.#levels());
    this.#readMsrp();
    return await this.#registry.metrics();
  }

  #readMsrp(): void {
    const all = this.#msrp();
    const sum = (one: (counts: Readonly<MsrpCounts>) => number): number =>
      all.reduce((total, counts) => total + one(counts), 0);
    const read: readonly (readonly [Tally, string, (counts: Readonly<MsrpCounts>) => number])[] = [
      [this.#msrpMessages, 'in', ({ messagesReceived }) => messagesReceived],
      [this.#msrpMessages, 'out', ({ messagesSent }) => messagesSent],
      [this.#msrpBytes, 'in', ({ bytesReceived }) => bytesReceived],
      [this.#msrpBytes, 'out', ({ bytesSent }) => bytesSent],
      [this.#msrpRefused, 'none', ({ malformed }) => malformed],
    ];
    for (const [tally, label, one] of read) tally.set(sum(one), label);
    for (const status of new Set(all.flatMap(({ refusals }) => [...refusals.keys()]))) {
      const refused = sum(({ refusals }) => refusals.get(status) ?? 0);
      this.#msrpRefused.set(refused, String(status));
    }
  }

  #tally(name: string, help: string, labels: readonly string[]): Tally {
    const tally = new Tally(labels, metricReasonsMax);
    new Counter({
      name: `rejoin_${name}`,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels: values, value } of tally.entries()) this.inc(values, value);
      },
    });
    return tally;
  }

  #gauge<Name extends string = never>(name: string, help: string, labelNames: Name[] = []) {
    const registers = [this.#registry];
    return new Gauge({ name: `rejoin_${name}`, help, labelNames, registers });
  }

  #setLevels(levels: Levels): void {
    this.#registrations.set(levels.registrations);
    this.#groups.set(levels.groups);
    this.#deadLetters.set(levels.deadLetters);
    setAll(this.#participations, levels.participations);
    setAll(this.#queues, levels.queues);
    setAll(this.#connections, levels.connections);
  }
}

function setAll<Name extends string>(
  gauge: Gauge<Name>,
  values: Readonly<Record<string, number>>,
): void {
  gauge.reset();
  for (const [name, value] of Object.entries(values)) gauge.labels(name).set(value);
}
