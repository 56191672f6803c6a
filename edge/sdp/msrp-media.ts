/**
 * The MSRP stream in a session description (RFC 4975 8): reading a peer's. Which type may be sent to the peer and how the
 * stream is answered is in `negotiate.ts`, writing our own in `write.ts`. File transfer attributes are not read here.
 */
import { acceptedTypesMax, pathUrisMax } from './limit.ts';
import { attribute, attributes, parseSdp, type Sdp, type SdpLine, type SdpMedia } from './sdp.ts';

export type Setup = 'active' | 'passive' | 'actpass';
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

export type MsrpMedia = {
  readonly port: number;
  /** `TCP/MSRP` or `TCP/TLS/MSRP`. */
  readonly proto: string;
  readonly isTls: boolean;
  /** MSRP URIs, the peer's own last (RFC 4975 8, RFC 4976). */
  readonly path: readonly string[];
  /** Media types in lower case, in the peer's order; `*` stands for any. */
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes: readonly string[];
  /** Absent if the peer said nothing, or nothing that RFC 6135 knows. */
  readonly setup?: Setup;
  readonly direction: Direction;
  /** Octets of the largest message that the peer takes. */
  readonly maxSize?: number;
  readonly isCema: boolean;
  /** Hash name and hexadecimal pairs as in the attribute. */
  readonly fingerprint?: string;
  readonly connectionHost?: string;
  /** The values of the other m= lines, which an answer has to repeat with port 0. */
  readonly mediaBefore: readonly string[];
  readonly mediaAfter: readonly string[];
};

export type ReadMedia =
  | { readonly kind: 'media'; readonly media: MsrpMedia }
  | { readonly kind: 'refused'; readonly reason: string; readonly status: 400 | 488 };

/** Reads the first MSRP stream of a description; 400 is for what is malformed, 488 for what we can't take part in. */
export function readMsrpMedia(bytes: Uint8Array): ReadMedia {
  const parsed = parseSdp(bytes);
  if (parsed.kind === 'refused') return { ...parsed, status: 400 };
  const { sdp } = parsed;
  const values = sdp.media.map((section) => section.media);
  for (const [index, section] of sdp.media.entries()) {
    const stream = readStreamLine(section.media);
    if (stream === undefined) continue;
    const mediaBefore = values.slice(0, index);
    return readStream(sdp, section, {
      ...stream,
      mediaBefore,
      mediaAfter: values.slice(index + 1),
    });
  }
  return unacceptable('no MSRP stream');
}

type StreamLine = Pick<MsrpMedia, 'proto' | 'isTls'> & { readonly port: number | undefined };
type Frame = StreamLine & Pick<MsrpMedia, 'mediaBefore' | 'mediaAfter'>;

function readStreamLine(value: string): StreamLine | undefined {
  const [media, port = '', protoText = ''] = value.split(' ');
  const proto = protoText.toUpperCase();
  const isTls = proto === 'TCP/TLS/MSRP';
  if (media !== 'message' || !(isTls || proto === 'TCP/MSRP')) return undefined;
  return { port: digits(port, 65_535), proto, isTls };
}

function readStream(sdp: Sdp, section: SdpMedia, frame: Frame): ReadMedia {
  const { port } = frame;
  const { lines } = section;
  if (port === undefined) return malformed('bad port');
  // RFC 3264 6: port 0 takes the stream out.
  if (port === 0) return unacceptable('stream refused by the peer');
  const path = words(attributes(lines, 'path').slice(0, 1).join());
  if (path.length === 0 || path.length > pathUrisMax || !path.every(isMsrpUri)) {
    return malformed('bad a=path');
  }
  const acceptTypes = types(lines, 'accept-types');
  const acceptWrappedTypes = types(lines, 'accept-wrapped-types');
  // RFC 4975 8.6: accept-types is mandatory; without it nothing may be sent to the peer.
  if (acceptTypes.length === 0) return unacceptable('no a=accept-types');
  if (Math.max(acceptTypes.length, acceptWrappedTypes.length) > acceptedTypesMax) {
    return malformed('too many accepted types');
  }
  const media = { ...frame, port, path, acceptTypes, acceptWrappedTypes };
  return { kind: 'media', media: { ...media, ...readHints(sdp, section) } };
}

/** What may be absent. */
function readHints(
  sdp: Sdp,
  section: SdpMedia,
): Pick<
  MsrpMedia,
  'setup' | 'direction' | 'maxSize' | 'isCema' | 'fingerprint' | 'connectionHost'
> {
  const { lines } = section;
  const setup = readSetup(attribute(sdp, section, 'setup'));
  const maxSize = digits(attributes(lines, 'max-size').slice(0, 1).join(), Number.MAX_SAFE_INTEGER);
  const fingerprint = attribute(sdp, section, 'fingerprint');
  const connectionHost = readConnection(lines) ?? readConnection(sdp.session);
  return {
    direction: readDirection(lines) ?? readDirection(sdp.session) ?? 'sendrecv',
    isCema: attributes(lines, 'msrp-cema').length > 0,
    ...(setup === undefined ? {} : { setup }),
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(connectionHost === undefined ? {} : { connectionHost }),
  };
}

function readSetup(value: string | undefined): Setup | undefined {
  // RFC 6135 4: holdconn has no meaning for MSRP.
  return value === 'active' || value === 'passive' || value === 'actpass' ? value : undefined;
}

/** RFC 8866 6.7: a direction may stand with the stream or once for all; nothing said is sendrecv. */
function readDirection(lines: readonly SdpLine[]): Direction | undefined {
  for (const { type, value } of lines) {
    const direction = type === 'a' ? directions.find((name) => name === value) : undefined;
    if (direction !== undefined) return direction;
  }
  return undefined;
}

/** The address of a c= line: `IN IP4 192.0.2.1`, where a multicast one has a TTL behind a slash. */
function readConnection(lines: readonly SdpLine[]): string | undefined {
  const words = lines.find((line) => line.type === 'c')?.value.split(' ');
  return words?.[2]?.split('/')[0];
}

function types(lines: readonly SdpLine[], name: string): readonly string[] {
  return attributes(lines, name).flatMap((value) => words(value.toLowerCase()));
}

function words(value: string): readonly string[] {
  return value.split(' ').filter((word) => word !== '');
}

/** A rough look only: the MSRP layer reads the URI when it uses it. */
function isMsrpUri(text: string): boolean {
  const lower = text.toLowerCase();
  return (lower.startsWith('msrp://') || lower.startsWith('msrps://')) && lower.indexOf(';') > 8;
}

function digits(text: string, max: number): number | undefined {
  if (text === '' || text.length > 16) return undefined;
  let number = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number <= max ? number : undefined;
}

function malformed(reason: string): ReadMedia {
  return { kind: 'refused', reason, status: 400 };
}

function unacceptable(reason: string): ReadMedia {
  return { kind: 'refused', reason, status: 488 };
}
