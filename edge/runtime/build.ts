/** Builds the machines of an edge from the settings and from the addresses that it has got. */
import { randomBytes } from 'node:crypto';
import type { Settings } from '../../shared/settings.ts';
import { Controlling } from '../controlling/controlling.ts';
import { MsrpHost } from '../msrp/host.ts';
import type { MsrpHostOptions } from '../msrp/host-state.ts';
import type { MsrpUri } from '../msrp/uri.ts';
import { Participating } from '../participating/participating.ts';
import type { UserAgentOptions } from '../sip/agent/options.ts';
import { UserAgent } from '../sip/agent/user-agent.ts';
import type { Flow, Target } from '../sip/effect.ts';
import { parseUri } from '../sip/uri.ts';
import { factoryUser, type Gateway, groupToken } from './gateway.ts';
import type { LocalAddress } from './local-sip-transport.ts';
import type { MachineParts, Side } from './machines.ts';
import { policyOf } from './policy.ts';
import { SessionPlaces } from './session-places.ts';
import { version } from './version.ts';

export type Addresses = {
  readonly host: string;
  readonly sipPort: number;
  readonly msrpPort: number;
};

export type BuiltParts = MachineParts & { readonly places: SessionPlaces };

/** Where each side is within this process; ports are names only. */
export const localAddresses: Readonly<
  Record<Side, { readonly host: string; readonly port: number }>
> = {
  participating: { host: 'participating.invalid', port: 1 },
  controlling: { host: 'focus.invalid', port: 2 },
};

/** A token of 96 bits of randomness, good for every protocol here. */
export function newToken(): string {
  return randomBytes(12).toString('hex');
}

/** Whether a peer's P-Asserted-Identity is believed. */
export function trustOf(settings: Settings): (flow: Flow) => boolean {
  const trusted = new Set(settings.trustedPeers);
  return (flow) => flow.transport === 'local' || trusted.has(flow.host);
}

export type EdgeIdentity = {
  readonly name: string;
  readonly isUser: (uri: string) => boolean;
  /** The way to other edges, where there may be any. */
  readonly gateway?: Pick<Gateway, 'targetOf' | 'placeOf'>;
};

/** The machines, with nothing running yet. `token` answers another token each time. */
export function buildMachines(
  settings: Settings,
  edge: EdgeIdentity,
  addresses: Addresses,
  token: () => string = newToken,
): BuiltParts {
  const { isUser, gateway, name } = edge;
  const { publicHost = addresses.host, publicPort = addresses.msrpPort } = settings.msrp;
  const shownOf = (one: string) => ({ host: publicHost.replace('*', one), port: publicPort });
  const shown = shownOf(name);
  const own = {
    participating: msrpAddress('participating', addresses),
    controlling: msrpAddress('controlling', addresses),
  };
  const places = new SessionPlaces({
    edge: name,
    own,
    shown: shownOf,
    placeOf: (other) => gateway?.placeOf(other),
    isOfFocus: (session) => msrp.controlling.path(session) !== '',
  });
  const msrpOptions = {
    ...shown,
    ...(gateway && { edge: name }),
    newToken: token,
    insideOf: (uri: MsrpUri) => places.insideOf(uri),
  };
  const agents = {
    participating: newAgent(settings, participatingTraits, addresses, token),
    controlling: newAgent(settings, controllingTraits, addresses, token),
  };
  const msrp = {
    participating: newMsrp(settings, msrpOptions),
    // Members may be at other edges, or in other networks: the focus is reached as the rest of the edge is.
    controlling: newMsrp(settings, msrpOptions),
  };
  const isTrusted = trustOf(settings);
  const common = { domain: settings.domain, newToken: token, isTrusted };
  const participating = new Participating({
    ...common,
    agent: agents.participating,
    msrp: msrp.participating,
    edge: name,
    isElsewhere: (user) => gateway?.targetOf(user) !== undefined,
    uriParams: gateway === undefined ? '' : `;edge=${name}`,
    factoryUser,
    host: addresses.host,
    sipPort: addresses.sipPort,
    msrpHost: shown.host,
    msrpPort: shown.port,
    resolve: (uri, contributionId) =>
      gateway?.targetOf(uri, contributionId) ??
      resolve(settings.domain, uri, isUser(uri) ? 'participating' : 'controlling'),
    ...policyOf(settings),
  });
  const controlling = new Controlling({
    ...common,
    agent: agents.controlling,
    msrp: msrp.controlling,
    factory: `sip:${factoryUser}@${settings.domain}`,
    resolve: (uri) => gateway?.targetOf(uri) ?? resolve(settings.domain, uri, 'participating'),
    newGroup: () => (gateway === undefined ? token() : groupToken(token(), name)),
    groupIdleMs: settings.groupIdleMs,
    membersMax: settings.group.membersMax,
    messageBytesMax: settings.messageBytesMax,
    holdMs: settings.deferral.holdMs,
  });
  return { agents, msrp, participating, controlling, places };
}

/**
 * Where a request goes: one into our own domain stays in this process, at the Participating Function for a user and at the focus for all
 * else; others go to their host (RFC 3263 without DNS: an address or a name).
 */
function resolve(domain: string, uri: string, local: Side): Target {
  const parsed = parseUri(uri);
  // A number that is no user's leads nowhere, which is said by the focus too.
  const isNowhere = parsed === undefined || parsed.scheme === 'tel';
  if (isNowhere || parsed.host.toLowerCase() === domain.toLowerCase()) {
    return { transport: 'local', ...localAddresses[local] };
  }
  const isTcp = parsed.params.some(
    ({ name, value }) => name === 'transport' && value?.toLowerCase() === 'tcp',
  );
  return {
    transport: isTcp ? 'tcp' : 'udp',
    host: parsed.host,
    port: parsed.port ?? 5060,
  };
}

type Traits = Pick<UserAgentOptions, 'name' | 'allow' | 'supported'>;

const sessionMethods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE'];

/** Clients add nobody to a group through it: RFC 3261 8.2.1 has it say so. */
const participatingTraits: Traits = {
  name: 'p',
  allow: [...sessionMethods, 'REGISTER', 'SUBSCRIBE', 'NOTIFY', 'MESSAGE'],
  supported: ['timer', 'recipient-list-invite'],
};

const controllingTraits: Traits = {
  name: 'c',
  allow: [...sessionMethods, 'SUBSCRIBE', 'REFER'],
  supported: ['timer', 'recipient-list-invite', 'multiple-refer', 'norefersub'],
};

function newAgent(
  settings: Settings,
  traits: Traits,
  addresses: Addresses,
  token: () => string,
): UserAgent {
  return new UserAgent({
    ...traits,
    newToken: token,
    sentBy: () => `${addresses.host}:${addresses.sipPort}`,
    serverHeader: `CPM-serv/OMA2.0 rejoin/${version}`,
    sessionExpiresS: settings.sip.sessionExpiresS,
    minSessionExpiresS: settings.sip.minSessionExpiresS,
  });
}

function newMsrp(
  settings: Settings,
  options: Pick<MsrpHostOptions, 'newToken' | 'host' | 'port' | 'edge' | 'insideOf'>,
): MsrpHost {
  return new MsrpHost({
    ...options,
    responseTimeoutMs: settings.msrp.responseTimeoutMs,
    messageBytesMax: settings.messageBytesMax,
    hasOwnConnections: true,
  });
}

/** Where a side is reached by the other one of this process. */
export function msrpAddress(side: Side, { host, msrpPort }: Addresses): LocalAddress {
  return side === 'participating' ? { host, port: msrpPort } : localAddresses.controlling;
}
