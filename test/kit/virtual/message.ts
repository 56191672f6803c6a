/** CPIM messages as clients write them, and what is read from them in a test. */

export type Chat = {
  readonly from: string;
  readonly to: string;
  readonly id: string;
  readonly text: string;
  readonly type?: string;
};

/** A message in CPIM with an imdn.Message-ID. */
export function chat({ from, to, id, text, type = 'text/plain;charset=utf-8' }: Chat): string {
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${id}`,
    'DateTime: 2026-01-05T09:00:00Z',
    'imdn.Disposition-Notification: positive-delivery',
    '',
    `Content-Type: ${type}`,
    '',
    text,
  ].join('\r\n');
}
