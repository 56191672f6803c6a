/** The participations of an edge, in a world of their own. */
import type { Participant } from '../../../edge/participating/participant.ts';
import { Registry } from '../../../edge/participating/registry.ts';
import { bytesOf } from './arrivals.ts';
import { alice, bob, found, participation } from './calls-kit.ts';
import { DeskWorld } from './desk-world.ts';

export class RegistryWorld extends DeskWorld {
  readonly registry = new Registry(this.desk);
  #messages = 0;

  /** A new participation, of which nothing was kept. */
  hold(contributionId = 'c1', user = bob): Participant {
    const { group } = participation('joined');
    const name = { user, contributionId };
    return this.registry.hold({
      ...this.registry.fresh(name, found()),
      group,
      roster: [alice, bob],
    });
  }

  over(participant: Participant): void {
    this.do((nowMs) => participant.over(nowMs));
  }

  /** A message of the focus for a participant. */
  arrive(participant: Participant): void {
    this.do((nowMs) =>
      participant.fromFocus(nowMs, {
        session: '',
        inbound: 1,
        messageId: `m${++this.#messages}`,
        contentType: 'message/cpim',
        body: bytesOf(10),
        isSuccessReportWanted: false,
        failureReport: 'no',
      }),
    );
  }
}
