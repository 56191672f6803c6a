/** Every reader of SIP headers over a message or a value, and what their answers have to do with one another. */
import { findPart, parseMultipart } from '../../edge/bytes/multipart.ts';
import { addressParam, isAddress, parseAddress, printAddress } from '../../edge/sip/address.ts';
import { acceptedSession, minimum, tooSmall } from '../../edge/sip/agent/session-timer.ts';
import { parseChallenge, parseCredentials } from '../../edge/sip/authorization.ts';
import { contacts, routes } from '../../edge/sip/contact.ts';
import { cseq } from '../../edge/sip/cseq.ts';
import { expires, maxForwards, numberHeader } from '../../edge/sip/expires.ts';
import { firstOfList, header, headerValues, splitList } from '../../edge/sip/header.ts';
import type { SipMessage } from '../../edge/sip/message.ts';
import { findParam, param, parseParams, quote, unquote } from '../../edge/sip/params.ts';
import { printReason, reasons } from '../../edge/sip/reason.ts';
import { callId, fromTag, toTag } from '../../edge/sip/tags.ts';
import { addressOfRecord, isPlainUri, parseUri, printUri, sameUri } from '../../edge/sip/uri.ts';
import { isVia, parseVia, printVia, topVia } from '../../edge/sip/via.ts';
import { hold, holdSame } from './hold.ts';

export const typedNames: readonly string[] = [
  ...['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Contact', 'Route', 'Record-Route'],
  ...['Path', 'Expires', 'Min-Expires', 'Reason', 'Session-Expires', 'Min-SE', 'Authorization'],
  ...['WWW-Authenticate', 'Supported', 'Content-Type', 'Refer-To', 'P-Asserted-Identity'],
];

/** Every typed header of a message. */
export function readMessage(message: SipMessage): void {
  topVia(message);
  fromTag(message);
  toTag(message);
  callId(message);
  cseq(message);
  maxForwards(message);
  expires(message);
  numberHeader(message, 'Min-Expires');
  minimum(message);
  readAddresses(message);
  for (const reason of reasons(message)) printReason(reason);
  for (const name of ['Authorization', 'Proxy-Authorization']) {
    for (const value of headerValues(message, name)) parseCredentials(value);
  }
  for (const name of typedNames) headerValues(message, name);
  const type = header(message, 'Content-Type') ?? '';
  findPart(parseMultipart(type, message.body) ?? [], 'application/sdp');
  if (message.kind === 'response') acceptedSession(message);
  else readRequest(message.uri, message);
}

function readAddresses(message: SipMessage): void {
  const found = contacts(message);
  if (found !== '*') for (const { uri } of found) sameUri(uri, `${uri};x`);
  for (const name of ['Route', 'Record-Route', 'Path'] as const) routes(message, name);
  for (const value of headerValues(message, 'P-Asserted-Identity')) parseAddress(value);
}

function readRequest(uri: string, request: SipMessage & { readonly kind: 'request' }): void {
  tooSmall(request, { sessionExpiresS: 1800, minSessionExpiresS: 90 });
  parseUri(uri);
  addressOfRecord(uri);
}

/** A text as every kind of value; answers whether it is one of those that have a form. */
export function readValue(text: string): boolean {
  const isOne = [readVia(text), readAddress(text), readUri(text), readCredentials(text)];
  readParams(text);
  return isOne.includes(true);
}

function readVia(text: string): boolean {
  const via = parseVia(text);
  hold(isVia(text) === (via !== undefined), 'isVia says what parseVia does');
  if (via === undefined) return false;
  holdSame(parseVia(printVia(via)), via, 'a printed Via reads the same');
  return true;
}

function readAddress(text: string): boolean {
  const address = parseAddress(text);
  hold(isAddress(text) === (address !== undefined), 'isAddress says what parseAddress does');
  const tag = addressParam(text, 'tag');
  if (address === undefined) return false;
  holdSame(tag, param(address.params, 'tag'), 'addressParam says what parseAddress does');
  holdSame(parseAddress(printAddress(address)), address, 'a printed address reads the same');
  return true;
}

function readUri(text: string): boolean {
  const uri = parseUri(text);
  hold(isPlainUri(text) === (uri?.headers === ''), 'isPlainUri says what parseUri does');
  const record = addressOfRecord(text);
  if (uri === undefined) return false;
  holdSame(parseUri(printUri(uri)), uri, 'a printed URI reads the same');
  hold(sameUri(text, printUri(uri)), 'a URI equals itself');
  sameUri(text, `${text};x`);
  hold(record !== undefined && addressOfRecord(record) === record, 'an address of record is one');
  return true;
}

function readCredentials(text: string): boolean {
  const credentials = parseCredentials(text);
  holdSame(parseChallenge(text), credentials, 'challenges have the form of credentials');
  return credentials !== undefined;
}

function readParams(text: string): void {
  const params = parseParams(text);
  for (const name of ['tag', 'a', 'expires']) {
    hold(findParam(text, 0, name) === param(params, name), 'findParam says what parseParams does');
  }
  const [first] = splitList(text);
  if (first !== undefined && !/^[\s,]/.test(text)) {
    hold(firstOfList(text).trim() === first, 'firstOfList says what splitList does');
  }
  hold(unquote(quote(text)) === text, 'a quoted text reads the same');
}
