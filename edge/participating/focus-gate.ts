/** Whether the focus's connection is read (back-pressure). What is too much, and what is little enough again, is told by the owner. */
import type { BridgePorts } from './bridge-ports.ts';

export class FocusGate {
  readonly #ports: Pick<BridgePorts, 'pauseFocus' | 'resumeFocus'>;
  #isPaused = false;

  constructor(ports: Pick<BridgePorts, 'pauseFocus' | 'resumeFocus'>) {
    this.#ports = ports;
  }

  /** Pauses when as much waits as may, and goes on when there is room: in between it stays as it is. */
  turn(isFull: boolean, hasRoom: boolean): void {
    if (isFull && !this.#isPaused) {
      this.#isPaused = true;
      this.#ports.pauseFocus();
    } else if (this.#isPaused && !isFull && hasRoom) {
      this.#isPaused = false;
      this.#ports.resumeFocus();
    }
  }
}
