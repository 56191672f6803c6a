/** Why a listener could not be opened, in words that name the setting and what to do about it. */

export type ListenAddress = {
  readonly host: string;
  readonly port: number;
  /** How the operator calls the port, such as `REJOIN_SIP_PORT (sip.port)`. */
  readonly setting: string;
};

/** The fault to throw when a socket could not be bound. */
export function listenError(address: ListenAddress, cause: unknown): Error {
  const code = codeOf(cause);
  return new Error(`${address.setting} is ${address.port}: ${reason(code, address)}.`, { cause });
}

/** The platform's code of a failed call, such as EADDRINUSE. */
export function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return 'unknown';
  return String(cause.code);
}

function reason(code: string, { host, port }: ListenAddress): string {
  if (code === 'EADDRINUSE') {
    return `${host}:${port} is taken by another program; give another port, or 0 for a free one`;
  }
  if (code === 'EACCES') return `this user may not listen on port ${port}; give a port above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `this machine has no address ${host}; give one of its addresses in REJOIN_HOST (host)`;
  }
  return `can't listen on ${host}:${port} (${code})`;
}
