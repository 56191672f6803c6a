/** Reports as entries of the queues: which queue, which group, and how a repetition is recognised. */
import { participationGroup, queueNames } from '../../shared/app/queue-names.ts';
import type { RegistrationEvent } from '../../shared/core/registration.ts';
import type { QueueEntry } from '../../shared/ports/queue.ts';
import type { Report } from '../participating/effect.ts';

/** The entry of a participation's report. */
export function participationEntry(report: Report): QueueEntry {
  const { name, source, event } = report;
  const group = participationGroup(name);
  const common = { queue: queueNames.participation, group, ...patienceOf(report) };
  if (event.kind === 'messages') {
    const bytes = Buffer.from(event.bytes.buffer, event.bytes.byteOffset, event.bytes.length);
    const body = JSON.stringify({ name, event: { ...event, bytes: bytes.toString('base64') } });
    return { ...common, deduplicationId: `${group}/messages/${event.first}`, body };
  }
  const order =
    source === undefined
      ? `${event.kind}/${'call' in event ? event.call : event.atMs}`
      : `${source.edge}/${source.epoch}/${source.counter}`;
  const body = JSON.stringify({ name, ...(source === undefined ? {} : { source }), event });
  return { ...common, deduplicationId: `${group}/${order}`, body };
}

/** A cursor is safe in the queue, and read after a crash alone. */
function patienceOf({ canWait, event }: Report): Pick<QueueEntry, 'canWait'> {
  return canWait === true || event.kind === 'progress' ? { canWait: true } : {};
}

/** The entry of a registration's report. */
export function registrationEntry(edge: string, event: RegistrationEvent): QueueEntry {
  return {
    queue: queueNames.registration,
    group: event.user,
    deduplicationId: `${edge}/${event.user}/${event.atMs}`,
    body: JSON.stringify({ event }),
  };
}
