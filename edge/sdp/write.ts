/** Writing the session description of one MSRP stream (RFC 4975 8, RFC 6135), as an offer or an answer. */
import type { Direction, Setup } from './msrp-media.ts';
import { printSdp, type SdpLine, type SdpMedia } from './sdp.ts';

export type MsrpDescription = {
  readonly host: string;
  /** 9 if we are active and don't listen (RFC 6135 4.2). */
  readonly port: number;
  readonly path: readonly string[];
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes: readonly string[];
  readonly setup: Setup;
  readonly direction: Direction;
  readonly maxSize?: number;
  /** Digits; the same for all descriptions of a dialog. */
  readonly sessionId: number | string;
  /** Rises by one with each changed description of a dialog (RFC 3264 8). */
  readonly version: number | string;
  readonly isTls: boolean;
  readonly fingerprint?: string;
  readonly isCema?: boolean;
  /** For an answer: the other m= lines of the offer, which we take out. */
  readonly mediaBefore?: readonly string[];
  readonly mediaAfter?: readonly string[];
};

/** The bytes of our session description. */
export function writeMsrpSdp(description: MsrpDescription): Uint8Array {
  const { host, sessionId, version, mediaBefore = [], mediaAfter = [] } = description;
  const address = `IN ${host.includes(':') ? 'IP6' : 'IP4'} ${host.replace('[', '').replace(']', '')}`;
  return printSdp({
    session: [
      { type: 'v', value: '0' },
      { type: 'o', value: `- ${sessionId} ${version} ${address}` },
      { type: 's', value: '-' },
      { type: 'c', value: address },
      { type: 't', value: '0 0' },
    ],
    media: [...mediaBefore.map(takenOut), stream(description), ...mediaAfter.map(takenOut)],
  });
}

function stream(description: MsrpDescription): SdpMedia {
  const { port, isTls, path, acceptTypes, acceptWrappedTypes, setup, direction } = description;
  const lines: SdpLine[] = [];
  const add = (value: string): void => {
    lines.push({ type: 'a', value });
  };
  add(`accept-types:${acceptTypes.join(' ')}`);
  if (acceptWrappedTypes.length > 0) add(`accept-wrapped-types:${acceptWrappedTypes.join(' ')}`);
  add(`setup:${setup}`);
  add(`path:${path.join(' ')}`);
  if (description.fingerprint !== undefined) add(`fingerprint:${description.fingerprint}`);
  if (description.maxSize !== undefined) add(`max-size:${description.maxSize}`);
  if (description.isCema === true) add('msrp-cema');
  add(direction);
  return { media: `message ${port} ${isTls ? 'TCP/TLS/MSRP' : 'TCP/MSRP'} *`, lines };
}

/** RFC 3264 6: an answer has a line for each of the offer's, with port 0 for what is not wanted. */
function takenOut(mediaValue: string): SdpMedia {
  const [media, , ...rest] = mediaValue.split(' ');
  return { media: [media, '0', ...rest].join(' '), lines: [] };
}
