/** What the ways to carry MSRP have in common, and how one host uses several of them at once. */
import type { MsrpEffect } from '../msrp/effect.ts';

/** The effects that a transport carries out; timers and events are the driver's. */
export type MsrpIo = Extract<
  MsrpEffect,
  { readonly kind: 'connect' | 'write' | 'close' | 'pause' | 'resume' }
>;

/** What a transport tells: the inputs of the MSRP host, without the time. */
export type MsrpInput = {
  readonly accepted: (connection: string) => void;
  readonly connected: (connection: string) => void;
  readonly connectFailed: (connection: string) => void;
  /** `way-ended`: by another edge, which had passed it on. */
  readonly closed: (connection: string, loss?: 'closed' | 'way-ended') => void;
  readonly received: (connection: string, bytes: Uint8Array) => void;
  /** Unwritten bytes of a connection, when it is more than the socket likes, and 0 when they are gone. */
  readonly backlog: (connection: string, bytes: number) => void;
};

/** One way to carry MSRP: sockets, WebSocket, or the inside of this process. It never calls its input from within `execute`. */
export type MsrpCarrier = {
  readonly execute: (effect: MsrpIo) => void;
  /** Whether a connection of this name is its own. */
  readonly owns: (connection: string) => boolean;
  /** Whether a connection to there is its to make. */
  readonly reaches: (host: string, port: number, isTls: boolean) => boolean;
  /** Takes nothing more, ends what is open, resolves when all is gone. */
  readonly close: () => Promise<void>;
};

/** Several carriers as one: a connection is made by the first that reaches there, and then stays with it. */
export function joinCarriers(carriers: readonly MsrpCarrier[], input: MsrpInput): MsrpCarrier {
  return {
    execute: (effect) => {
      if (effect.kind !== 'connect') {
        carriers.find((carrier) => carrier.owns(effect.connection))?.execute(effect);
        return;
      }
      const { connection, host, port, isTls } = effect;
      const carrier = carriers.find((one) => one.reaches(host, port, isTls));
      if (carrier === undefined) queueMicrotask(() => input.connectFailed(connection));
      else carrier.execute(effect);
    },
    owns: (connection) => carriers.some((carrier) => carrier.owns(connection)),
    reaches: (host, port, isTls) => carriers.some((carrier) => carrier.reaches(host, port, isTls)),
    close: async () => {
      await Promise.all(carriers.map((carrier) => carrier.close()));
    },
  };
}

/** An input that is there only later than the carrier; what comes before is for nobody. */
export function lateInput(find: () => MsrpInput | undefined): MsrpInput {
  let known: MsrpInput | undefined;
  const input = (): MsrpInput | undefined => {
    known ??= find();
    return known;
  };
  return {
    accepted: (name) => input()?.accepted(name),
    connected: (name) => input()?.connected(name),
    connectFailed: (name) => input()?.connectFailed(name),
    closed: (name, loss) => input()?.closed(name, loss),
    received: (name, bytes) => input()?.received(name, bytes),
    backlog: (name, bytes) => input()?.backlog(name, bytes),
  };
}
