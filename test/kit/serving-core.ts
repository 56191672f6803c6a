/**
 * The part of an IMS core that serves users (S-CSCF): registers devices, tells the product by third-party REGISTER, and passes requests
 * between devices and product, with nothing authenticated. It keeps no transactions; a way back is in its Via, and what belongs to an
 * INVITE goes the INVITE's way.
 */
import { nowMs } from '../../edge/runtime/clock.ts';
import { SipTransport } from '../../edge/runtime/sip-transport.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { Flow, Target } from '../../edge/sip/effect.ts';
import { header, headerValues, withHeader, withoutHeader } from '../../edge/sip/header.ts';
import type { Header, SipMessage, SipRequest, SipResponse } from '../../edge/sip/message.ts';
import { param } from '../../edge/sip/params.ts';
import { printMessage } from '../../edge/sip/print.ts';
import { flowToken, targetOfToken } from '../../edge/sip/proxy/flow-token.ts';
import { callId, toTag } from '../../edge/sip/tags.ts';
import { addressOfRecord, parseUri } from '../../edge/sip/uri.ts';
import { topVia } from '../../edge/sip/via.ts';
import { Devices, type Told } from './core-devices.ts';
import { until } from './wait.ts';

type Place = { readonly host: string; readonly port: number };

type Way = { readonly uri: string; readonly target: Target; readonly headers: readonly Header[] };

const host = '127.0.0.1';

export class ServingCore {
  readonly #product: () => Place;
  readonly #sip: SipTransport;
  readonly #devices = new Devices();
  readonly #ways = new Map<string, Way>();
  readonly #answers = new Map<string, SipResponse>();
  #port = 0;
  #registers = 0;
  /** Its filter criteria bring back what the product sends for users. */
  isBlind = false;
  /** What third-party REGISTER tells of the devices. */
  told: Told = 'all';
  /** Requests outside dialogs that the product has sent for users. */
  readonly forUsers: SipRequest[] = [];

  /** Methods of what has followed an INVITE hop by hop. */
  readonly followed: string[] = [];

  constructor(product: () => Place) {
    this.#product = product;
    this.#sip = new SipTransport({
      handler: {
        onMessage: (message, flow) => this.#received(message, flow),
        onRefused: () => undefined,
        onFlowClosed: () => undefined,
      },
    });
  }

  async open(): Promise<this> {
    this.#port = await this.#sip.listen({ host, port: 0, setting: 'a free port' });
    return this;
  }

  get place(): Place {
    return { host, port: this.#port };
  }

  async close(): Promise<void> {
    await this.#sip.close();
  }

  /** Tells the product of a user's registration; resolves with the answer. */
  async tell(
    user: string,
    expiresS: number,
    body: Uint8Array = new Uint8Array(),
  ): Promise<SipResponse> {
    this.#registers++;
    const id = `third-party-${this.#registers}`;
    const headers = [
      { name: 'Via', value: `SIP/2.0/TCP ${host}:${this.#port};branch=z9hG4bK${id}` },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `<sip:${host}:${this.#port}>;tag=${id}` },
      { name: 'To', value: `<${user}>` },
      { name: 'Call-ID', value: id },
      { name: 'CSeq', value: '1 REGISTER' },
      { name: 'Contact', value: this.#own() },
      { name: 'Expires', value: String(expiresS) },
      ...(body.length === 0 ? [] : [{ name: 'Content-Type', value: 'message/sip' }]),
    ];
    const uri = `sip:${host}:${this.#product().port}`;
    this.#send({ kind: 'request', method: 'REGISTER', uri, headers, body }, this.#toProduct());
    return await until('the third-party REGISTER is answered', () => this.#answers.get(id));
  }

  #received(message: SipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#answered(message);
    else if (message.method === 'REGISTER') void this.#register(message, flow);
    else if (message.method === 'CANCEL' || this.#isOfRefusal(message)) this.#follow(message, flow);
    else if (toTag(message) !== undefined) this.#within(message, flow);
    else if (this.#isOwn(headerValues(message, 'Route')[0])) this.#forUser(message, flow);
    else if (this.#devices.isAt(flow)) this.#ofDevice(message, flow);
    else this.#ofNetwork(message, flow);
  }

  #answered(response: SipResponse): void {
    const [, ...rest] = headerValues(response, 'Via');
    const way = param(topVia(response)?.params ?? [], 'way');
    const target = way === undefined ? undefined : targetOfToken(way);
    if (target === undefined) this.#answers.set(callId(response) ?? '', response);
    else this.#send(withHeader(response, 'Via', rest.join(', ')), target);
  }

  /** A device registers: it is answered when the product has been told. */
  async #register(request: SipRequest, flow: Flow): Promise<void> {
    const user = addressIn(request, 'To');
    const contacts = this.#devices.register(user, request, flow);
    const ok = answerOf(request, 200, contacts);
    const expiresS = contacts.length === 0 ? 0 : 600;
    await this.tell(user, expiresS, this.#devices.body(this.told, request, ok));
    this.#send(ok, flowTarget(flow));
  }

  /** 3GPP TS 24.229 5.4.3.2: the originating case. */
  #ofDevice(request: SipRequest, flow: Flow): void {
    const user = addressIn(request, 'From');
    const odi = `<sip:orig-${nowMs()}@${host}:${this.#port};transport=tcp;lr;orig>`;
    const headers = [
      { name: 'Route', value: `<sip:${host}:${this.#product().port};lr>, ${odi}` },
      { name: 'Record-Route', value: this.#own() },
      { name: 'P-Asserted-Identity', value: `<${user}>, <tel:+491>` },
      { name: 'P-Served-User', value: `<${user}>;sescase=orig;regstate=reg` },
    ];
    this.#begin(request, flow, { uri: request.uri, target: this.#toProduct(), headers });
  }

  /** 3GPP TS 24.229 5.4.3.3: from elsewhere for a user. */
  #ofNetwork(request: SipRequest, flow: Flow): void {
    const odi = `<sip:term-${nowMs()}@${host}:${this.#port};transport=tcp;lr>`;
    const headers = [
      { name: 'Route', value: `<sip:${host}:${this.#product().port};lr>, ${odi}` },
      { name: 'Record-Route', value: this.#own() },
      { name: 'P-Served-User', value: `<${request.uri}>;sescase=term;regstate=reg` },
    ];
    this.#begin(request, flow, { uri: request.uri, target: this.#toProduct(), headers });
  }

  /** 3GPP TS 24.229 5.4.3.3: with an original dialog identifier it has been through the criteria. */
  #forUser(request: SipRequest, flow: Flow): void {
    const isThrough = header(request, 'Route')?.includes('<sip:term-') === true;
    if (!isThrough) this.forUsers.push(request);
    if (isThrough || !this.isBlind) this.#toDevice(request, flow);
    else this.#ofNetwork(withoutHeader(request, 'Route'), flow);
  }

  /** 3GPP TS 24.229 5.4.3.3, behind the filter criteria: to the device that Accept-Contact asks for, or the last one. */
  #toDevice(request: SipRequest, flow: Flow): void {
    const device = this.#devices.find(addressOfRecord(request.uri) ?? '', request);
    if (device === undefined) this.#send(answerOf(request, 480), flowTarget(flow));
    else {
      const headers = [{ name: 'Record-Route', value: this.#own() }];
      const { uri, target } = device;
      this.#begin(withoutHeader(request, 'Route'), flow, { uri, target, headers });
    }
  }

  #begin(request: SipRequest, flow: Flow, way: Way): void {
    this.#ways.set(branchOf(request), way);
    this.#pass(request, flow, way);
  }

  /** RFC 3261 9.1, 17.1.1.3: the CANCEL, and the ACK of a refusal, have the branch of their INVITE. */
  #isOfRefusal(request: SipRequest): boolean {
    return request.method === 'ACK' && this.#ways.has(branchOf(request));
  }

  #follow(request: SipRequest, flow: Flow): void {
    const way = this.#ways.get(branchOf(request));
    const headers = way?.headers.filter(({ name }) => name === 'Route') ?? [];
    this.followed.push(request.method);
    if (way !== undefined) this.#pass(withoutHeader(request, 'Route'), flow, { ...way, headers });
  }

  /** RFC 3261 16.12: along the routes that the dialog has recorded. */
  #within(request: SipRequest, flow: Flow): void {
    const routes = headerValues(request, 'Route').filter((route) => !this.#isOwn(route));
    const rest = withoutHeader(request, 'Route');
    const next = parseUri(parseAddress(routes[0] ?? '')?.uri ?? request.uri);
    const target = {
      transport: 'tcp',
      host: next?.host ?? host,
      port: next?.port ?? 5060,
    } as const;
    const headers = routes.length === 0 ? [] : [{ name: 'Route', value: routes.join(', ') }];
    this.#pass(rest, flow, { uri: request.uri, target, headers });
  }

  #pass(request: SipRequest, flow: Flow, { uri, target, headers }: Way): void {
    const place = `${host}:${this.#port}`;
    const branch = `z9hG4bK-core-${branchOf(request)}`;
    const value = `SIP/2.0/TCP ${place};branch=${branch};way=${flowToken(flow)}`;
    this.#send(
      { ...request, uri, headers: [{ name: 'Via', value }, ...headers, ...request.headers] },
      target,
    );
  }

  #send(message: SipMessage, target: Target): void {
    this.#sip.send(printMessage(message), target, () => undefined);
  }

  #toProduct(): Target {
    return { transport: 'tcp', ...this.#product() };
  }

  #own(): string {
    return `<sip:${host}:${this.#port};transport=tcp;lr>`;
  }

  #isOwn(route: string | undefined): boolean {
    return route !== undefined && parseUri(parseAddress(route)?.uri ?? '')?.port === this.#port;
  }
}

function addressIn(request: SipRequest, name: string): string {
  return addressOfRecord(parseAddress(header(request, name) ?? '')?.uri ?? '') ?? '';
}

function branchOf(request: SipRequest): string {
  return param(topVia(request)?.params ?? [], 'branch') ?? '';
}

function flowTarget({ transport, host: from, port, id }: Flow): Target {
  return { transport, host: from, port, flow: id };
}

/** An answer of the core's own. */
function answerOf(
  request: SipRequest,
  status: number,
  contacts: readonly string[] = [],
): SipResponse {
  const repeated = ['Via', 'From', 'Call-ID', 'CSeq'];
  const headers = [
    ...request.headers.filter(({ name }) => repeated.includes(name)),
    { name: 'To', value: `${header(request, 'To')};tag=core` },
    ...contacts.map((value) => ({ name: 'Contact', value })),
  ];
  return { kind: 'response', status, reason: 'Core', headers, body: new Uint8Array() };
}
