/** The ports of an edge, and those that the load balancer opens to the world: the standard ones, and the two of TLS that are usual. */
export const edgePort = { sip: 5060, msrp: 2855, http: 8080 } as const;

export const publicPort = {
  sip: 5060,
  sipTls: 5061,
  msrp: 2855,
  msrpTls: 2856,
  https: 443,
} as const;
