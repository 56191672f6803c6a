/**
 * The way to a client that is connected to one edge, for the others: what is stored of its registration names that edge and the connection
 * (RFC 3327), what is kept at the edge itself does not. Of an edge that is gone only the client's own contact is left.
 */
import { type Binding, targetOf, withoutFlow } from '../registrar/binding.ts';
import type { Flow } from '../sip/effect.ts';
import { param } from '../sip/params.ts';
import { type EdgePlaceName, edgeUri } from '../sip/proxy/edge-proxy.ts';
import { flowToken, targetOfToken } from '../sip/proxy/flow-token.ts';
import { parseUri } from '../sip/uri.ts';
import type { Neighbours } from './neighbours.ts';

/** A binding as other edges have to know it. */
export function outward(binding: Binding, own: EdgePlaceName): Binding {
  const { path, target } = binding;
  if (path.length > 0 || target.flow === undefined) return binding;
  const { transport, host, port, flow } = target;
  return { ...binding, path: [edgeUri(own, flowToken({ id: flow, transport, host, port }))] };
}

/** A stored binding as this edge can use it. */
export function inward(
  binding: Binding,
  own: string,
  neighbours: Pick<Neighbours, 'placeOf'>,
): Binding {
  const [first, ...path] = binding.path;
  const hop = hopOf(first);
  if (hop === undefined) return withoutFlow(binding);
  const place = hop.edge === own ? undefined : neighbours.placeOf(hop.edge);
  if (place !== undefined) {
    return { ...binding, target: { transport: 'tcp', host: place.host, port: place.sipPort } };
  }
  const contact = parseUri(binding.contact);
  if (contact === undefined) return withoutFlow({ ...binding, path });
  const { host, port = 5060 } = contact;
  const unconnected: Flow = { id: '', transport: 'udp', host, port };
  // Connected to this very edge: over that connection as long as it is open (RFC 5626 5.3).
  const flow = hop.edge === own ? flowOf(hop.token) : undefined;
  return { ...binding, path, target: targetOf(contact, flow ?? unconnected, path) };
}

function flowOf(token: string): Flow | undefined {
  const target = targetOfToken(token);
  return target && { ...target, id: target.flow };
}

/** The edge that a way leads over first, and to which of its connections. */
function hopOf(
  uri: string | undefined,
): { readonly edge: string; readonly token: string } | undefined {
  const params = parseUri(uri ?? '')?.params ?? [];
  const edge = param(params, 'edge');
  return edge === undefined ? undefined : { edge, token: param(params, 'flow') ?? '' };
}
