/**
 * What the setting `network` makes of the registrar: with an IMS core every address of our domain is a user's, but for those of our own
 * functions, and registrations are the core's word.
 */
import type { Settings } from '../../shared/settings.ts';
import type { CoreOptions } from '../registrar/registrar.ts';
import type { Flow } from '../sip/effect.ts';
import { addressOfRecord, parseUri } from '../sip/uri.ts';
import { factoryUser, isGroupUser } from './gateway.ts';
import { policyOf } from './policy.ts';

/** The core, where there is one. */
export function coreOf(
  settings: Settings,
  isTrusted: (flow: Flow) => boolean,
): { readonly core?: CoreOptions } {
  return settings.network === 'ims' ? { core: { isTrusted, isUser: usersOf(settings) } } : {};
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
