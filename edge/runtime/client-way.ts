/**
 * The way to a client that is connected to one edge, for the others: what is stored of its registration names that edge and the connection
 * (RFC 3327), what is kept at the edge itself does not. Of an edge that is gone only the client's own contact is left.
 */
import { type Binding, targetOf } from '../registrar/binding.ts';
import { param } from '../sip/params.ts';
import { type EdgePlaceName, edgeUri } from '../sip/proxy/edge-proxy.ts';
import { flowToken } from '../sip/proxy/flow-token.ts';
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
  const edge = edgeOf(first);
  if (edge === undefined) return binding;
  const place = edge === own ? undefined : neighbours.placeOf(edge);
  if (place !== undefined) {
    return { ...binding, target: { transport: 'tcp', host: place.host, port: place.sipPort } };
  }
  const contact = parseUri(binding.contact);
  if (contact === undefined) return { ...binding, path };
  const flow = {
    id: '',
    transport: 'udp',
    host: contact.host,
    port: contact.port ?? 5060,
  } as const;
  return { ...binding, path, target: targetOf(contact, flow, path) };
}

function edgeOf(uri: string | undefined): string | undefined {
  const parsed = uri === undefined ? undefined : parseUri(uri);
  return parsed && param(parsed.params, 'edge');
}
