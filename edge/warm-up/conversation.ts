/**
 * Both ends of a group session that is deferred at once, over one connection: a focus invites a user, whose phone accepts, and leaves with
 * a BYE that says it is only away. Text as it stands on the wire; nothing here is more than this one conversation needs.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { User } from '../../shared/users.ts';
import type { Line } from './line.ts';

/** The user that is invited, who registers with digest like any other. */
export type Person = User & { readonly domain: string };

const crlf = '\r\n';

export function newPerson(domain: string): Person {
  return { uri: `sip:phone@${domain}`, domain, password: randomBytes(16).toString('hex') };
}

/** Plays it; answers the path where the Participating Function takes the messages of the focus, and its port. */
export async function deferOne(
  line: Line,
  person: Person,
): Promise<{ readonly path: string; readonly port: number }> {
  await register(line, person);
  line.say(focusInvite(person));
  const invite = await line.hear(/^INVITE .*?\r\n\r\n/ms);
  line.say(phoneAnswer(invite[0]));
  const answer = await line.hear(/^SIP\/2\.0 200 .*?a=path:(msrp:\/\/[^:]+:(\d+)\/\S+)/ms);
  line.say(requestOf('ACK', answer[0], { isCaller: true }));
  line.say(requestOf('BYE', invite[0], { isCaller: false, reason: 'SIP;cause=480' }));
  await line.hear(/^SIP\/2\.0 200 /m);
  return { path: answer[1] ?? '', port: Number(answer[2]) };
}

async function register(line: Line, { uri: user, domain, password }: Person): Promise<void> {
  const uri = `sip:${domain}`;
  const request = (number: number, more: readonly string[]): string =>
    lines([
      `REGISTER ${uri} SIP/2.0`,
      `Via: SIP/2.0/TCP phone.invalid;branch=z9hG4bKr${number}`,
      `From: <${user}>;tag=r`,
      `To: <${user}>`,
      'Call-ID: register',
      `CSeq: ${number} REGISTER`,
      'Contact: <sip:phone@phone.invalid;transport=tcp>;+sip.instance="<urn:uuid:phone>"',
      'Max-Forwards: 70',
      ...more,
    ]);
  line.say(request(1, []));
  const nonce = (await line.hear(/^SIP\/2\.0 401 .*?nonce="([^"]+)".*?\r\n\r\n/ms))[1] ?? '';
  const hash = (text: string): string => createHash('md5').update(text).digest('hex');
  const secret = `${hash(`phone:${domain}:${password}`)}:${nonce}`;
  const response = hash(`${secret}:00000001:c:auth:${hash(`REGISTER:${uri}`)}`);
  const credentials = `username="phone", realm="${domain}", nonce="${nonce}", uri="${uri}"`;
  const proof = `response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`;
  line.say(request(2, [`Authorization: Digest ${credentials}, ${proof}`]));
  await line.hear(/^SIP\/2\.0 200 .*?\r\n\r\n/ms);
}

function focusInvite({ uri }: Person): string {
  return lines(
    [
      `INVITE ${uri} SIP/2.0`,
      'Via: SIP/2.0/TCP focus.invalid;branch=z9hG4bKi',
      'From: <sip:group@focus.invalid>;tag=f',
      `To: <${uri}>`,
      'Call-ID: invite',
      'CSeq: 1 INVITE',
      'Contact: <sip:group@focus.invalid;transport=tcp>;isfocus',
      'P-Asserted-Identity: <sip:group@focus.invalid>',
      'Contribution-ID: abcdef0123456789',
      'Conversation-ID: 0123456789abcdef',
      'Max-Forwards: 70',
      'Content-Type: application/sdp',
    ],
    media('focus', 'active'),
  );
}

/** 200 to an INVITE, from a phone that means to connect and never does. */
function phoneAnswer(invite: string): string {
  const kept = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
    [...invite.matchAll(new RegExp(`^${name}: .*$`, 'gm'))].map(([header]) => header.trim()),
  );
  return lines(
    [
      'SIP/2.0 200 OK',
      ...kept,
      `To: ${headerOf(invite, 'To')};tag=p`,
      'Contact: <sip:phone@phone.invalid;transport=tcp>;+sip.instance="<urn:uuid:phone>"',
      'Content-Type: application/sdp',
    ],
    media('phone', 'active'),
  );
}

/** A request within the dialog of an INVITE that was heard, or of a 200 to one. */
function requestOf(
  method: 'ACK' | 'BYE',
  heard: string,
  { isCaller, reason }: { readonly isCaller: boolean; readonly reason?: string },
): string {
  const from = headerOf(heard, isCaller ? 'From' : 'To') + (isCaller ? '' : ';tag=p');
  const target = /<([^>]+)>/.exec(headerOf(heard, 'Contact'))?.[1] ?? '';
  return lines([
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/TCP peer.invalid;branch=z9hG4bK${method}`,
    `From: ${from}`,
    `To: ${headerOf(heard, isCaller ? 'To' : 'From')}`,
    `Call-ID: ${headerOf(heard, 'Call-ID')}`,
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
  ]);
}

function headerOf(message: string, name: string): string {
  return new RegExp(`^${name}: (.*?)\\r$`, 'm').exec(message)?.[1] ?? '';
}

function media(name: string, setup: 'active'): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${name}.invalid`,
    's=-',
    `c=IN IP4 ${name}.invalid`,
    't=0 0',
    'm=message 9 TCP/MSRP *',
    `a=path:msrp://${name}.invalid:9/${name};tcp`,
    `a=setup:${setup}`,
    'a=accept-types:message/cpim',
    'a=accept-wrapped-types:text/plain',
    'a=sendrecv',
    '',
  ].join(crlf);
}

function lines(head: readonly string[], body = ''): string {
  return [...head, `Content-Length: ${body.length}`, '', body].join(crlf);
}
