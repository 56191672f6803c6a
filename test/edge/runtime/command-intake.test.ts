import { describe, expect, test } from 'vitest';
import { CommandIntake } from '../../../edge/runtime/command-intake.ts';
import { commandQueue } from '../../../shared/app/queue-names.ts';
import type { CommandMessage } from '../../../shared/core/message.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { now } from '../../contract/queue-visibility.ts';

const name = { user: 'sip:bob@rejoin.test', contributionId: 'c-1' };

function record(command: object, id = '1') {
  const body = JSON.stringify({ id, name, command });
  return { messageId: id, body, attributes: { MessageGroupId: 'g' } };
}

function intake(home = 'edge-a') {
  const done: CommandMessage[] = [];
  const queue = memoryQueue({ nowMs: Date.now });
  const options = { edge: 'edge-a', queue, homeOf: () => home };
  const carryOut = (message: CommandMessage): void => void done.push(message);
  return { done, queue, intake: new CommandIntake({ ...options, carryOut }) };
}

describe('commands', () => {
  test('are carried out once, however often they come [design 4.4]', async () => {
    const { done, intake: taken } = intake();
    const release = record({ kind: 'release', participation: {}, cause: 603 });
    await taken.take({ Records: [release, release] });
    await taken.take({ Records: [release, { ...release, body: 'nothing' }] });
    expect(done).toHaveLength(1);
  });

  test('that any edge may carry out go to the home of their user [design 7]', async () => {
    const { done, queue, intake: taken } = intake('edge-b');
    await taken.take({ Records: [record({ kind: 'invite-client', participation: {} })] });
    expect(done).toEqual([]);
    const [passed] = await queue.receive(commandQueue('edge-b'), now);
    expect(JSON.parse(passed?.body ?? '')).toMatchObject({ id: '1', name });
  });

  test('for this edge as the owner are carried out here, wherever the home is [design 7]', async () => {
    const { done, intake: taken } = intake('edge-b');
    const owned = { kind: 'invite-client', participation: { edge: 'edge-a' } };
    await taken.take({ Records: [record(owned)] });
    expect(done).toHaveLength(1);
  });
});
