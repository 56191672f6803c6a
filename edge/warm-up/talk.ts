/** What the focus of the warm-up says: messages of a usual size, one after the other, each when the one before has its 200. */
import type { Line } from './line.ts';

const text = 'x'.repeat(160);

/** Says so many messages, or fewer if the time is over; answers how many were kept. */
export async function talk(
  line: Line,
  path: string,
  { messages, untilMs }: { readonly messages: number; readonly untilMs: number },
): Promise<number> {
  let kept = 0;
  while (kept < messages && performance.now() < untilMs) {
    line.say(send(path, kept + 1));
    await line.hear(/^MSRP \S+ 200 .*?\$\r\n/ms);
    kept++;
  }
  return kept;
}

function send(path: string, number: number): string {
  const body = [
    'From: <sip:group@focus.invalid>',
    'To: <sip:group@focus.invalid>',
    'DateTime: 2026-01-01T00:00:00Z',
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: warm${number}`,
    'imdn.Disposition-Notification: positive-delivery, display',
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\r\n');
  return [
    `MSRP warm${number} SEND`,
    `To-Path: ${path}`,
    'From-Path: msrp://focus.invalid:9/focus;tcp',
    `Message-ID: warm${number}`,
    `Byte-Range: 1-${body.length}/${body.length}`,
    'Content-Type: message/cpim',
    '',
    body,
    `-------warm${number}$`,
    '',
  ].join('\r\n');
}
