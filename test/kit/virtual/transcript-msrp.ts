/** A frame of MSRP in a line: what is sent with its ids and its text, what is answered, what is reported. */
import { utf8Decode } from '../../../edge/bytes/text.ts';
import type { MsrpFrame, RequestHead } from '../../../edge/msrp/frame.ts';

const textMax = 40;

/** Undefined for what is not told: pieces of a frame but the first, and SENDs that only open a connection. `sends` keeps what is asked, by transaction. */
export function frameText(frame: MsrpFrame, sends: Map<string, string>): string | undefined {
  if (frame.kind === 'response') {
    const asked = sends.get(frame.transactionId);
    return asked === undefined ? undefined : `MSRP ${frame.status} to ${asked}`;
  }
  const { head, body } = frame;
  const isEmpty = head.method === 'SEND' && head.contentType === '';
  if (frame.at > 0 || isEmpty) return undefined;
  sends.set(head.transactionId, `${head.method} ${head.messageId}`);
  if (head.method === 'REPORT') return `MSRP REPORT ${head.messageId}, status ${head.status}`;
  return `MSRP SEND ${head.messageId}${range(head)}, ${contentOf(head.contentType, body)}`;
}

function range({ rangeStart, total }: RequestHead): string {
  return rangeStart === 1 ? '' : ` from byte ${rangeStart} of ${total}`;
}

function contentOf(type: string, body: Uint8Array): string {
  const text = utf8Decode(body);
  if (!type.startsWith('message/cpim')) return type;
  const id = /imdn\.Message-ID: (\S+)/.exec(text)?.[1] ?? 'none';
  const said = text.split('\r\n\r\n').slice(2).join(' ').slice(0, textMax);
  return `CPIM, imdn.Message-ID ${id}: "${said}"`;
}
