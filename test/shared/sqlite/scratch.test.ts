import { openScratch } from '../../../shared/sqlite/scratch.ts';
import { overviewContract, queueContract } from '../../contract/queue.ts';
import { gatherContract } from '../../contract/queue-gather.ts';
import { storeContract } from '../../contract/store.ts';

storeContract('without a file', async () => openScratch().store);

async function openQueue() {
  const { queue, close } = openScratch({ receivesMax: 3 });
  return {
    queue,
    fifo: 'events.fifo',
    standard: 'timers',
    deadLetters: 'events-dead.fifo',
    receivesMax: 3,
    stepMs: 100,
    close,
  };
}

queueContract('without a file', openQueue);
overviewContract('without a file', openQueue);
gatherContract('without a file', openQueue);
