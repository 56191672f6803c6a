/** A registrar with two users, and clients that answer its challenges. */
import { type Handled, Registrar } from '../../../edge/registrar/registrar.ts';
import type { Flow, ResponseDraft } from '../../../edge/sip/effect.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import {
  type AnswerParts,
  authorization,
  hash,
  type RequestParts,
  request,
  udpFlow,
  valuesOf,
} from './client.ts';

export const alice = 'sip:alice@rejoin.test';
export const contact = 'Contact: <sip:alice@192.0.2.7:5070>;+g.x="a"';

export function make(more: Partial<ConstructorParameters<typeof Registrar>[0]> = {}): Registrar {
  const users = new Map([
    [alice, 'demo'],
    ['sip:bob@rejoin.test', 'demo'],
  ]);
  return new Registrar({ users, domain: 'rejoin.test', hash, secret: 'secret', ...more });
}

export function challengeOf(response: ResponseDraft): string {
  return valuesOf(response.headers, 'WWW-Authenticate')[0] ?? '';
}

/** A request again, with credentials for the challenge that it got. */
export function answered(
  registrar: Registrar,
  parts: RequestParts,
  answer: Partial<AnswerParts> = {},
): SipRequest {
  const { response } = registrar.handle(0, request(), udpFlow);
  const line = authorization({
    challenge: challengeOf(response),
    username: parts.user ?? 'alice',
    method: parts.method ?? 'REGISTER',
    ...answer,
  });
  return request({ ...parts, headers: [...(parts.headers ?? []), line] });
}

export function registered(
  registrar: Registrar,
  parts: RequestParts = {},
  flow: Flow = udpFlow,
): Handled {
  return registrar.handle(0, answered(registrar, { headers: [contact], ...parts }), flow);
}

export function invite(parts: RequestParts = {}): SipRequest {
  return request({ method: 'INVITE', ...parts });
}
