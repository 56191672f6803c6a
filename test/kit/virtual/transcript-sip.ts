/** The details of a SIP message that the procedures of deferred delivery turn on, one line each. */
import { findPart, parseMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Decode } from '../../../edge/bytes/text.ts';
import { header, headerValues } from '../../../edge/sip/header.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import { readResourceLists } from '../../../edge/xml/resource-lists.ts';

const shown = [
  ...['From', 'P-Asserted-Identity', 'Referred-By', 'Contribution-ID', 'Subject', 'Accept-Contact'],
  ...['Require', 'Reason', 'Warning', 'Event', 'Subscription-State', 'Expires'],
];
/** Where the parties are is only told of an INVITE that begins something. */
const ofInvite = new Set(['From', 'P-Asserted-Identity', 'Accept-Contact', 'Subject']);
const directions = /a=(sendrecv|sendonly|recvonly|inactive)/;

/** What is told of a message besides its first line. */
export function sipDetails(message: SipMessage): readonly string[] {
  return [...headersOf(message), ...contactOf(message), ...bodyOf(message)];
}

function headersOf(message: SipMessage): readonly string[] {
  const isFirst = message.kind === 'request' && message.method === 'INVITE' && !isWithin(message);
  return shown
    .filter((name) => isFirst || !ofInvite.has(name))
    .flatMap((name) => headerValues(message, name).map((value) => `${name}: ${plain(value)}`));
}

function isWithin(message: SipMessage): boolean {
  return (header(message, 'To') ?? '').includes(';tag=');
}

/** A Contact that says more than an address: a focus, or which device it is. */
function contactOf(message: SipMessage): readonly string[] {
  const contact = header(message, 'Contact') ?? '';
  const uri = /<[^>]*>/.exec(contact)?.[0] ?? '';
  const instance = /\+sip\.instance="([^"]*)"/.exec(contact)?.[1];
  return [
    ...(contact.includes(';isfocus') ? [`Contact: ${uri};isfocus`] : []),
    ...(instance === undefined ? [] : [`Contact with +sip.instance ${instance}`]),
  ];
}

function bodyOf(message: SipMessage): readonly string[] {
  const type = header(message, 'Content-Type');
  if (type === undefined || message.body.length === 0) return [];
  const parts = parseMultipart(type, message.body) ?? [];
  const sdp = findPart(parts, 'application/sdp');
  const list = findPart(parts, 'application/resource-lists+xml');
  const read = list && readResourceLists(list.body);
  const users = read?.kind === 'recipients' ? read.recipients.map(({ uri }) => uri) : undefined;
  const disposition = list?.headers.find(({ name }) => name === 'Content-Disposition')?.value;
  const chat = findPart(parts, 'message/cpim');
  return [
    ...(sdp === undefined ? [] : [`SDP: ${directions.exec(utf8Decode(sdp.body))?.[0] ?? ''}`]),
    ...(users === undefined ? [] : [`list (${disposition}): ${users.map(bare).join(', ')}`]),
    ...(chat === undefined ? [] : ['with the first message, in CPIM']),
    ...(type.includes('conference-info') ? [`users: ${usersIn(message.body)}`] : []),
  ];
}

function usersIn(body: Uint8Array): string {
  const users = [...utf8Decode(body).matchAll(/<(?:\w+:)?user [^>]*entity="([^"]*)"/g)];
  return users.map((match) => bare(match[1] ?? '')).join(', ');
}

/** Without tags, and with the common beginning of service identifiers left out. */
function plain(value: string): string {
  return value.replace(/;tag=\S+/, '').replace('urn%3Aurn-7%3A3gpp-service.ims.icsi.', '');
}

function bare(uri: string): string {
  return uri.replace('sip:', '').replace('@rejoin.test', '');
}
