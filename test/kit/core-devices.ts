/** The devices that are registered with an IMS core, and what the core tells of them. */

import { printAddress } from '../../edge/sip/address.ts';
import { contacts } from '../../edge/sip/contact.ts';
import type { Flow, Target } from '../../edge/sip/effect.ts';
import { headerValues } from '../../edge/sip/header.ts';
import type { SipRequest, SipResponse } from '../../edge/sip/message.ts';
import { param } from '../../edge/sip/params.ts';
import { printMessage } from '../../edge/sip/print.ts';

export type Device = { readonly uri: string; readonly target: Target; readonly contact: string };

/** Nothing of the devices, the REGISTER of the device, or the answer to it, which lists all. */
export type Told = 'nothing' | 'own' | 'all';

export class Devices {
  /** By user and instance, the last one registered last. */
  readonly #devices = new Map<string, Map<string, Device>>();

  /** Keeps or forgets the device that registers; answers the contacts of all that the user has. */
  register(user: string, request: SipRequest, flow: Flow): readonly string[] {
    const listed = contacts(request);
    const devices = this.#devices.get(user) ?? new Map<string, Device>();
    this.#devices.set(user, devices);
    for (const address of listed === '*' ? [] : listed) {
      const instance = param(address.params, '+sip.instance') ?? '';
      const { transport, host, port, id } = flow;
      devices.delete(instance);
      if (param(address.params, 'expires') === '0') continue;
      const target = { transport, host, port, flow: id };
      devices.set(instance, { uri: address.uri, target, contact: printAddress(address) });
    }
    return [...devices.values()].map(({ contact }) => contact);
  }

  /** Whether a device is at the other end of a flow. */
  isAt(flow: Flow): boolean {
    const all = [...this.#devices.values()].flatMap((devices) => [...devices.values()]);
    return all.some(({ target }) => target.flow === flow.id);
  }

  /** RFC 3841 7.2.4: a device that is required by name, or the last one. */
  find(user: string, request: SipRequest): Device | undefined {
    const devices = this.#devices.get(user);
    const wanted = headerValues(request, 'Accept-Contact')
      .map((value) => /\+sip\.instance=("[^"]*")/.exec(value)?.[1])
      .find((instance) => instance !== undefined);
    return wanted === undefined ? [...(devices?.values() ?? [])].at(-1) : devices?.get(wanted);
  }

  /** The body of a third-party REGISTER. */
  body(told: Told, request: SipRequest, ok: SipResponse): Uint8Array {
    if (told === 'nothing') return new Uint8Array();
    return printMessage(told === 'own' ? request : ok);
  }
}
