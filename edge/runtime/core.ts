/**
 * What the setting `network` changes: with an IMS core every address of our domain is a user's, but for those of our own functions,
 * registrations are the core's word, and requests of ours may come back from it.
 */
import type { Settings } from '../../shared/settings.ts';
import type { CoreOptions } from '../registrar/registrar.ts';
import type { Flow, Target } from '../sip/effect.ts';
import type { SipMessage } from '../sip/message.ts';
import { printMessage } from '../sip/print.ts';
import { CoreReturn } from '../sip/proxy/core-return.ts';
import { addressOfRecord, parseUri } from '../sip/uri.ts';
import type { Addresses } from './build.ts';
import type { EntranceOptions } from './entrance.ts';
import { factoryUser, flowTarget, isGroupUser } from './gateway.ts';
import { policyOf } from './policy.ts';
import { refusalBytes } from './refusal-response.ts';

/** The core, where there is one. */
export function coreOf(
  settings: Settings,
  isTrusted: (flow: Flow) => boolean,
): { readonly core?: CoreOptions } {
  return settings.network === 'ims' ? { core: { isTrusted, isUser: usersOf(settings) } } : {};
}

export type ReturnPorts = Pick<Addresses, 'host' | 'sipPort'> & {
  readonly isTrusted: (flow: Flow) => boolean;
  /** Another edge sends from there. */
  readonly isEdge: (host: string, sipPort: number) => boolean;
  readonly send: (bytes: Uint8Array, target: Target) => void;
};

/** What is done with requests of ours that the core brings back, where there is one. */
export function returnOf(
  settings: Settings,
  ports: ReturnPorts,
): Pick<EntranceOptions, 'returned'> {
  if (settings.network !== 'ims') return {};
  const { host, sipPort, isTrusted, isEdge, send } = ports;
  const isOurs = (from: string, port: number): boolean =>
    (from === host && port === sipPort) || isEdge(from, port);
  const returns = new CoreReturn({ host, port: sipPort, isOurs, isTrusted });
  const returned = (message: SipMessage, flow: Flow): boolean => {
    const outcome = returns.take(message, flow);
    if (outcome === undefined) return false;
    if (outcome.kind === 'passed') send(printMessage(outcome.message), outcome.target);
    else if (message.kind === 'request') {
      const bytes = refusalBytes({ ...outcome, request: message });
      if (bytes !== undefined) send(bytes, flowTarget(flow));
    }
    return true;
  };
  return { returned };
}

function usersOf(settings: Settings): (address: string) => boolean {
  const domain = settings.domain.toLowerCase();
  const deferring = addressOfRecord(policyOf(settings).deferringIdentity);
  return (address) => {
    const uri = parseUri(address);
    if (uri === undefined || uri.host.toLowerCase() !== domain || uri.user === '') return false;
    return uri.user !== factoryUser && !isGroupUser(uri.user) && address !== deferring;
  };
}
