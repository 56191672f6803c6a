/** Reason: why a dialog was ended or a request cancelled (RFC 3326). */
import { wholeNumber } from './grammar.ts';
import { headerValues } from './header.ts';
import { numberMax } from './limit.ts';
import type { SipMessage } from './message.ts';
import { param, parseParams, quote, unquote } from './params.ts';

export type Reason = {
  /** As written, such as `SIP`. */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
};

/** The reasons that a message gives. */
export function reasons(message: SipMessage): readonly Reason[] {
  return headerValues(message, 'Reason').map(parseReason);
}

/** Writes a reason. */
export function printReason({ protocol, cause, text }: Reason): string {
  const code = cause === undefined ? '' : `;cause=${cause}`;
  return `${protocol}${code}${text === undefined ? '' : `;text=${quote(text)}`}`;
}

function parseReason(value: string): Reason {
  const semicolonAt = value.indexOf(';');
  const protocol = (semicolonAt < 0 ? value : value.slice(0, semicolonAt)).trim();
  const params = semicolonAt < 0 ? [] : parseParams(value, semicolonAt + 1);
  const written = param(params, 'cause') ?? '';
  const cause = wholeNumber(written, numberMax);
  const text = param(params, 'text');
  return {
    protocol,
    ...(cause === undefined ? {} : { cause }),
    ...(text === undefined ? {} : { text: unquote(text) }),
  };
}
