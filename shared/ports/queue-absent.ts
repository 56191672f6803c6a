/** There is no such queue. For the queue of one edge it means that the edge is gone for good. */
export class QueueAbsent extends Error {
  readonly queue: string;

  constructor(queue: string) {
    super(`there is no queue ${queue}`);
    this.name = 'QueueAbsent';
    this.queue = queue;
  }
}
