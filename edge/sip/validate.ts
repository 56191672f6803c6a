/**
 * What every message must have to be worked on (RFC 3261 8.1.1, 16.3; RFC 4475), with the status that tells what is wrong. Rules of a
 * method, of an extension (Require) or of a hop (Max-Forwards 0) are left to those who serve it.
 */
import { isAddress } from './address.ts';
import { cseq } from './cseq.ts';
import { wholeNumber } from './grammar.ts';
import { canonicalHeader, firstOfList, splitList } from './header.ts';
import { maxForwardsMax, numberMax } from './limit.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { isPlainUri } from './uri.ts';
import { isVia } from './via.ts';

export type Problem = { readonly status: number; readonly reason: string };

/** The first thing that is wrong with a request; undefined if it is sound. */
function validateRequest(request: SipRequest): Problem | undefined {
  return uriProblem(request) ?? headerProblem(request);
}

/** The first thing that is wrong with a message; undefined if it is sound. */
export function validateMessage(message: SipMessage): Problem | undefined {
  return message.kind === 'request' ? validateRequest(message) : headerProblem(message);
}

function uriProblem({ uri }: SipRequest): Problem | undefined {
  if (isPlainUri(uri)) return undefined;
  // RFC 4475 3.1.2.13: headers of a Request-URI must not become headers of a request.
  const isOfOtherScheme = /^(?!sips?:|tel:)[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-~]+$/i.test(uri);
  return isOfOtherScheme
    ? { status: 416, reason: 'the scheme of the Request-URI is not served' }
    : bad('the Request-URI is malformed or has headers');
}

type Rule = {
  /** Headers with a bit of their own are there once at most. */
  readonly bit: number;
  readonly isSound: (value: string) => boolean;
};

const rules: ReadonlyMap<string, Rule> = new Map([
  ['From', { bit: 1, isSound: isAddress }],
  ['To', { bit: 2, isSound: isAddress }],
  ['Call-ID', { bit: 4, isSound: isFilled }],
  ['CSeq', { bit: 8, isSound: isFilled }],
  ['Max-Forwards', { bit: 16, isSound: isHopCount }],
  ['Content-Length', { bit: 32, isSound: isNumber }],
  ['Content-Type', { bit: 64, isSound: isFilled }],
  ['Contact', { bit: 0, isSound: isContact }],
  // RFC 4475 3.1.2.12: another time zone than GMT is an error.
  ['Date', { bit: 128, isSound: isInGmt }],
]);
/** From, To, Call-ID and CSeq have to be there. */
const needed = 1 | 2 | 4 | 8;

function headerProblem(message: SipMessage): Problem | undefined {
  let seen = 0;
  for (const { name, value } of message.headers) {
    const rule = rules.get(name);
    if (rule === undefined) continue;
    if ((seen & rule.bit) !== 0) return bad(`${name} is doubled`);
    if (!rule.isSound(value)) return bad(`${name} is malformed`);
    seen |= rule.bit;
  }
  if ((seen & needed) !== needed) return bad('From, To, Call-ID or CSeq is missing');
  const via = canonicalHeader(message, 'Via');
  const isSound = via !== undefined && isVia(firstOfList(via));
  return isSound ? sequenceProblem(message) : bad('Via is missing or malformed');
}

function isFilled(value: string): boolean {
  return value !== '';
}

function isHopCount(value: string): boolean {
  return wholeNumber(value, maxForwardsMax) !== undefined;
}

function isNumber(value: string): boolean {
  return wholeNumber(value, numberMax) !== undefined;
}

function isContact(value: string): boolean {
  if (value === '*') return true;
  return value.includes(',') ? splitList(value).every(isAddress) : isAddress(value);
}

function isInGmt(value: string): boolean {
  return value.endsWith(' GMT');
}

function sequenceProblem(message: SipMessage): Problem | undefined {
  const sequence = cseq(message);
  if (sequence === undefined) return bad('CSeq is malformed');
  const isMatch = message.kind === 'response' || sequence.method === message.method;
  return isMatch ? undefined : bad('CSeq names another method');
}

function bad(reason: string): Problem {
  return { status: 400, reason };
}
