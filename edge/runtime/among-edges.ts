/** An edge as one of several: the ways to the others and to their clients, and who has what. Known once its own ports are bound. */
import type { Store } from '../../shared/ports/store.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Flow, Target } from '../sip/effect.ts';
import type { Addresses } from './build.ts';
import { inward, outward } from './client-way.ts';
import { EdgeEnds } from './edge-ends.ts';
import type { EntranceOptions } from './entrance.ts';
import { Gateway } from './gateway.ts';
import type { MsrpElsewhere } from './msrp-entrance.ts';
import type { Neighbours } from './neighbours.ts';
import { OwnerSearch } from './owner-search.ts';
import type { ClientWays } from './registrations.ts';
import type { SipCarrier } from './sip-carrier.ts';

export type AmongEdgesOptions = {
  readonly edge: string;
  readonly settings: Pick<Settings, 'domain' | 'network'>;
  readonly store: Store;
  readonly neighbours: Neighbours;
  readonly isTrusted: (flow: Flow) => boolean;
  readonly isUser: (uri: string) => boolean;
  readonly sip: Pick<SipCarrier, 'send'>;
  readonly failed: (error: unknown) => void;
};

export class AmongEdges {
  readonly #options: AmongEdgesOptions;
  readonly #ends: EdgeEnds;
  #gateway: Gateway | undefined;
  #place: { readonly edge: string; readonly host: string; readonly port: number } | undefined;

  constructor(options: AmongEdgesOptions) {
    this.#options = options;
    this.#ends = new EdgeEnds(options.neighbours);
  }

  /** The ports are bound. */
  settle(addresses: Addresses): Gateway {
    const { edge, settings } = this.#options;
    this.#place = { edge, host: addresses.host, port: addresses.sipPort };
    this.#gateway = new Gateway({
      ...this.#options,
      domain: settings.domain,
      isByCore: settings.network === 'ims',
      addresses,
    });
    return this.#gateway;
  }

  homeOf(user: string): string {
    return this.#gateway?.homeOf(user) ?? this.#options.edge;
  }

  /** Nobody is at an edge's place any more. */
  gone(place: Pick<Target, 'host' | 'port'>): void {
    this.#ends.gone(place);
  }

  /** Something could not be sent. */
  unreached(target: Target): void {
    this.#options.neighbours.unreached(target);
  }

  /** What the entrance of MSRP has to know. */
  get msrp(): MsrpElsewhere {
    const { neighbours } = this.#options;
    return {
      looked: () => neighbours.looked(),
      unreached: ({ host, sipPort }) => neighbours.unreached({ host, port: sipPort }),
      isEnded: (host) => this.#ends.at(host),
    };
  }

  /** What is stored of clients is for all edges. */
  get ways(): ClientWays {
    const { edge, neighbours } = this.#options;
    return {
      isHome: (user) => this.homeOf(user) === edge,
      outward: (binding) => (this.#place === undefined ? binding : outward(binding, this.#place)),
      inward: (binding) => inward(binding, edge, neighbours),
    };
  }

  /** What the entrance has to know. */
  get elsewhere(): Pick<EntranceOptions, 'elsewhere'> {
    const { edge, store, neighbours, failed } = this.#options;
    if (this.#gateway === undefined) return {};
    const owners = new OwnerSearch({ edge, store, neighbours });
    return { elsewhere: { gateway: this.#gateway, owners, failed } };
  }
}
