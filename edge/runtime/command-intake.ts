/**
 * Commands of the functions, as they come out of the queues. Each is carried out once, however often it comes. One that any edge may carry
 * out goes to the home of its user: whatever else is for the user comes in there.
 */
import type { SqsBatchResponse, SqsEvent } from '../../shared/app/batch.ts';
import { commandQueue, participationGroup } from '../../shared/app/queue-names.ts';
import { type CommandMessage, readCommandMessage } from '../../shared/core/message.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { DoneCommands } from './done-commands.ts';
import { doneCommandsMax } from './limit.ts';

export type CommandIntakeOptions = {
  readonly edge: string;
  readonly queue: Queue;
  /** The home of a user; always this edge where there is only one. */
  readonly homeOf: (user: string) => string;
  readonly carryOut: (message: CommandMessage) => void;
};

export class CommandIntake {
  readonly #options: CommandIntakeOptions;
  readonly #done = new DoneCommands(doneCommandsMax);

  constructor(options: CommandIntakeOptions) {
    this.#options = options;
  }

  /** Takes a batch, in the shape of the queue's events. */
  async take(event: SqsEvent): Promise<SqsBatchResponse> {
    for (const record of event.Records) {
      const message = readCommandMessage(record.body);
      if (message === undefined) continue;
      const home = this.#homeOf(message);
      if (home !== undefined) await this.#pass(message, record.body, home);
      else if (this.#isNew(message, record.attributes.MessageGroupId)) {
        this.#options.carryOut(message);
      }
    }
    return { batchItemFailures: [] };
  }

  #isNew(message: CommandMessage, group: string | undefined): boolean {
    return this.#done.isNew(`${group ?? ''}/${message.id}`);
  }

  /** Where a command has to go on to; undefined if it is for this edge. */
  #homeOf({ command, name }: CommandMessage): string | undefined {
    if (command.kind !== 'invite-client' || command.participation.edge !== undefined) {
      return undefined;
    }
    const home = this.#options.homeOf(name.user);
    return home === this.#options.edge ? undefined : home;
  }

  async #pass(message: CommandMessage, body: string, home: string): Promise<void> {
    const group = participationGroup(message.name);
    const deduplicationId = `${group}/${message.id}`;
    await this.#options.queue.send([{ queue: commandQueue(home), group, deduplicationId, body }]);
  }
}
