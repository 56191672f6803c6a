/** Messages for the tests of the media path, and short ways to name them. */
import type { Arrival } from '../../../edge/participating/arrival.ts';
import type { Part, StoredMessage } from '../../../shared/core/segment.ts';

/** Bytes that differ from place to place, so that a mix-up shows. */
export function bytesOf(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) + seed) & 0xff;
  return bytes;
}

export function storedMessage(messageId: string, more: Partial<StoredMessage> = {}): StoredMessage {
  return {
    messageId,
    contentType: 'message/cpim',
    body: bytesOf(10, messageId.length),
    receivedAtMs: 0,
    ...more,
  };
}

export function storedPart(messageId: string, part: Part, body: Uint8Array): StoredMessage {
  return storedMessage(messageId, { part, body });
}

export function newArrival(messageId: string, more: Partial<Arrival> = {}): Arrival {
  return {
    ...storedMessage(messageId),
    inbound: 0,
    isSuccessReportWanted: false,
    position: undefined,
    isDelivered: false,
    ...more,
  };
}

export function idsOf(messages: readonly { readonly messageId: string }[]): readonly string[] {
  return messages.map(({ messageId }) => messageId);
}
