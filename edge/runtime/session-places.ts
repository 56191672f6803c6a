/**
 * Where an MSRP session is: the edge that its session-id names, or one of the two sides here. A connection goes on only to the place that
 * the named edge has made known of itself, and never to this edge's own. So whoever gets one from another edge keeps it, whatever it
 * knows of the others, and none goes to and fro.
 */
import type { EdgePlace } from '../../shared/app/edges.ts';
import type { MsrpTarget } from '../msrp/host-state.ts';
import { edgeOfSession } from '../msrp/session-id.ts';
import { type MsrpUri, msrpPort as standardPort } from '../msrp/uri.ts';
import type { Side } from './machines.ts';

export type SessionPlace =
  | { readonly kind: 'here'; readonly side: Side }
  | { readonly kind: 'elsewhere'; readonly place: EdgePlace }
  /** It names an edge that is not there, or not known yet. */
  | { readonly kind: 'unknown' };

export type SessionPlacesOptions = {
  readonly edge: string;
  /** Where the sides are reached from here. */
  readonly own: Readonly<Record<Side, MsrpTarget>>;
  /** What the MSRP URIs of an edge name. */
  readonly shown: (edge: string) => MsrpTarget;
  /** Where another edge is reached; undefined for one that is not there. */
  readonly placeOf: (edge: string) => EdgePlace | undefined;
  /** Whether the focus here has a session. */
  readonly isOfFocus: (sessionId: string) => boolean;
};

export class SessionPlaces {
  readonly #options: SessionPlacesOptions;

  constructor(options: SessionPlacesOptions) {
    this.#options = options;
  }

  /** Who has a session. One that names no edge is for this one to refuse. */
  find(sessionId: string): SessionPlace {
    const { own, placeOf, isOfFocus } = this.#options;
    const named = this.#edgeOf(sessionId);
    if (named === this.#options.edge) {
      return { kind: 'here', side: isOfFocus(sessionId) ? 'controlling' : 'participating' };
    }
    const place = placeOf(named);
    const { host, port } = own.participating;
    const isOwn = place?.host === host && place.msrpPort === port;
    return place === undefined || isOwn ? { kind: 'unknown' } : { kind: 'elsewhere', place };
  }

  /** Where a URI of ours leads from within: not over what stands before the edges. Undefined for others' URIs. */
  insideOf(uri: MsrpUri): MsrpTarget | undefined {
    const { own, shown } = this.#options;
    const isOurs = names(uri, shown(this.#edgeOf(uri.sessionId))) || names(uri, own.participating);
    if (!isOurs) return undefined;
    const found = this.find(uri.sessionId);
    if (found.kind === 'unknown') return undefined;
    if (found.kind === 'here') return own[found.side];
    return { host: found.place.host, port: found.place.msrpPort };
  }

  #edgeOf(sessionId: string): string {
    return edgeOfSession(sessionId) ?? this.#options.edge;
  }
}

function names(uri: MsrpUri, { host, port }: MsrpTarget): boolean {
  const isHost = uri.host.replace(/[[\]]/g, '').toLowerCase() === host.toLowerCase();
  return isHost && (uri.port ?? standardPort) === port;
}
