/** A TCP connection with somebody at its end who waits for one thing after another: what has come so far, and a wait for more of it. */
import { connect, type Socket } from 'node:net';

export class Line {
  readonly #socket: Socket;
  #text = '';
  #look: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#text += text;
      this.#look();
    });
    // Every error is followed by a close.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#fail(new Error('the line was closed')));
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  /** Takes what matches out of what has come, with all before it; waits for it, until the line is closed. */
  hear(wanted: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#look = () => {
        const heard = wanted.exec(this.#text);
        if (heard === null) return;
        this.#text = this.#text.slice(heard.index + heard[0].length);
        this.#look = () => undefined;
        resolve(heard);
      };
      this.#look();
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
