/** How much an edge holds, for the metrics, the status page and the report to the cloud. */
import type { MachineParts } from './machines.ts';
import type { MsrpSockets } from './msrp-sockets.ts';
import type { Outbox } from './outbox.ts';
import type { Registrations } from './registrations.ts';
import type { SipTransport } from './sip-transport.ts';

export type EdgeCounts = {
  readonly registered: number;
  readonly groups: number;
  readonly participations: number;
  readonly sipConnections: number;
  readonly msrpConnections: number;
  readonly relayedConnections: number;
  readonly unreported: number;
};

/** Counts what the parts of an edge hold; `parts` are there once it listens. */
export function countsOf(edge: {
  readonly registrations: Registrations;
  readonly parts: MachineParts | undefined;
  readonly sip: SipTransport;
  readonly msrp: MsrpSockets;
  readonly outbox: Outbox;
}): EdgeCounts {
  const { registrations, parts, sip, msrp, outbox } = edge;
  return {
    registered: registrations.size,
    groups: parts?.controlling.groupEntries().groups ?? 0,
    participations: parts?.participating.size ?? 0,
    sipConnections: sip.connections,
    msrpConnections: msrp.connections,
    relayedConnections: msrp.relayed,
    unreported: outbox.size,
  };
}
