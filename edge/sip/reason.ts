/** Reason: why a dialog was ended (RFC 3326). */
import { headerValues } from './header.ts';
import type { SipMessage } from './message.ts';
import { param, parseParams, quote, unquote } from './params.ts';

export type Reason = {
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
};

/** The reasons that a message gives. */
export function reasons(message: SipMessage): readonly Reason[] {
  return headerValues(message, 'Reason').map((value) => {
    const [protocol = ''] = value.split(';', 1);
    const params = parseParams(value, protocol.length + 1);
    const cause = param(params, 'cause');
    const text = param(params, 'text');
    return {
      protocol: protocol.trim(),
      ...(cause !== undefined && /^\d+$/.test(cause) ? { cause: Number(cause) } : {}),
      ...(text === undefined ? {} : { text: unquote(text) }),
    };
  });
}

/** Writes a reason. */
export function printReason({ protocol, cause, text }: Reason): string {
  const code = cause === undefined ? '' : `;cause=${cause}`;
  return `${protocol}${code}${text === undefined ? '' : `;text=${quote(text)}`}`;
}
