/**
 * Writes down what passes in a virtual world, for people who know the specification: who sends what to whom, and of each message what the
 * procedures of deferred delivery turn on. Left out are ACKs, 100s and the REGISTER that is challenged. The same world gives the same
 * text.
 */
import { FrameReader } from '../../../edge/msrp/frame-reader.ts';
import { reasonPhrase } from '../../../edge/sip/agent/reason-phrase.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import type { Carried } from './station.ts';
import { frameText } from './transcript-msrp.ts';
import { sipDetails } from './transcript-sip.ts';
import type { World } from './world.ts';

const widthMax = 100;

export class Transcript {
  readonly #world: World;
  readonly #startMs: number;
  readonly #lines: string[] = [];
  readonly #readers = new Map<string, FrameReader>();
  /** What a response over MSRP answers, by transaction. */
  readonly #sends = new Map<string, string>();

  constructor(world: World, title: string) {
    this.#world = world;
    this.#startMs = world.nowMs;
    this.#lines.push(title, '='.repeat(title.length), '');
    world.network.watchers.push({
      sip: (carried) => this.#sip(carried),
      msrp: (way, ends, bytes) => this.#msrp(way, ends, bytes),
    });
  }

  /** Something that happens between the messages. */
  note(text: string): void {
    this.#lines.push('', `${this.#time()}  -- ${text}`);
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #sip({ from, to, message }: Carried): void {
    if (isNoise(message)) return;
    const line =
      message.kind === 'request'
        ? `${nameOf(message)} ${message.uri}`
        : `${message.status} ${reasonPhrase(message.status)} (${methodOf(message)})`;
    this.#add(from, to, line);
    for (const detail of sipDetails(message)) this.#detail(detail);
  }

  #msrp(way: string, ends: { from: string; to: string }, bytes: Uint8Array): void {
    const reader = this.#readers.get(way) ?? new FrameReader();
    this.#readers.set(way, reader);
    reader.push(new Uint8Array(bytes));
    for (let read = reader.next(); read.kind === 'frame'; read = reader.next()) {
      const text = frameText(read.frame, this.#sends);
      if (text !== undefined) this.#add(ends.from, ends.to, text);
    }
  }

  #add(from: string, to: string, text: string): void {
    const ends = `${short(from).padEnd(6)} -> ${short(to).padEnd(6)}`;
    this.#lines.push(`${this.#time()}  ${ends}  ${text}`.slice(0, widthMax).trimEnd());
  }

  #detail(text: string): void {
    this.#lines.push(`${' '.repeat(29)}${text}`.slice(0, widthMax).trimEnd());
  }

  #time(): string {
    return `${((this.#world.nowMs - this.#startMs) / 1000).toFixed(3).padStart(8)}`;
  }
}

function short(host: string): string {
  return host.replace('.test', '');
}

function nameOf(request: Extract<SipMessage, { kind: 'request' }>): string {
  const isWithin = (header(request, 'To') ?? '').includes(';tag=');
  return request.method === 'INVITE' && isWithin ? 're-INVITE' : request.method;
}

function methodOf(message: SipMessage): string {
  return header(message, 'CSeq')?.split(' ')[1] ?? '';
}

function isNoise(message: SipMessage): boolean {
  if (message.kind === 'response') return message.status === 100 || message.status === 401;
  if (message.method === 'ACK') return true;
  return message.method === 'REGISTER' && header(message, 'Authorization') === undefined;
}
