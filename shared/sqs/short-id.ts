/** Ids within what SQS takes: 128 characters of ASCII without blanks. A longer one, or another, is replaced by its digest. */
import { createHash } from 'node:crypto';

const lengthMax = 128;

export function shortId(id: string): string {
  if (id.length <= lengthMax && /^[!-~]+$/.test(id)) return id;
  const digest = createHash('sha256').update(id).digest('base64url');
  const start = id.replace(/[^!-~]/g, '_').slice(0, lengthMax - digest.length - 1);
  return `${start}~${digest}`;
}
