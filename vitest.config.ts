import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/count-reporter.ts';

// Coverage is a gate for the pure folders only: what does I/O is held by the end-to-end tests.
const pure = [
  'shared/core/**/*.ts',
  'edge/bytes/**/*.ts',
  'edge/xml/**/*.ts',
  'edge/sip/**/*.ts',
  'edge/sdp/**/*.ts',
  'edge/msrp/**/*.ts',
  'edge/cpim/**/*.ts',
  'edge/participating/**/*.ts',
  'edge/controlling/**/*.ts',
  'edge/registrar/**/*.ts',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new CountReporter()],
    testTimeout: 20_000,
    // Each processor: unless told, one of them is left out, which on a small machine is half of all.
    maxWorkers: '100%',
    // Every line and branch of the pure folders: `npm test -- --coverage`, which `.ci/run` gives.
    coverage: {
      provider: 'v8',
      include: pure,
      reporter: ['text-summary', 'json'],
      reportOnFailure: true,
      thresholds: { 100: true },
    },
  },
});
