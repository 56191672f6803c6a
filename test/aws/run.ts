/**
 * `npm run test:aws`: the contract suites and the scenarios against emulators that are started here and stopped again, or against
 * `AWS_ENDPOINT_URL`. What can't be started is skipped, with the reason.
 */
import { startVitest } from 'vitest/node';
import { credentials, startEmulators } from './emulators.ts';

async function main(words: readonly string[]): Promise<number> {
  console.error('starting the emulators …');
  const emulators = await startEmulators();
  for (const reason of emulators.reasons) console.log(reason);
  Object.assign(process.env, {
    ...credentials,
    TEST_TABLE_ENDPOINT: emulators.table ?? '',
    TEST_QUEUE_ENDPOINT: emulators.queues ?? '',
  });
  // Whoever ends the run ends the servers with it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void emulators.stop().then(() => process.exit(1)));
  }
  try {
    const vitest = await startVitest('test', [...words], { config: 'test/aws/vitest.config.ts' });
    await vitest.close();
    return process.exitCode === undefined || process.exitCode === 0 ? 0 : 1;
  } finally {
    await emulators.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
