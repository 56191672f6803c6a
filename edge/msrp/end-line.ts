/**
 * Finding the line that ends a frame: CRLF, seven hyphens, the transaction-id, a flag, CRLF (RFC 4975 9). A sender chooses the id so that
 * the line is not in the body (7.1), so the first such line is the end, whatever Byte-Range says, and the search needs no length. It looks
 * at every seventh byte only, as seven hyphens in a row can't hide between two looks.
 */
const hyphen = 45;
const hyphens = 7;

/**
 * Where the hyphens of the end-line start, at or after `from`. If it isn't there yet, the answer is negative: `-1 - next`, where `next`
 * is the place to go on from when there are more bytes. Two bytes before `from` must be there.
 */
export function searchEndLine(
  bytes: Uint8Array,
  from: number,
  end: number,
  transactionId: string,
): number {
  let at = from + hyphens - 1;
  for (; at < end; at += hyphens) {
    if (bytes[at] !== hyphen) continue;
    const start = lineStartBefore(bytes, at, from);
    if (start < 0) continue;
    const length = matchEndLine(bytes, start, end, transactionId);
    if (length > 0) return start;
    if (length < 0) return -1 - start;
  }
  return -1 - (at - hyphens + 1);
}

/** Where the line starts of which there are only hyphens before `at`; -1 if there is more, or no CRLF before. */
function lineStartBefore(bytes: Uint8Array, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < hyphens && bytes[start - 1] === hyphen) start--;
  return bytes[start - 1] === 10 && bytes[start - 2] === 13 ? start : -1;
}

/** How many bytes the end-line at `start` has with its CRLF; 0 if it is none, -1 if more bytes have to tell. */
export function matchEndLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  transactionId: string,
): number {
  const length = hyphens + transactionId.length + 3;
  for (let index = 0; index < length; index++) {
    if (start + index >= end) return -1;
    if (!isEndLineByte(bytes[start + index], index, transactionId)) return 0;
  }
  return length;
}

function isEndLineByte(byte: number | undefined, index: number, transactionId: string): boolean {
  if (index < hyphens) return byte === hyphen;
  const idIndex = index - hyphens;
  if (idIndex < transactionId.length) return byte === transactionId.charCodeAt(idIndex);
  const afterId = idIndex - transactionId.length;
  if (afterId === 0) return isFlag(byte);
  return byte === (afterId === 1 ? 13 : 10);
}

/** Whether a body holds seven hyphens and the id, so that the id must not be used for it. */
export function holdsEndLine(body: Uint8Array, transactionId: string): boolean {
  for (let at = hyphens - 1; at < body.length; at += hyphens) {
    if (body[at] !== hyphen) continue;
    // A longer run is met again at the next look, so that a body of hyphens is not walked over and over.
    let idStart = at + 1;
    while (idStart - at <= hyphens && body[idStart] === hyphen) idStart++;
    if (holdsTextAt(body, transactionId, idStart)) return true;
  }
  return false;
}

function holdsTextAt(bytes: Uint8Array, text: string, at: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function isFlag(code: number | undefined): boolean {
  return code === 36 || code === 43 || code === 35;
}
