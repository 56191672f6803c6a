/** Real sockets for the tests of SIP transports: a transport that writes down what it hears, and plain clients. */
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { SipTransport } from '../../../edge/runtime/sip-transport.ts';
import type { StreamLimits } from '../../../edge/runtime/stream-host.ts';
import type { Flow, Target } from '../../../edge/sip/effect.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';

export const setting = 'REJOIN_SIP_PORT (sip.port)';
const closers: (() => Promise<unknown>)[] = [];

/** Closes what a test has opened. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export type Heard = {
  readonly messages: { readonly message: SipMessage; readonly flow: Flow }[];
  readonly refused: string[];
  readonly closed: string[];
};

export async function start(limits: Partial<StreamLimits> = {}) {
  const heard: Heard = { messages: [], refused: [], closed: [] };
  const transport = new SipTransport({
    limits: { lingerMs: 100, sweepMs: 10, ...limits },
    handler: {
      onMessage: (message, flow) => heard.messages.push({ message, flow }),
      onRefused: (refusal) => heard.refused.push(refusal.reason),
      onFlowClosed: ({ id }) => heard.closed.push(id),
    },
  });
  closers.push(() => transport.close());
  const port = await transport.listen({ host: '127.0.0.1', port: 0, setting });
  return { transport, port, heard };
}

export async function client(
  port: number,
): Promise<{ readonly socket: Socket; readonly text: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  socket.on('error', () => undefined);
  closers.push(async () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return { socket, text: () => text };
}

export async function udpClient(): Promise<{
  readonly port: number;
  readonly send: (text: string, to: number) => void;
  readonly texts: string[];
}> {
  const socket = createSocket('udp4');
  const texts: string[] = [];
  socket.on('message', (bytes) => texts.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closers.push(async () => socket.close());
  return {
    port: socket.address().port,
    send: (text, to) => socket.send(text, to, '127.0.0.1'),
    texts,
  };
}

export function options(number: number, transport = 'TCP', extra = ''): string {
  return [
    'OPTIONS sip:rejoin.test SIP/2.0',
    `Via: SIP/2.0/${transport} 127.0.0.1:9;branch=z9hG4bK${number};rport`,
    'From: <sip:alice@rejoin.test>;tag=a',
    'To: <sip:rejoin.test>',
    `Call-ID: call-${number}`,
    `CSeq: ${number} OPTIONS`,
    'Max-Forwards: 70',
    `${extra}Content-Length: 0`,
    '',
    '',
  ].join('\r\n');
}

export function to(port: number, transport: 'udp' | 'tcp' = 'tcp', flow?: string): Target {
  return { transport, host: '127.0.0.1', port, ...(flow === undefined ? {} : { flow }) };
}

export const fail = () => {
  throw new Error('It could not be sent.');
};
