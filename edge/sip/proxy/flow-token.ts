/**
 * A flow as a URI parameter, so that an edge finds the way back to a client by the message alone (RFC 5626 5.2). It is believed from
 * other edges only, so it needs no secret.
 */
import type { Flow, Target, Transport } from '../effect.ts';

const transports: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];
const separator = '!';

/** Writes a flow with characters of a token only. */
export function flowToken({ id, transport, host, port }: Flow): string {
  return [transport, host, String(port), id].map(escaped).join(separator);
}

/** Where messages for a flow go; undefined for what is no token. */
export function targetOfToken(token: string): (Target & { readonly flow: string }) | undefined {
  const parts = token.split(separator);
  if (parts.length !== 4) return undefined;
  const [name, host, digits, flow] = parts.map(unescaped);
  const transport = transports.find((known) => known === name);
  const port = Number(digits);
  if (transport === undefined || host === undefined || flow === undefined) return undefined;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return undefined;
  return { transport, host, port, flow };
}

function escaped(text: string): string {
  return text.replace(
    /[^A-Za-z0-9.-]/g,
    (char) => `_${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function unescaped(text: string): string {
  return text.replace(/_([0-9a-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
