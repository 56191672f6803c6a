/** SIP datagrams: one socket, one message a datagram (RFC 3261 18). What is in them is read by `sip-transport.ts`. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type ListenAddress, listenError } from './listen-error.ts';
import { isPort } from './port.ts';

export type DatagramHandler = (bytes: Uint8Array, host: string, port: number) => void;

/** A burst of registrations has to find room in the kernel while the process is busy elsewhere. */
const receiveBufferBytes = 4_194_304;

export class UdpSocket {
  readonly #socket: Socket;
  readonly #address: ListenAddress;

  constructor(address: ListenAddress, onDatagram: DatagramHandler) {
    this.#address = address;
    this.#socket = createSocket({
      type: isIPv6(address.host) ? 'udp6' : 'udp4',
      recvBufferSize: receiveBufferBytes,
    });
    this.#socket.on('message', (bytes, from) => onDatagram(bytes, from.address, from.port));
  }

  /** Binds the socket; answers its port. */
  async bind(): Promise<number> {
    const { host, port } = this.#address;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', (cause) => reject(listenError(this.#address, cause)));
      this.#socket.bind({ address: host, port, exclusive: true }, () => {
        this.#socket.removeAllListeners('error');
        // An ICMP error of some peer is told to the send that caused it, and to nobody else.
        this.#socket.on('error', () => undefined);
        resolve();
      });
    });
    return this.#socket.address().port;
  }

  send(bytes: Uint8Array, host: string, port: number, onFailed: () => void): void {
    if (!isPort(port)) {
      queueMicrotask(onFailed);
      return;
    }
    this.#socket.send(bytes, port, host, (error) => {
      if (error) onFailed();
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
