/**
 * The conference documents that one subscriber gets, whoever wrote them: this function during a deferred delivery, the focus otherwise.
 * RFC 4575 4.6: their versions rise all the same.
 */
import { printConference, readConference, writeConference } from '../xml/conference-info.ts';

export class RosterDocuments {
  readonly #identity: string;
  readonly #user: string;
  /** Of the last document. */
  #version = 0;
  /** What is added to the versions of the focus; undefined until the first document of a new one. */
  #offset: number | undefined = 0;

  constructor(identity: string, user: string) {
    this.#identity = identity;
    this.#user = user;
  }

  /** A document of our own: these users, all connected. */
  write(users: readonly string[]): Uint8Array {
    this.#version++;
    return writeConference(
      {
        entity: this.#identity,
        version: this.#version,
        users: users.map((uri) => ({ uri, status: 'connected' })),
      },
      this.#user,
    );
  }

  /** The focus goes on from here, with versions of its own. */
  followFocus(): void {
    this.#offset = undefined;
  }

  /** A document of the focus; the same bytes if it comes from the focus alone. */
  pass(body: Uint8Array): Uint8Array {
    const read = readConference(body);
    if (read.kind === 'refused') return body;
    const { conference } = read;
    this.#offset ??= Math.max(0, this.#version + 1 - conference.version);
    this.#version = conference.version + this.#offset;
    return this.#offset === 0 ? body : printConference(conference, this.#version);
  }
}
